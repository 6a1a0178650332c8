//! `TUNE.PRIOR_SWEEPS`: what past sweeps say of this design space.
//!
//! - `place` finds their directories,
//! - `reading` reads one of them as jobs of this space,
//! - `guidance` weighs them beside the sweep's own results,
//! - `present` says what each gave.
//!
//! The file `suggestions/prior-DIGEST.json` keeps what is used before anything is suggested by it, so that a suggestion can be made
//! again when a past sweep has changed or is gone. Past sweeps are read again only if their files have changed, and of those that still
//! run not for each suggestion: once there are a tenth more jobs.

mod guidance;
mod place;
mod present;
mod reading;

use sweep_config::records::{
    IndexedPrior, PriorIndex, PriorSnapshot, PriorSweep, read_record, stamped, stamped_line,
};
use sweep_config::{Sweep, SweepDir, fs};

use crate::app::Failure;
use crate::setup::drawing::DesignSpace;
use crate::setup::identity::ContentDigest;
use crate::trials::TypedPairs;
pub(super) use guidance::PriorGuidance;
use place::{FoundPriors, KEY, PriorPlace};
pub(super) use present::{as_json, present};
use reading::{ReadPrior, stamp};

/// The most of the first configs that are the best of past sweeps.
const MOST_BEST: u64 = 5;

/// The results of past sweeps as far as this design space has them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct PriorKnowledge {
    /// The past sweeps, sorted by name.
    sweeps: Vec<PriorSweep<TypedPairs>>,
    /// The file of them, with its digest; none where no past sweep is named.
    snapshot: Option<(String, Vec<u8>)>,
    index: PriorIndex,
    is_known: bool,
}

impl PriorKnowledge {
    /// Reads the past sweeps that are named, again if they have changed since, and warns of those that give nothing. `jobs` is the
    /// number of the sweep's own jobs.
    ///
    /// # Errors
    ///
    /// When a sweep that is named is not there.
    pub(super) fn gather(
        sweep: &Sweep,
        space: &DesignSpace<'_>,
        jobs: u64,
        warnings: &mut Vec<String>,
    ) -> Result<Self, Failure> {
        if sweep.setup.tune.prior_sweeps.is_empty() {
            return Ok(Self::default());
        }
        let dir = sweep.dir();
        let known = index(&dir);
        let found = FoundPriors::find(sweep, &known)?;
        warnings.extend(found.remarks.iter().cloned());
        let gone = found.places.iter().filter(|place| place.is_gone);
        for place in gone {
            let path = place.path.display();
            warnings.push(format!(
                "{KEY}: `{path}` is gone; what it said when it was read last counts"
            ));
        }
        let before = Self::restored(&dir, &known.snapshot).ok();
        let stamps: Vec<String> =
            found.places.iter().map(|place| stamp_of(place, &known)).collect();
        let paths = found.places.iter().map(|place| &place.path);
        let is_same = known.sweeps.iter().map(|known| &known.path).eq(paths)
            && (jobs * 10 < known.jobs * 11
                || known.sweeps.iter().map(|known| &known.stamp).eq(&stamps));
        let knowledge = match before {
            Some(before) if is_same => Self { index: known, is_known: true, ..before },
            before => {
                let mut read = Self::read(&found.places, stamps, before.as_ref(), space)?;
                read.index.jobs = jobs;
                read
            }
        };
        warnings.extend(knowledge.warnings());
        Ok(knowledge)
    }

    /// Reads past sweeps; one that is gone says what it said `before`.
    fn read(
        places: &[PriorPlace],
        stamps: Vec<String>,
        before: Option<&Self>,
        space: &DesignSpace<'_>,
    ) -> Result<Self, Failure> {
        let mut sweeps = Vec::new();
        let mut indexed = Vec::new();
        for (place, stamp) in places.iter().zip(stamps) {
            let kept = before.filter(|_| place.is_gone).and_then(|before| before.of(&place.name));
            let read = match kept {
                Some(kept) => ReadPrior { sweep: kept.clone(), is_damaged: false },
                None => ReadPrior::read(place, space),
            };
            let stamp = if read.is_damaged { String::new() } else { stamp };
            let PriorPlace { name, path, source, .. } = place.clone();
            indexed.push(IndexedPrior { sweep: name, path, source, stamp });
            sweeps.push(read.sweep);
        }
        let bytes = stamped_line(&PriorSnapshot { sweeps }).into_bytes();
        let digest = digest(&bytes);
        let sweeps = parsed(&bytes).map_err(|error| Failure::Damaged {
            message: format!("{KEY}: what past sweeps say cannot be written: {error}"),
            hint: None,
        })?;
        let index = PriorIndex { snapshot: digest.clone(), jobs: 0, sweeps: indexed };
        Ok(Self { sweeps, snapshot: Some((digest, bytes)), index, is_known: false })
    }

