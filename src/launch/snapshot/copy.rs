//! Makes the copy of the code, whole or not at all.

use std::fs::File;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sweep_config::SweepDir;
use sweep_config::fs::{self, FsError};
use sweep_config::records::{CodeRecord, stamped};

use super::{ItemKind, SnapshotItem, SnapshotPlan, git};
use crate::app::now;

impl SnapshotPlan {
    /// Copies everything to `code/`, in place of what is there, and records where it comes from.
    ///
    /// The copy is made beside it and renamed: a kill leaves the old one, the new one or, between
    /// two renames, none, which the next launch makes again.
    ///
    /// # Errors
    ///
    /// When something cannot be read or written; then what was there stays.
    pub(in crate::launch) fn run(&self, dir: &SweepDir) -> Result<CodeRecord, FsError> {
        let (new, old) = (dir.code_staging(), dir.code_discard());
        fs::remove_dir_all(&new)?;
        fs::remove_dir_all(&old)?;
        fs::create_dir_all(&new)?;
        self.items.par_iter().try_for_each(|item| self.copy(item, &new))?;
        fs::sync_file_system(&new)?;
        let git = git::facts(&self.source);
        let diff = git.as_ref().map(|_| git::diff(&self.source)).unwrap_or_default();
        if dir.code().exists() {
            fs::rename(&dir.code(), &old)?;
        }
        fs::rename(&new, &dir.code())?;
        fs::sync_dir(dir.path());
        fs::remove_dir_all(&old)?;
        let record = CodeRecord {
            source: self.source.to_string_lossy().into_owned(),
            copied: now(),
            files: self.items.len() as u64,
            bytes: self.bytes,
            git,
        };
        fs::write_atomic(&dir.code_diff(), diff.as_bytes())?;
        fs::write_atomic(&dir.code_record(), &stamped(&record))?;
        Ok(record)
    }

    fn copy(&self, item: &SnapshotItem, into: &Path) -> Result<(), FsError> {
        let to: PathBuf = into.join(&item.path);
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        match &item.kind {
            ItemKind::Link { target } => fs::symlink(target, &to),
            ItemKind::File { .. } => {
                let from = self.source.join(&item.path);
                copy_file(&from, &to).map_err(|e| FsError::new("copy", &from, e))
            }
        }
    }
}

/// Copies a file with its mode and time: Python knows by the time whether its compiled files are current.
fn copy_file(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::copy(from, to)?;
    let modified = std::fs::metadata(from)?.modified()?;
    // A file that may not be written may still be given its time by its owner.
    let file = File::options().write(true).open(to).or_else(|_| File::open(to))?;
    file.set_modified(modified)
}
