//! Finds the sweeps below a directory, and reads the record of each setup. It is bounded: a directory may hold thousands of
//! sweeps, and data sets beside them.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sweep_config::SweepDir;
use sweep_config::records::{PriorIndex, SetupRecord};

use crate::app::count;
use crate::app::sweep_walk::SweepWalk;

/// The greatest number of directories and files that are looked at, and of sweeps that are read.
const MOST_ENTRIES: usize = 5000;
const MOST_SWEEPS: usize = 1000;
/// The greatest size of a record that is read, in bytes.
const MOST_BYTES: u64 = 8 << 20;

/// A sweep that has a record of its setup.
#[derive(Debug, Clone)]
pub(super) struct ScannedSweep {
    /// Its path below the directory, or the name of one that lies elsewhere.
    pub(super) name: String,
    /// Its directory, without links.
    pub(super) path: PathBuf,
    /// `setup.json`; `None` where it cannot be read.
    pub(super) record: Option<SetupRecord>,
    /// The directories of the past sweeps that its suggestions take part of.
    pub(super) priors: Vec<PathBuf>,
}

impl ScannedSweep {
    /// Returns the directories of the sweeps that records say it grew out of.
    pub(super) fn sources(&self) -> impl Iterator<Item = &Path> {
        let reused = self.record.iter().flat_map(|record| &record.reused);
        let reused = reused.filter(|reused| reused.jobs > 0).map(|reused| Path::new(&reused.sweep));
        reused.chain(self.priors.iter().map(PathBuf::as_path))
    }
}

/// The sweeps below a directory.
#[derive(Debug, Default)]
pub(super) struct SweepScan {
    /// The sweeps, by name.
    pub(super) sweeps: Vec<ScannedSweep>,
    /// The sentences on what was not read.
    pub(super) notes: Vec<String>,
}

impl SweepScan {
    /// Reads the sweeps below a directory, and those that lie in the directories of `named`.
    pub(super) fn of(root: &Path, named: &[(String, PathBuf)]) -> Self {
        let mut scan = Self::default();
        let mut found = scan.find(root);
        for (name, dir) in named {
            let Ok(path) = dir.canonicalize() else { continue };
            if !found.iter().any(|(_, known)| *known == path) {
                found.push((name.clone(), path));
            }
        }
        let read = |(name, path): (String, PathBuf)| {
            let record = record(&path);
            let problem = record.as_ref().err().map(|why| format!("`{name}`: {why}"));
            let priors = priors(&path);
            (ScannedSweep { name, path, record: record.ok(), priors }, problem)
        };
        let read_all = |scan: &mut Self, found: Vec<(String, PathBuf)>| {
            let (sweeps, problems): (Vec<_>, Vec<_>) = found.into_par_iter().map(read).unzip();
            scan.sweeps.extend(sweeps);
            scan.notes.extend(problems.into_iter().flatten());
        };
        read_all(&mut scan, found);
        // The sweeps that others grew out of may lie anywhere.
        let mut at = 0;
        while at < scan.sweeps.len() && scan.sweeps.len() < 2 * MOST_SWEEPS {
            let sources: Vec<PathBuf> = scan.sweeps[at].sources().map(Path::to_owned).collect();
            let is_new = |path: &PathBuf| !scan.sweeps.iter().any(|sweep| sweep.path == *path);
            let new =
                sources.into_iter().filter(is_new).map(|path| (name_below(root, &path), path));
            let new: Vec<(String, PathBuf)> = new.collect();
            read_all(&mut scan, new);
            at += 1;
        }
        scan
    }

    /// Returns the names and the directories of sweeps, in the order of the names. Links are not followed.
    fn find(&mut self, root: &Path) -> Vec<(String, PathBuf)> {
        let mut found = Vec::new();
        let Ok(root) = root.canonicalize() else { return found };
        let walk = SweepWalk::below(&root, |dir| dir.setup_json().is_file());
        for (seen, sweep) in walk.enumerate() {
            if seen == MOST_ENTRIES || found.len() == MOST_SWEEPS {
                let sweeps = count(found.len(), "sweep");
                let root = root.display();
                self.notes.push(format!("Only the first {sweeps} below `{root}` were looked at."));
                break;
            }
            found.extend(sweep.map(|sweep| (name_below(&root, &sweep), sweep)));
        }
        found
    }
}

/// Returns the name of a sweep: its path below a directory, or the whole path of one that lies elsewhere.
fn name_below(root: &Path, path: &Path) -> String {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

/// Returns the directories of the past sweeps that suggestions of a sweep take part of.
fn priors(path: &Path) -> Vec<PathBuf> {
    let bytes = std::fs::read(SweepDir::new(path).prior_index()).unwrap_or_default();
    let index: PriorIndex = serde_json::from_slice(&bytes).unwrap_or_default();
    index.sweeps.into_iter().filter_map(|prior| prior.path.canonicalize().ok()).collect()
}

/// Reads the record of a setup, or returns why it cannot be.
fn record(path: &Path) -> Result<SetupRecord, String> {
    let file = SweepDir::new(path).setup_json();
    if file.metadata().is_ok_and(|meta| meta.len() > MOST_BYTES) {
        return Err("`setup.json` is too large to be read for this".to_owned());
    }
    match SetupRecord::read(&file) {
        Ok(Some(record)) => Ok(record),
        Ok(None) => Err("there is no `setup.json`, so nothing is known of its origin".to_owned()),
        Err(_) => Err("`setup.json` cannot be read, so nothing is known of its origin".to_owned()),
    }
}