    /// Reads what past sweeps said when a suggestion was made.
    ///
    /// # Errors
    ///
    /// When the file is missing or damaged.
    pub(super) fn restored(dir: &SweepDir, digest: &str) -> Result<Self, Failure> {
        let path = dir.prior_snapshot(digest);
        let bytes = fs::read(&path)?;
        let damaged = |why: String| Failure::Damaged {
            message: format!("`{}`: {why}", path.display()),
            hint: Some("restore it: suggestions by past sweeps follow from it".to_owned()),
        };
        if self::digest(&bytes) != digest {
            return Err(damaged("was changed after it was written".to_owned()));
        }
        let sweeps = parsed(&bytes).map_err(|error| damaged(error.to_string()))?;
        let snapshot = Some((digest.to_owned(), bytes));
        Ok(Self { sweeps, snapshot, ..Self::default() })
    }

    /// Writes what suggestions are about to follow from, unless it is there.
    ///
    /// # Errors
    ///
    /// When the file system fails.
    pub(super) fn write(&self, dir: &SweepDir) -> Result<(), Failure> {
        let Some((digest, bytes)) = self.snapshot.as_ref().filter(|_| !self.is_known) else {
            return Ok(());
        };
        fs::create_dir_all(&dir.suggestions())?;
        fs::write_atomic(&dir.prior_snapshot(digest), bytes)?;
        Ok(fs::write_atomic(&dir.prior_index(), &stamped(&self.index))?)
    }

    /// Returns the past sweeps that say anything.
    pub(super) fn of_use(&self) -> impl Iterator<Item = &PriorSweep<TypedPairs>> {
        self.sweeps.iter().filter(|prior| !prior.jobs.is_empty())
    }

    fn of(&self, name: &str) -> Option<&PriorSweep<TypedPairs>> {
        self.sweeps.iter().find(|prior| prior.sweep == name)
    }
}

/// Returns the number of the first configs that are left to the best of past sweeps.
///
/// # Errors
///
/// When a past sweep that is named is not there.
pub(in crate::setup) fn best_configs(sweep: &Sweep) -> Result<u64, Failure> {
    if sweep.setup.tune.prior_sweeps.is_empty() {
        return Ok(0);
    }
    let found = FoundPriors::find(sweep, &index(&sweep.dir()))?;
    Ok(if found.places.is_empty() { 0 } else { most_best(sweep) })
}

/// Returns the most configs that are the best of past sweeps: half of those that are there before anything is learned.
pub(super) fn most_best(sweep: &Sweep) -> u64 {
    (u64::from(sweep.setup.tune.startup) / 2).min(MOST_BEST)
}

/// Reads which past sweeps were read last; without that all are read again.
fn index(dir: &SweepDir) -> PriorIndex {
    read_record(&dir.prior_index()).ok().flatten().unwrap_or_default()
}

/// Returns the stamp of a past sweep: of one that is gone, the last.
fn stamp_of(place: &PriorPlace, known: &PriorIndex) -> String {
    let last = || known.sweeps.iter().find(|known| known.path == place.path);
    let last = last().filter(|_| place.is_gone).map(|known| known.stamp.clone());
    last.unwrap_or_else(|| stamp(place))
}

fn parsed(bytes: &[u8]) -> Result<Vec<PriorSweep<TypedPairs>>, serde_json::Error> {
    serde_json::from_slice::<PriorSnapshot<TypedPairs>>(bytes).map(|snapshot| snapshot.sweeps)
}

/// Returns the digest of a snapshot, as its name has it.
fn digest(bytes: &[u8]) -> String {
    const DIGITS: usize = 12;
    let mut digest = ContentDigest::default();
    digest.text(&String::from_utf8_lossy(bytes));
    digest.finish().trim_start_matches("sha256:").chars().take(DIGITS).collect()
}
