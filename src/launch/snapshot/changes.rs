//! Differences between the code and the existing copy.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sweep_config::{SweepDir, fs};

use super::{SnapshotItem, SnapshotPlan, walk_all};
use crate::app::{Failure, count};

/// The most files that are named.
const NAMED: usize = 20;

/// The changes that a new copy would make, in the order of the paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::launch) struct SnapshotChanges {
    /// `+` new, `-` gone, `~` other content.
    files: BTreeMap<PathBuf, char>,
}

impl SnapshotPlan {
    /// Compares the code with `code/` by content.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub(in crate::launch) fn changes(&self, dir: &SweepDir) -> Result<SnapshotChanges, Failure> {
        let copy = dir.code();
        let mut old: BTreeMap<PathBuf, SnapshotItem> =
            walk_all(&copy)?.into_iter().map(|item| (item.path.clone(), item)).collect();
        let mut files = BTreeMap::new();
        let mut same_size = Vec::new();
        for item in &self.items {
            match old.remove(&item.path) {
                None => drop(files.insert(item.path.clone(), '+')),
                Some(it) if it.kind != item.kind => drop(files.insert(item.path.clone(), '~')),
                Some(_) => same_size.push(&item.path),
            }
        }
        files.extend(old.into_keys().map(|path| (path, '-')));
        let differ = |path: &&&PathBuf| differ(&self.source.join(path), &copy.join(path));
        let changed: Vec<&&PathBuf> = same_size.par_iter().filter(|path| differ(path)).collect();
        files.extend(changed.into_iter().map(|path| ((*path).clone(), '~')));
        Ok(SnapshotChanges { files })
    }
}

/// True if two files differ; those that cannot be read count as different, for copying will report them.
fn differ(a: &Path, b: &Path) -> bool {
    if a.is_symlink() {
        return false;
    }
    match (fs::read(a), fs::read(b)) {
        (Ok(a), Ok(b)) => a != b,
        _ => true,
    }
}

impl SnapshotChanges {
    pub(in crate::launch) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

impl fmt::Display for SnapshotChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing has changed");
        }
        write!(f, "{} changed", count(self.files.len(), "file"))?;
        for (path, sign) in self.files.iter().take(NAMED) {
            write!(f, "\n{sign} {}", path.display())?;
        }
        let more = self.files.len().saturating_sub(NAMED);
        if more > 0 { write!(f, "\nand {more} more") } else { Ok(()) }
    }
}
