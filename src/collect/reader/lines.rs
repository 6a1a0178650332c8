//! Splits bytes into lines.
//!
//! The input is read in blocks, so that a log of any size costs the memory of its longest line, and
//! a line without end costs no more than [`MAX_LINE`]. Nothing is parsed here.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memchr2_iter, memrchr2};

use super::UnreadTail;
use crate::collect::diagnostic::DiagnosticKind;

/// The greatest length of a line in bytes; a longer one is passed over.
const MAX_LINE: usize = 64 << 20;

/// The number of bytes that are read at a time.
const BLOCK: usize = 256 << 10;

/// The bytes between two line ends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LogLine<'a> {
    /// Its bytes, without the line end.
    Whole(&'a [u8]),
    /// More than [`MAX_LINE`].
    TooLong,
}

/// The place up to which a file was read in whole lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ReadPosition {
    /// The bytes before the first line that is not read yet.
    pub(crate) offset: u64,
    /// The line feeds before it.
    pub(crate) lines: u64,
}

impl ReadPosition {
    /// The number of the line that begins here, from 1.
    pub(crate) fn number(self) -> u64 {
        self.lines + 1
    }
}

/// Reads `input` to its end and shows `visit` every whole line with its number from 1; returns the
/// bytes after the last line end, which stand at the beginning of `buffer`.
///
/// A carriage return ends a line too, as it does for Python, but counts none. `position` is where the
/// input begins, and then where the rest does; an error leaves it behind the lines that were shown.
pub(crate) fn read(
    input: &mut dyn Read,
    buffer: &mut Vec<u8>,
    position: &mut ReadPosition,
    visit: &mut dyn FnMut(u64, LogLine<'_>),
) -> io::Result<UnreadTail> {
    LineScanner { position, max_line: MAX_LINE }.scan(input, buffer, visit)
}

struct LineScanner<'a> {
    position: &'a mut ReadPosition,
    max_line: usize,
}

impl LineScanner<'_> {
    fn scan(
        &mut self,
        input: &mut dyn Read,
        buffer: &mut Vec<u8>,
        visit: &mut dyn FnMut(u64, LogLine<'_>),
    ) -> io::Result<UnreadTail> {
        let mut held = 0_usize;
        // How much of a line that is too long was dropped.
        let mut dropped = 0_usize;
        loop {
            let wanted = (held + 1).next_multiple_of(BLOCK);
            if buffer.len() < wanted {
                buffer.resize(wanted, 0);
            }
            let read = read_some(input, &mut buffer[held..])?;
            let filled = held + read;
            let Some(end) = memrchr2(b'\n', b'\r', &buffer[held..filled]).map(|at| held + at)
            else {
                if read == 0 {
                    return Ok(UnreadTail {
                        len: held,
                        defect: (dropped > 0).then_some(DiagnosticKind::LongLine),
                    });
                }
                held = filled;
                if held > self.max_line || dropped > 0 {
                    dropped += held;
                    held = 0;
                }
                continue;
            };
            let mut start = 0;
            if dropped > 0 {
                start = self.end_of_long(&buffer[..=end], dropped, visit);
                dropped = 0;
            }
            self.whole_lines(&buffer[start..=end], visit);
            buffer.copy_within(end + 1..filled, 0);
            held = filled - end - 1;
        }
    }

    /// Passes over the rest of a line that is too long; returns where the next one begins.
    fn end_of_long(
        &mut self,
        bytes: &[u8],
        dropped: usize,
        visit: &mut dyn FnMut(u64, LogLine<'_>),
    ) -> usize {
        let end = memchr2_iter(b'\n', b'\r', bytes).next().map_or(bytes.len(), |at| at + 1);
        visit(self.position.number(), LogLine::TooLong);
        self.position.lines += u64::from(bytes[end - 1] == b'\n');
        self.position.offset += (dropped + end) as u64;
        end
    }

    fn whole_lines(&mut self, bytes: &[u8], visit: &mut dyn FnMut(u64, LogLine<'_>)) {
        let mut start = 0;
        let has_returns = memchr(b'\r', bytes).is_some();
        for end in memchr_iter(b'\n', bytes) {
            if has_returns {
                self.line(&bytes[start..end], visit);
            } else {
                self.piece(&bytes[start..end], visit);
            }
            self.position.lines += 1;
            start = end + 1;
        }
        self.line(&bytes[start..], visit);
        self.position.offset += bytes.len() as u64;
    }

    /// Shows one line up to its line feed, which carriage returns may split into several.
    fn line(&self, line: &[u8], visit: &mut dyn FnMut(u64, LogLine<'_>)) {
        let mut start = 0;
        for end in memchr_iter(b'\r', line) {
            self.piece(&line[start..end], visit);
            start = end + 1;
        }
        self.piece(&line[start..], visit);
    }

    fn piece(&self, piece: &[u8], visit: &mut dyn FnMut(u64, LogLine<'_>)) {
        if !piece.is_empty() {
            visit(self.position.number(), LogLine::Whole(piece));
        }
    }
}

/// Reads once, signals aside; returns the number of bytes, 0 at the end.
pub(crate) fn read_some(input: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(buffer) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives at most `step` bytes a read, as a slow disk may.
    struct Slow<'a> {
        bytes: &'a [u8],
        step: usize,
    }

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let len = self.step.min(buffer.len());
            self.bytes.read(&mut buffer[..len])
        }
    }

    fn lines(bytes: &[u8], step: usize, max_line: usize) -> (Vec<String>, ReadPosition) {
        let mut seen = Vec::new();
        let mut visit = |number: u64, line: LogLine<'_>| {
            seen.push(match line {
                LogLine::Whole(text) => format!("{number}: {}", String::from_utf8_lossy(text)),
                LogLine::TooLong => format!("{number} is too long"),
            });
        };
        let (mut position, mut buffer) = (ReadPosition::default(), Vec::new());
        let mut scanner = LineScanner { position: &mut position, max_line };
        let rest = scanner.scan(&mut Slow { bytes, step }, &mut buffer, &mut visit).unwrap();
        if rest.len > 0 {
            seen.push(format!("rest: {}", String::from_utf8_lossy(&buffer[..rest.len])));
        }
        if rest.defect.is_some() {
            seen.push("the rest is too long".to_owned());
        }
        (seen, position)
    }

    #[test]
    fn lines_are_found_whatever_the_size_of_the_reads() {
        let log = b"noise\na {1}\r\n\nb {2}\rc {3}\nd {4";
        for step in 1..=log.len() {
            let (seen, position) = lines(log, step, 1000);
            assert_eq!(
                seen,
                ["1: noise", "2: a {1}", "4: b {2}", "4: c {3}", "rest: d {4"],
                "{step}"
            );
            assert_eq!(position, ReadPosition { offset: 26, lines: 4 });
        }
    }

    #[test]
    fn a_line_without_end_costs_only_itself() {
        let log = [b"{1}\n" as &[u8], &[b'x'; 300], b"\n{2}\n"].concat();
        let (seen, position) = lines(&log, 50, 100);
        assert_eq!(seen, ["1: {1}", "2 is too long", "3: {2}"]);
        assert_eq!(position, ReadPosition { offset: log.len() as u64, lines: 3 });
        let (seen, position) = lines(&[b'x'; 300], 50, 100);
        assert_eq!(seen, ["the rest is too long"]);
        assert_eq!(position, ReadPosition::default());
    }
}
