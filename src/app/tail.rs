//! The ends of files and texts.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// Reads the last `most` bytes of a file, none of them before the offset `from`.
///
/// A file that is shorter than `from` was begun anew and counts from its beginning.
///
/// # Errors
///
/// When the file cannot be read or has no length.
pub(crate) fn read_end(file: &mut File, from: u64, most: u64) -> io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    let from = if length < from { 0 } else { from };
    file.seek(SeekFrom::Start(from.max(length.saturating_sub(most))))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The lines of a text that are not blank, the last one first, without the space at their ends.
///
/// A carriage return ends a line too: progress bars rewrite theirs.
pub(crate) fn lines_from_end(text: &str) -> impl Iterator<Item = &str> {
    text.rsplit(['\n', '\r']).map(str::trim_end).filter(|line| !line.is_empty())
}
