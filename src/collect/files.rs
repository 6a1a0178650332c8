//! The two files of a job that its program writes: opened with care, since they may be anything.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::app::tail::{lines_from_end, read_end};
use rustix::fs::OFlags;
use sweep_config::fs::FsError;

/// The number of bytes at the end of `stderr.log` that are kept.
const TAIL: u64 = 10 << 10;

/// The number of characters of an error line that are kept.
const ERROR_LINE: usize = 300;

/// Opens a file for reading; `None` where there is none.
///
/// Anything but a regular file is an error. The file is opened without waiting, since a pipe would wait
/// for its writer for ever.
pub(crate) fn open_regular(path: &Path) -> Result<Option<File>, FsError> {
    let failed = |e| FsError::new("read", path, e);
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(failed(e)),
    };
    if file.metadata().map_err(failed)?.is_file() {
        return Ok(Some(file));
    }
    Err(failed(io::Error::other("it is not a regular file")))
}

/// The end of a text file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct FileTail {
    pub(crate) text: String,
    /// Some bytes were not UTF-8; they are now U+FFFD.
    pub(crate) was_not_utf8: bool,
}

/// Reads the last 10 KiB of a file, from the start of a line if it is longer.
pub(crate) fn read_tail(file: &mut File) -> io::Result<FileTail> {
    let len = file.metadata()?.len();
    let bytes = read_end(file, 0, TAIL)?;
    let whole = if len > TAIL { from_line_start(&bytes) } else { &bytes };
    let text = String::from_utf8_lossy(whole);
    let was_not_utf8 = matches!(text, std::borrow::Cow::Owned(_));
    Ok(FileTail { text: text.into_owned(), was_not_utf8 })
}

/// Returns what follows the first line end; in one endless line, what follows the first cut character.
fn from_line_start(bytes: &[u8]) -> &[u8] {
    match memchr::memchr(b'\n', bytes) {
        Some(end) if end + 1 < bytes.len() => &bytes[end + 1..],
        _ => &bytes[bytes.iter().take_while(|byte| (0x80..0xc0).contains(*byte)).count()..],
    }
}

/// Returns the last lines of a text file that hold anything, each of at most 300 characters; none if it
/// cannot be read.
pub(crate) fn last_lines(path: &Path, count: usize) -> Vec<String> {
    let file = open_regular(path).ok().flatten();
    let tail = file.and_then(|mut file| read_tail(&mut file).ok()).unwrap_or_default();
    let mut lines: Vec<String> = lines_from_end(&tail.text)
        .take(count)
        .map(|line| line.chars().take(ERROR_LINE).collect())
        .collect();
    lines.reverse();
    lines
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test may write a file in the plainest way")]
mod tests {
    use super::*;

    fn tail_of(bytes: &[u8]) -> FileTail {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("stderr.log");
        std::fs::write(&path, bytes).unwrap();
        read_tail(&mut open_regular(&path).unwrap().unwrap()).unwrap()
    }

    #[test]
    fn a_short_file_is_kept_whole() {
        let tail = tail_of(b"\r\n warning\n");
        assert_eq!(tail, FileTail { text: "\r\n warning\n".to_owned(), was_not_utf8: false });
    }

    #[test]
    fn of_a_long_file_the_last_lines_are_kept() {
        let tail = tail_of("0123456789é\n".repeat(2000).as_bytes());
        assert!(tail.text.len() <= 10 << 10 && tail.text.len() > (10 << 10) - 20);
        assert!(tail.text.starts_with("0123") && !tail.was_not_utf8);
    }

    #[test]
    fn an_endless_line_is_cut_between_characters() {
        for shift in ["", "a"] {
            let tail = tail_of(format!("{shift}{}", "é".repeat(20_000)).as_bytes());
            assert!(!tail.was_not_utf8 && tail.text.starts_with('é'));
        }
    }

    #[test]
    fn a_byte_that_is_not_utf8_costs_only_itself() {
        let tail = tail_of(b"bad \xff byte");
        assert_eq!(tail, FileTail { text: "bad \u{fffd} byte".to_owned(), was_not_utf8: true });
    }

    #[test]
    fn a_directory_or_a_pipe_is_refused_without_waiting() {
        let dir = tempfile::tempdir().unwrap();
        assert!(open_regular(dir.path()).is_err());
        assert!(open_regular(&dir.path().join("none")).unwrap().is_none());
    }
}
