//! Temporary files that a killed stage left in the sweep directory.
//!
//! A whole file is written beside its place and renamed; `kill -9` in between leaves what was
//! written under a name that nobody reads. It goes once it is surely nobody's work any more.

use std::path::Path;
use std::time::{Duration, SystemTime};

use sweep_config::SweepDir;
use sweep_config::fs::{self, FsError};

/// The beginning of such a file's name ([`fs::write_atomic_with`]).
const PREFIX: &str = ".tmp-";

/// A file that was not written to for this long has no writer, wherever it might run.
const FOR_SURE: Duration = Duration::from_hours(1);

/// Removes the temporary files of a sweep, and of its suggestions, that are older than an hour.
pub(crate) fn remove(dir: &SweepDir) -> Result<(), FsError> {
    for folder in [dir.path(), &dir.suggestions()] {
        for name in fs::list_or_empty(folder)?.iter().filter(|name| name.starts_with(PREFIX)) {
            let path = folder.join(name);
            if is_old_file(&path) {
                fs::remove_file(&path)?;
            }
        }
    }
    Ok(())
}

fn is_old_file(path: &Path) -> bool {
    let Ok(meta) = std::fs::symlink_metadata(path) else { return false };
    let age = meta.modified().ok().and_then(|at| SystemTime::now().duration_since(at).ok());
    meta.is_file() && age.is_some_and(|age| age > FOR_SURE)
}
