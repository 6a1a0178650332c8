//! Writes the set of configs into the sweep directory, so that it is there whole or not at all.
//!
//! The set is `cfgs/`, `cfgs_summary.yaml`, `sampled.jsonl`, `sweep_cfg.yaml` and `setup.json`, and `setup.json` is
//! its seal: **a set is whole if and only if `setup.json` is there.** The steps, under a lock:
//!
//! 1. the new set is written whole to `.setup-new` and brought to the disk,
//! 2. the old seal is removed,
//! 3. the old `cfgs/` moves aside to `.setup-old`, the new files take their places by renames,
//! 4. the new seal comes last; the leftovers are removed.
//!
//! A kill before step 2 leaves the old set, one after the renames leaves the new set, and one in
//! between (a few renames long) leaves a directory without a seal, which nothing launches. In each
//! case the next setup begins by clearing the leftovers, and ends with exactly its own set.

use std::path::Path;

use rayon::prelude::*;
use sweep_config::fs::{self, FsError};
use sweep_config::lock::FileLock;
use sweep_config::records::SetupRecord;
use sweep_config::{JobId, Map, Sweep, SweepDir, Value, yaml};

use super::candidate::Candidate;
use super::params::Params;
use crate::app::Failure;
use crate::trials::{truncate_lines, write_line};

/// Refuses a sweep that was launched: its configs are part of its results.
pub(crate) fn refuse_launched(dir: &SweepDir) -> Result<(), Failure> {
    let mut signs = vec![dir.submissions()];
    if !has_links_only(dir)? {
        signs.push(dir.logs());
    }
    for path in signs {
        if exists(&path)? {
            return Err(Failure::usage(
                format!("the sweep was launched already: `{}` exists", path.display()),
                "choose another NAME for the new configs, or remove the whole sweep directory if \
                 its results are not needed any more",
            ));
        }
    }
    Ok(())
}

/// Whether the log directories are all links to results of other sweeps.
fn has_links_only(dir: &SweepDir) -> Result<bool, FsError> {
    let logs = dir.logs();
    if !exists(&logs)? {
        return Ok(false);
    }
    let names = fs::list(&logs)?;
    Ok(!names.is_empty() && names.iter().all(|name| logs.join(name).is_symlink()))
}

/// Makes the log directories of jobs links to those of other sweeps.
///
/// # Errors
///
/// When the file system fails; then some of them run again.
pub(crate) fn link(dir: &SweepDir, jobs: &[(JobId, &Path, usize)]) -> Result<(), FsError> {
    if jobs.is_empty() {
        return Ok(());
    }
    fs::create_dir_all(&dir.logs())?;
    jobs.par_iter().try_for_each(|(job, logs, _)| fs::symlink(logs, &dir.out_dir(*job)))
}

/// Jobs to be written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Set<'a> {
    pub(crate) sweep: &'a Sweep,
    pub(crate) params: &'a Params,
    pub(crate) jobs: &'a [Candidate],
    /// The number of the first of them.
    pub(crate) first: usize,
}

/// Puts the set in place of the one that is there, if any.
///
/// # Errors
///
/// When the sweep was launched, another setup is at work, `cfgs/` holds files that are not ours, or
/// the file system fails; the old set stays as it is, or loses its seal.
pub(crate) fn replace(set: &Set<'_>, record: &SetupRecord) -> Result<(), Failure> {
    let dir = set.sweep.dir();
    fs::create_dir_all(dir.path())?;
    let _lock = FileLock::try_take(&dir.setup_lock())?.ok_or_else(|| at_work(&dir))?;
    refuse_foreign(&dir)?;
    clear_leftovers(&dir)?;
    stage(&dir.setup_staging(), (set, record), Described::default())?;
    refuse_launched(&dir)?;
    // Results that were found for the old jobs are none of the new ones. Links are not followed.
    if has_links_only(&dir)? {
        fs::remove_dir_all(&dir.logs())?;
    }
    commit(&dir)?;
    clear_leftovers(&dir)?;
    Ok(())
}

/// Appends jobs to a set, its record last: until then nobody counts them. Where the sweep config is
/// another one than before, that is kept under the name `old_cfg`.
///
/// # Errors
///
/// When another setup is at work, or the file system fails.
pub(crate) fn append(
    set: &Set<'_>,
    record: &SetupRecord,
    old_cfg: Option<&str>,
) -> Result<(), Failure> {
    let dir = set.sweep.dir();
    let _lock = FileLock::try_take(&dir.setup_lock())?.ok_or_else(|| at_work(&dir))?;
    clear_leftovers(&dir)?;
    let new = dir.setup_staging();
    stage(&new, (set, record), Described::read(&dir, set.first)?)?;
    if let Some(name) = old_cfg {
        fs::write_atomic(&dir.path().join(name), &fs::read(&dir.sweep_cfg())?)?;
    }
    for index in set.first..set.first + set.jobs.len() {
        fs::rename(&new.cfg(job(index)), &dir.cfg(job(index)))?;
    }
    fs::rename(&new.cfgs_summary(), &dir.cfgs_summary())?;
    fs::rename(&new.sampled_jsonl(), &dir.sampled_jsonl())?;
    fs::sync_dir(&dir.cfgs());
    fs::rename(&new.setup_json(), &dir.setup_json())?;
    // After the record, which says that the space is another one: the other way round a kill in
    // between would leave a config of which it says nothing.
    if old_cfg.is_some() {
        fs::rename(&new.sweep_cfg(), &dir.sweep_cfg())?;
    }
    fs::sync_dir(dir.path());
    clear_leftovers(&dir)?;
    Ok(())
}

