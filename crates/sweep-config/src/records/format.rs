//! The format version of records: written into each of them, and looked at before one is understood.

use std::io::{Error, ErrorKind};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::SweepDir;
use crate::fs::{self, FsError};

/// The version of every record; raised when an old reader would misunderstand a new file.
pub const FORMAT_VERSION: u32 = 1;

/// The key of the version.
const KEY: &[u8] = b"\"format_version\"";

/// A record of a version of the toolkit that is newer than this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "written by a newer sweepkit (format {found}; this version reads up to {FORMAT_VERSION}); use the newer \
     version for this sweep on every host"
)]
pub struct NewerFormat {
    /// The version of the record.
    pub found: u32,
}

/// The version of a record alone, so that it is found whatever else has changed. Records of the first version need
/// not name it.
#[derive(Deserialize)]
struct FormatStamp {
    #[serde(default)]
    format_version: u32,
}

/// A record with its version behind it.
#[derive(Serialize)]
struct StampedRecord<'a, T> {
    #[serde(flatten)]
    record: &'a T,
    format_version: u32,
}

impl<'a, T> StampedRecord<'a, T> {
    fn new(record: &'a T) -> Self {
        Self { record, format_version: FORMAT_VERSION }
    }
}

/// Returns a record as JSON of several lines, with its version.
///
/// # Panics
///
/// Never: a record is plain data.
pub fn stamped<T: Serialize>(record: &T) -> Vec<u8> {
    serde_json::to_vec_pretty(&StampedRecord::new(record)).expect("a record is plain data")
}

/// Returns a record as JSON of one line, with its version.
///
/// # Panics
///
/// Never: a record is plain data.
pub fn stamped_line<T: Serialize>(record: &T) -> String {
    serde_json::to_string(&StampedRecord::new(record)).expect("a record is plain data")
}

/// Refuses a record of a newer version. What is no record at all is told by whoever reads it.
///
/// # Errors
///
/// When the version is newer than [`FORMAT_VERSION`].
pub(crate) fn check_format(record: &[u8]) -> Result<(), NewerFormat> {
    if !record.windows(KEY.len()).any(|window| window == KEY) {
        return Ok(());
    }
    match serde_json::from_slice::<FormatStamp>(record) {
        Ok(FormatStamp { format_version: found }) if found > FORMAT_VERSION => {
            Err(NewerFormat { found })
        }
        _ => Ok(()),
    }
}

/// Refuses the record of a file, as far as it was read, if its version is newer.
///
/// # Errors
///
/// Names the file and the versions.
pub fn refuse_newer(path: &Path, record: &[u8]) -> Result<(), FsError> {
    check_format(record).map_err(|newer| newer.of(path))
}

/// Refuses a sweep whose setup or newest submission was recorded by a newer version. Older submissions, journals
/// and claims are looked at when they are read; a file that cannot be read here is told of by who needs it.
///
/// # Errors
///
/// Names the file and the versions.
pub fn refuse_newer_sweep(dir: &SweepDir) -> Result<(), FsError> {
    let last = dir.submission_ids().unwrap_or_default().last().copied();
    let files = [Some(dir.setup_json()), last.map(|last| dir.submission_record(last))];
    files
        .into_iter()
        .flatten()
        .try_for_each(|path| refuse_newer(&path, &fs::read(&path).unwrap_or_default()))
}

/// Reads the record of a file; none where there is no file.
///
/// # Errors
///
/// When the file is there and cannot be read, was written by a newer version, or holds something else.
pub fn read_record<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, FsError> {
    let bytes = match fs::read(path) {
        Err(error) if error.is_not_found() => return Ok(None),
        bytes => bytes?,
    };
    refuse_newer(path, &bytes)?;
    let record = serde_json::from_slice(&bytes);
    record.map(Some).map_err(|error| FsError::new("understand", path, error.into()))
}

impl NewerFormat {
    /// Returns the error of the file that has the record.
    pub(crate) fn of(self, path: &Path) -> FsError {
        FsError::new("use", path, Error::new(ErrorKind::InvalidData, self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_newer_version_is_refused_wherever_the_record_names_it() {
        let newer = FORMAT_VERSION + 1;
        let of = |text: String| check_format(text.as_bytes());
        assert_eq!(
            of(format!("{{\"a\": [{{}}], \"format_version\": {newer}}}")),
            Err(NewerFormat { found: newer })
        );
        assert_eq!(of(format!("{{\"format_version\": {FORMAT_VERSION}, \"a\": 1}}")), Ok(()));
        assert_eq!(
            of(format!("{{\"a\": {{\"format_version\": {newer}}}}}")),
            Ok(()),
            "not its own"
        );
        assert_eq!(of(format!("{{\"format_version\": {newer}, \"a")), Ok(()), "torn");
        assert_eq!(of("{}".to_owned()), Ok(()));
    }
}
