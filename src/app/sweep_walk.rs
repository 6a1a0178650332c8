//! Walks over the directories below one, to find those of sweeps.

use std::path::{Path, PathBuf};

use sweep_config::SweepDir;
use walkdir::{IntoIter, WalkDir};

/// The depth to which directories are searched: the name of a sweep may have several parts.
const DEPTH: usize = 6;

/// A walk in the order of names, which gives each entry that it looks at: the directory, if it is that of a sweep. Links are not
/// followed, and nothing below a sweep or below a directory whose name begins with a dot is looked at.
pub(crate) struct SweepWalk {
    entries: IntoIter,
    is_sweep: fn(&SweepDir) -> bool,
}

impl SweepWalk {
    /// Begins at a directory, which may itself be that of a sweep.
    pub(crate) fn below(root: &Path, is_sweep: fn(&SweepDir) -> bool) -> Self {
        let entries = WalkDir::new(root).max_depth(DEPTH).sort_by_file_name().into_iter();
        Self { entries, is_sweep }
    }
}

impl Iterator for SweepWalk {
    type Item = Option<PathBuf>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.entries.next()?;
        let Some(entry) = entry.ok().filter(|entry| entry.file_type().is_dir()) else {
            return Some(None);
        };
        let is_sweep = (self.is_sweep)(&SweepDir::new(entry.path()));
        let is_hidden = entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
        if is_sweep || is_hidden {
            self.entries.skip_current_dir();
        }
        Some(is_sweep.then(|| entry.into_path()))
    }
}
