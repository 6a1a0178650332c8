//! Bytes to lines, and lines to what follows the tag `json_stats: `.
//!
//! The input is read in blocks, so that a log of any size costs the memory of its longest line, and
//! a line without end costs no more than [`MAX_LINE`]. Nothing is parsed here.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memchr2_iter, memmem, memrchr2};

/// What a program puts before a record.
pub(crate) const TAG: &[u8] = b"json_stats: ";

/// What every record of pycls holds: a line with it and without the tag has lost the tag.
const TYPE: &[u8] = b"\"_type\": \"";

/// A longer line is passed over: a record of this size is none.
const MAX_LINE: usize = 64 << 20;

/// How much is read at a time.
const BLOCK: usize = 256 << 10;

/// What a line of interest is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// What follows the first tag, to the end of the line.
    Tagged(&'a [u8]),
    /// As `Tagged`, of a last line that has no end.
    TaggedLast(&'a [u8]),
    /// A last line that has no end, and ends within the tag.
    CutInTag,
    /// A record's body whose tag is missing or broken.
    Untagged,
    /// A line beyond [`MAX_LINE`].
    TooLong,
}

/// Finds lines of interest.
///
/// A carriage return ends a line too, as it does for Python, but counts none.
pub(crate) struct Scanner {
    tag: memmem::Finder<'static>,
    kind: memmem::Finder<'static>,
    /// How many line ends were passed.
    passed: u64,
    max_line: usize,
}

impl Scanner {
    pub(crate) fn new() -> Self {
        Self::with_max_line(MAX_LINE)
    }

    fn with_max_line(max_line: usize) -> Self {
        Self { tag: memmem::Finder::new(TAG), kind: memmem::Finder::new(TYPE), passed: 0, max_line }
    }

    /// Reads `input` to its end and shows `visit` every line of interest with its number from 1.
    ///
    /// `buffer` is the memory to use; what it holds before and after has no meaning.
    pub(crate) fn scan(
        &mut self,
        mut input: impl Read,
        buffer: &mut Vec<u8>,
        visit: &mut dyn FnMut(u64, Line<'_>),
    ) -> io::Result<()> {
        let mut held = 0_usize;
        let mut discarding = false;
        loop {
            buffer.resize((held + 1).next_multiple_of(BLOCK), 0);
            let read = read_some(&mut input, &mut buffer[held..])?;
            let filled = held + read;
            let Some(end) = memrchr2(b'\n', b'\r', &buffer[held..filled]).map(|at| held + at)
            else {
                if read == 0 {
                    self.last_line(&buffer[..if discarding { 0 } else { held }], visit);
                    return Ok(());
                }
                held = filled;
                if held > self.max_line {
                    if !discarding {
                        visit(self.passed + 1, Line::TooLong);
                    }
                    (discarding, held) = (true, 0);
                }
                continue;
            };
            let start = if discarding { self.pass_first(&buffer[..=end]) } else { 0 };
            discarding = false;
            self.whole_lines(&buffer[start..=end], visit);
            buffer.copy_within(end + 1..filled, 0);
            held = filled - end - 1;
        }
    }

    /// Passes over what is left of a line that was too long; gives where the next begins.
    fn pass_first(&mut self, bytes: &[u8]) -> usize {
        let end = memchr2_iter(b'\n', b'\r', bytes).next().map_or(bytes.len(), |at| at + 1);
        self.passed += u64::from(bytes[end - 1] == b'\n');
        end
    }

    fn whole_lines(&mut self, bytes: &[u8], visit: &mut dyn FnMut(u64, Line<'_>)) {
        let mut start = 0;
        for end in memchr_iter(b'\n', bytes) {
            self.line(&bytes[start..end], visit);
            self.passed += 1;
            start = end + 1;
        }
        self.line(&bytes[start..], visit);
    }

    /// One line up to its line feed, which may be several by their carriage returns.
    fn line(&self, line: &[u8], visit: &mut dyn FnMut(u64, Line<'_>)) {
        let mut start = 0;
        for end in memchr2_iter(b'\r', b'\r', line) {
            self.piece(&line[start..end], visit);
            start = end + 1;
        }
        self.piece(&line[start..], visit);
    }

    fn piece(&self, piece: &[u8], visit: &mut dyn FnMut(u64, Line<'_>)) {
        if let Some(at) = self.tag.find(piece) {
            visit(self.passed + 1, Line::Tagged(&piece[at + TAG.len()..]));
        } else if self.kind.find(piece).is_some() {
            visit(self.passed + 1, Line::Untagged);
        }
    }

    fn last_line(&self, line: &[u8], visit: &mut dyn FnMut(u64, Line<'_>)) {
        let number = self.passed + 1;
        if let Some(at) = self.tag.find(line) {
            visit(number, Line::TaggedLast(&line[at + TAG.len()..]));
        } else if (4..TAG.len()).any(|len| line.ends_with(&TAG[..len])) {
            visit(number, Line::CutInTag);
        } else {
            self.piece(line, visit);
        }
    }

    /// What follows the last tag of a line's rest that has another one.
    pub(crate) fn after_last_tag<'a>(&self, rest: &'a [u8]) -> Option<&'a [u8]> {
        memchr(TAG[0], rest)?;
        self.tag.find_iter(rest).last().map(|at| &rest[at + TAG.len()..])
    }
}

/// Reads until the buffer is full or the input ends; 0 is the end.
fn read_some(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
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

    fn lines(bytes: &[u8], step: usize, max_line: usize) -> Vec<String> {
        let mut seen = Vec::new();
        let mut scanner = Scanner::with_max_line(max_line);
        let mut visit = |number: u64, line: Line<'_>| {
            let text = match line {
                Line::Tagged(text) => String::from_utf8_lossy(text).into_owned(),
                Line::TaggedLast(text) => format!("last {}", String::from_utf8_lossy(text)),
                other => format!("{other:?}"),
            };
            seen.push(format!("{number}: {text}"));
        };
        scanner.scan(Slow { bytes, step }, &mut Vec::new(), &mut visit).unwrap();
        seen
    }

    #[test]
    fn lines_are_found_whatever_the_size_of_the_reads() {
        let log = b"noise\n[a.py]: json_stats: {1}\r\n\nx json_stats: {2}\rjson_stats: {3}\n\
            json_st!! ats: {\"_type\": \"test\"}\njson_stats: {4";
        for step in 1..=log.len() {
            let seen = lines(log, step, 1000);
            assert_eq!(seen, ["2: {1}", "4: {2}", "4: {3}", "5: Untagged", "6: last {4"]);
        }
    }

    #[test]
    fn a_log_cut_within_its_tag_is_seen() {
        assert_eq!(lines(b"\n[meters.py: 26]: json_st", 7, 1000), ["2: CutInTag"]);
        assert!(lines(b"a line without an end", 7, 1000).is_empty());
    }

    #[test]
    fn a_line_without_end_costs_only_itself() {
        let log = [b"json_stats: {1}\n" as &[u8], &[b'x'; 300], b"\njson_stats: {2}\n"].concat();
        assert_eq!(lines(&log, 50, 100), ["1: {1}", "2: TooLong", "3: {2}"]);
        assert_eq!(lines(&[b'x'; 300], 50, 100), ["1: TooLong"]);
    }
}
