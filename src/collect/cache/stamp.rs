//! Tells without reading a file if it is the one that was read before.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::time::SystemTime;

use super::codec::codec_struct;

/// A file system may count time in steps as coarse as this many seconds: what was written within them
/// before a look may be written once more without any sign.
const TICK: i64 = 2;

/// The metadata of a file that tell its content: equal stamps mean equal contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileStamp {
    /// The length in bytes; 0 of an absent file.
    pub(crate) len: u64,
    seconds: i64,
    nanoseconds: i64,
    inode: u64,
    device: u64,
    /// It was not written to just before it was looked at.
    is_settled: bool,
}

codec_struct!(FileStamp { len, seconds, nanoseconds, inode, device, is_settled });

impl FileStamp {
    /// The stamp of an absent file.
    pub(crate) const ABSENT: Self =
        Self { len: 0, seconds: 0, nanoseconds: 0, inode: 0, device: 0, is_settled: true };

    /// Takes metadata that were read at `now`, in seconds since 1970.
    pub(crate) fn of(meta: &Metadata, now: i64) -> Self {
        let changed = meta.mtime().max(meta.ctime());
        Self {
            len: meta.len(),
            seconds: meta.mtime(),
            nanoseconds: meta.mtime_nsec(),
            inode: meta.ino(),
            device: meta.dev(),
            is_settled: changed < now - TICK,
        }
    }

    /// Looks at a path, links followed; a file that cannot be looked at counts as absent.
    pub(crate) fn of_path(path: &Path, now: i64) -> Self {
        std::fs::metadata(path).map_or(Self::ABSENT, |meta| Self::of(&meta, now))
    }

    /// True if this file, as it was, surely has the content that it has `now`.
    pub(crate) fn is_still(&self, now: &Self) -> bool {
        self.is_settled && Self { is_settled: true, ..*now } == *self
    }
}

/// Returns the present time in seconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// The number of bytes at the beginning, and before a place, that are probed.
const PROBE: u64 = 4096;

/// Checksums of the beginning of a file, and of the bytes before the place up to which it was read: while
/// both are as they were, the file was appended to and not rewritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ContentProbe {
    head: u32,
    tail: u32,
}

codec_struct!(ContentProbe { head, tail });

impl ContentProbe {
    /// Probes a file up to an offset.
    pub(crate) fn of(file: &File, offset: u64) -> io::Result<Self> {
        let head = checksum(file, 0, offset.min(PROBE))?;
        let start = offset.saturating_sub(PROBE);
        Ok(Self { head, tail: checksum(file, start, offset - start)? })
    }
}

fn checksum(file: &File, start: u64, len: u64) -> io::Result<u32> {
    let mut bytes = vec![0; usize::try_from(len).unwrap_or(0)];
    file.read_exact_at(&mut bytes, start)?;
    Ok(crc32c::crc32c(&bytes))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test may write a file in the plainest way")]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_written_just_now_is_not_trusted() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, "x").unwrap();
        let soon = FileStamp::of_path(&path, now());
        let late = FileStamp::of_path(&path, now() + 10);
        assert!(!soon.is_still(&late) && late.is_still(&soon));
        assert!(
            !late.is_still(&FileStamp::ABSENT) && FileStamp::ABSENT.is_still(&FileStamp::ABSENT)
        );
    }

    #[test]
    fn a_file_that_was_written_anew_has_another_fingerprint() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let of = |text: &str, offset| {
            std::fs::write(&path, text).unwrap();
            ContentProbe::of(&File::open(&path).unwrap(), offset).ok()
        };
        let first = of("one two", 4);
        assert_eq!(of("one three", 4), first);
        assert_ne!(of("two three", 4), first);
        assert_eq!(of("on", 4), None);
    }
}
