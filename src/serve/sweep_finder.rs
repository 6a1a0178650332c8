//! Finds the sweeps that are meant, and those below a directory.

use std::path::{Path, PathBuf};

use sweep_config::records::refuse_newer_sweep;
use sweep_config::{Sweep, fs};

use crate::app::sweep_source::{SweepSource, is_sweep_dir};
use crate::app::sweep_walk::SweepWalk;
use crate::app::{Failure, Printer, SweepArgs};

/// Returns the sweep directories below a directory, in the order of their names. Links are not followed.
pub(super) fn sweep_dirs(root: &Path) -> Vec<PathBuf> {
    SweepWalk::below(root, is_sweep_dir).flatten().collect()
}

/// Loads the sweep of a directory.
pub(super) fn sweep_of(dir: &Path) -> Result<Sweep, Failure> {
    let sweep = SweepSource::Kept(dir.to_owned()).load(&[])?;
    refuse_newer_sweep(&sweep.dir())?;
    Ok(sweep)
}

/// The sweeps that are meant.
pub(super) struct SweepPlaces {
    pub(super) sweeps: Vec<Sweep>,
    /// The directory, if all below one are meant, those to come among them.
    pub(super) root: Option<PathBuf>,
}

impl SweepPlaces {
    /// Finds the sweeps of some places.
    ///
    /// # Errors
    ///
    /// When a place has none, and all problems of the config of one that was named. Below a directory, one that cannot be
    /// loaded is left out.
    pub(super) fn find(places: &[PathBuf], args: &SweepArgs) -> Result<Self, Failure> {
        let printer = args.printer();
        match places {
            [] if is_root(Path::new(".")) => Self::below(Path::new("."), printer),
            [] => Ok(Self { sweeps: vec![args.load()?], root: None }),
            [place] if is_root(place) => Self::below(place, printer),
            _ => {
                let mut sweeps = Vec::new();
                for place in places {
                    if is_root(place) {
                        sweeps.extend(Self::below(place, printer)?.sweeps);
                    } else {
                        let config = Some(place.clone());
                        let named = SweepArgs { config, sweep_cfg: None, ..args.clone() };
                        sweeps.push(named.load()?);
                    }
                }
                Ok(Self { sweeps, root: None })
            }
        }
    }

    fn below(root: &Path, printer: Printer) -> Result<Self, Failure> {
        let root = fs::canonicalize(root)?;
        let load = |dir: PathBuf| match sweep_of(&dir) {
            Ok(sweep) => Some(sweep),
            Err(failure) => {
                let (dir, why) = (dir.display(), failure.with_hint());
                printer.warn(format_args!("`{dir}` is left out: {why}"));
                None
            }
        };
        let sweeps = sweep_dirs(&root).into_iter().filter_map(load).collect();
        Ok(Self { sweeps, root: Some(root) })
    }
}

/// True if a path is a directory that is no sweep, has not one sweep config, and has sweeps below it.
fn is_root(path: &Path) -> bool {
    let has_one = || SweepSource::all_in(path).is_ok_and(|found| found.len() == 1);
    path.is_dir() && !has_one() && !sweep_dirs(path).is_empty()
}