/// What is said of each job beside its config.
#[derive(Default)]
struct Described {
    /// `cfgs_summary.yaml`.
    summary: Map,
    /// `sampled.jsonl`.
    sampled: Vec<u8>,
}

impl Described {
    /// Reads what is said of the first jobs; what a killed extension left behind them is not theirs. A set
    /// that an older version made has no `sampled.jsonl`: then that of the new jobs is all there is.
    fn read(dir: &SweepDir, jobs: usize) -> Result<Self, Failure> {
        let summary = match yaml::read_file(&dir.cfgs_summary())? {
            Value::Map(mut summary) => {
                summary.truncate(jobs);
                summary
            }
            _ => Map::new(),
        };
        let sampled = match fs::read(&dir.sampled_jsonl()) {
            Ok(mut lines) => {
                truncate_lines(&mut lines, jobs);
                lines
            }
            Err(error) if error.is_not_found() => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        Ok(Self { summary, sampled })
    }

    /// Adds the jobs of a set.
    fn add(&mut self, set: &Set<'_>) {
        let Set { params, jobs, first, .. } = *set;
        let summaries = jobs.par_iter().enumerate().map(|(index, candidate)| {
            (SweepDir::cfg_name(job(first + index)), Value::Str(candidate.summary()))
        });
        self.summary.extend(summaries.collect::<Vec<_>>());
        for (index, candidate) in jobs.iter().enumerate() {
            let values = params.given(&candidate.values);
            write_line(&mut self.sampled, job(first + index), values);
        }
    }
}

/// Steps 2 to 4: from the old set to the new one.
fn commit(dir: &SweepDir) -> Result<(), FsError> {
    let (new, old) = (dir.setup_staging(), dir.setup_discard());
    fs::remove_file(&dir.setup_json())?;
    if exists(&dir.cfgs())? {
        fs::create_dir_all(old.path())?;
        fs::rename(&dir.cfgs(), &old.cfgs())?;
    }
    fs::rename(&new.cfgs(), &dir.cfgs())?;
    fs::rename(&new.cfgs_summary(), &dir.cfgs_summary())?;
    fs::rename(&new.sampled_jsonl(), &dir.sampled_jsonl())?;
    fs::rename(&new.sweep_cfg(), &dir.sweep_cfg())?;
    // The seal must not reach the disk before what it seals.
    fs::sync_dir(dir.path());
    fs::rename(&new.setup_json(), &dir.setup_json())?;
    fs::sync_dir(dir.path());
    Ok(())
}

/// Step 1: writes the set where nobody looks, behind what is said of older jobs, and brings it to the disk.
fn stage(
    new: &SweepDir,
    (set, record): (&Set<'_>, &SetupRecord),
    mut described: Described,
) -> Result<(), FsError> {
    fs::create_dir_all(&new.cfgs())?;
    let Set { sweep, params, jobs, first } = *set;
    jobs.par_iter().enumerate().try_for_each(|(index, candidate)| {
        let config = candidate.job_config(params, &sweep.setup.base_cfg);
        fs::write_staged(&new.cfg(job(first + index)), yaml::write(&config).as_bytes())
    })?;
    described.add(set);
    let summary = yaml::write(&Value::Map(described.summary));
    fs::write_staged(&new.cfgs_summary(), summary.as_bytes())?;
    fs::write_staged(&new.sampled_jsonl(), &described.sampled)?;
    fs::write_staged(&new.sweep_cfg(), sweep.text.as_bytes())?;
    fs::write_staged(&new.setup_json(), to_json(record).as_bytes())?;
    fs::sync_file_system(new.path())
}

/// The record as `setup.json` has it.
pub(crate) fn to_json(record: &SetupRecord) -> String {
    let text = serde_json::to_string_pretty(record).expect("texts and numbers only");
    text + "\n"
}

pub(super) fn job(index: usize) -> JobId {
    JobId(u32::try_from(index).expect("fewer than 2^32 configs"))
}

fn clear_leftovers(dir: &SweepDir) -> Result<(), FsError> {
    fs::remove_dir_all(dir.setup_staging().path())?;
    fs::remove_dir_all(dir.setup_discard().path())
}

/// Refuses a `cfgs/` that holds what no setup wrote, for it would be lost.
fn refuse_foreign(dir: &SweepDir) -> Result<(), Failure> {
    let cfgs = dir.cfgs();
    if !exists(&cfgs)? {
        return Ok(());
    }
    let ours =
        |name: &str| name.strip_suffix(".yaml").is_some_and(|id| id.parse::<JobId>().is_ok());
    match fs::list(&cfgs)?.iter().find(|name| !ours(name)) {
        None => Ok(()),
        Some(name) => Err(Failure::usage(
            format!("`{}` holds `{name}`, which no setup wrote", cfgs.display()),
            "the directory is replaced as a whole: move the file elsewhere, or choose another NAME",
        )),
    }
}

fn at_work(dir: &SweepDir) -> Failure {
    Failure::usage(
        format!("another sweep_setup is writing to `{}`", dir.path().display()),
        "wait until it has ended, then look at what it set up",
    )
}

fn exists(path: &Path) -> Result<bool, FsError> {
    path.try_exists().map_err(|e| FsError::new("look for", path, e))
}
