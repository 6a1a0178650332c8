//! The record of a snapshot of the code.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::format::read_record;
use crate::fs::FsError;

/// `code.json`: where the snapshot of the code in `code/` comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRecord {
    /// The directory that was copied.
    pub source: String,
    /// The time, RFC 3339 in UTC.
    pub copied: String,
    /// The number of files and links.
    pub files: u64,
    /// The number of bytes.
    pub bytes: u64,
    /// The commit, where it is a git repository; `code.diff` has what is not committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git: Option<GitRecord>,
}

impl CodeRecord {
    /// Reads `code.json`; nothing where it does not exist, as in a sweep without a copy of its code.
    ///
    /// # Errors
    ///
    /// When it is there and cannot be read, is damaged, or of a newer version.
    pub fn read(path: &Path) -> Result<Option<Self>, FsError> {
        read_record(path)
    }
}

/// A state of a git repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitRecord {
    /// The commit's hash.
    pub commit: String,
    /// The branch; none of a detached head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// True if anything is not committed.
    pub is_dirty: bool,
    /// The address of `origin`, without credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
}
