//! Judges whether a directory is the one that a record names, that one moved, or a copy of it.

use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::SweepDir;
use crate::fs::FsError;

/// The sweep directory that a record was found in, beside the one that the record names.
///
/// A copy has all records of its original, and nothing that they speak of: no task and no worker of the
/// original is its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DirRelation {
    /// They are one, by whatever path; or the record, of an older version, names none.
    #[default]
    Same,
    /// The named one is no more, or another sweep has its place: this one was moved.
    Moved,
    /// The named one still has the same sweep: this one is a copy of it.
    Copied,
    /// Nobody can tell, since the named one cannot be looked at.
    Unknown,
}

impl DirRelation {
    /// Judges by the two paths, and where they are two directories, by whether the named one `has_same` sweep.
    pub fn judge(
        named: &Path,
        present: &Path,
        has_same: impl FnOnce(&SweepDir) -> Result<bool, FsError>,
    ) -> Self {
        match (identity(named), identity(present)) {
            (Ok(named), Ok(present)) if named == present => Self::Same,
            (Ok(_), Ok(_)) => match has_same(&SweepDir::new(named)) {
                Ok(true) => Self::Copied,
                Ok(false) => Self::Moved,
                Err(_) => Self::Unknown,
            },
            (Err(error), _) if is_missing(&error) => Self::Moved,
            _ => Self::Unknown,
        }
    }

    /// True if and only if the tasks and workers that the record speaks of may be this directory's own.
    #[must_use]
    pub fn is_own(self) -> bool {
        matches!(self, Self::Same | Self::Moved)
    }
}

/// Returns what tells a directory from all others of this machine.
fn identity(dir: &Path) -> io::Result<(u64, u64)> {
    std::fs::metadata(dir).map(|meta| (meta.dev(), meta.ino()))
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs;

    #[test]
    fn a_directory_is_the_named_one_a_moved_one_or_a_copy() {
        let root = tempfile::tempdir().unwrap();
        let [here, there, link, gone] =
            ["here", "there", "link", "gone"].map(|it| root.path().join(it));
        fs::create_dir_all(&here).unwrap();
        fs::create_dir_all(&there).unwrap();
        fs::symlink(&here, &link).unwrap();
        let judge = |named: &Path, same: bool| DirRelation::judge(named, &here, |_| Ok(same));
        assert_eq!(judge(&here, true), DirRelation::Same);
        assert_eq!(judge(&link, true), DirRelation::Same);
        assert_eq!(judge(&gone, true), DirRelation::Moved);
        assert_eq!(judge(&there, false), DirRelation::Moved, "another sweep has its place");
        assert_eq!(judge(&there, true), DirRelation::Copied);
        let unreadable = |dir: &SweepDir| fs::read(dir.path()).map(|_| true);
        assert_eq!(DirRelation::judge(&there, &here, unreadable), DirRelation::Unknown);
    }
}
