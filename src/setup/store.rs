//! Writes the set of configs into the sweep directory, so that it is there whole or not at all.
//!
//! The set is `cfgs/`, `cfgs_summary.yaml`, `sampled.jsonl`, `sweep_cfg.yaml` and `setup.json`, and
//! `setup.json` is its seal: **a set is whole if and only if `setup.json` is there.** The steps, under a lock:
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
use sweep_config::fs::{self, FileAccess, FsError};
use sweep_config::lock::FileLock;
use sweep_config::records::{RoundRecord, SetupRecord};
use sweep_config::{FormatLack, IncludingKey, JobId, Sweep, SweepDir, job_of};

use super::descriptions::JobDescriptions;
use super::identity::{EarlierSetup, config_digest, configs_digest};
use super::job_set::{JobSet, NewJobs, job_id};
use super::param_list::ParamList;
use crate::app::Failure;

/// Refuses a sweep that was launched, or whose results were told: its configs are part of its results.
pub(crate) fn refuse_launched(dir: &SweepDir) -> Result<(), Failure> {
    let mut signs =
        vec![("was already launched", dir.submissions()), ("has results", dir.told_jsonl())];
    if !has_links_only(dir)? {
        signs.push(("was already launched", dir.logs()));
    }
    for (why, path) in signs {
        if exists(&path)? {
            return Err(Failure::usage(
                format!("the sweep {why}: `{}` exists", path.display()),
                "choose another NAME for the new configs, or delete the whole sweep directory if you no \
                 longer need its results",
            ));
        }
    }
    Ok(())
}

/// Returns true if the log directories are all links to results of other sweeps.
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

/// Jobs that are to be written, and the round that they are.
#[derive(Debug)]
pub(crate) struct NewRound<'a> {
    /// The jobs.
    pub(crate) set: JobSet<'a>,
    /// The record of the round, but for the digest of their files.
    pub(crate) record: RoundRecord,
}

/// Rounds that are to be written, one behind the other.
pub(crate) struct RoundList<'a> {
    sweep: &'a Sweep,
    /// The number of the job behind the last one.
    next: usize,
    rounds: Vec<NewRound<'a>>,
}

impl<'a> RoundList<'a> {
    /// Begins a list whose first job has the number `next`.
    pub(crate) fn new(sweep: &'a Sweep, next: usize) -> Self {
        Self { sweep, next, rounds: Vec::new() }
    }

    /// Appends the jobs of a round; the record is that of a round but for its place and seed.
    pub(crate) fn push(&mut self, params: &'a ParamList, jobs: NewJobs<'a>, record: RoundRecord) {
        let set = JobSet { sweep: self.sweep, params, jobs, first: self.next };
        let (from, to) = (self.next as u64, (self.next + set.len()) as u64);
        self.next += set.len();
        let seed = self.sweep.setup.rng_seed;
        self.rounds.push(NewRound { set, record: RoundRecord { from, to, seed, ..record } });
    }

    /// Returns the rounds.
    pub(crate) fn finish(self) -> Vec<NewRound<'a>> {
        self.rounds
    }
}

/// Puts the set in place of the one that is there, if any. Returns the record that was written.
///
/// # Errors
///
/// When the sweep was launched, another setup is at work, `cfgs/` holds files that are not ours, or
/// the file system fails; the old set stays as it is, or loses its seal.
pub(crate) fn replace(
    sweep: &Sweep,
    rounds: &[NewRound<'_>],
    record: SetupRecord,
) -> Result<SetupRecord, Failure> {
    let dir = sweep.dir();
    fs::create_dir_all(dir.path())?;
    let _lock = FileLock::try_take(&dir.setup_lock())?.ok_or_else(|| at_work(&dir))?;
    refuse_foreign(&dir)?;
    clear_leftovers(&dir)?;
    let new = dir.setup_staging().with_format(sweep.setup.format);
    let record = stage(&new, sweep, rounds, (record, JobDescriptions::default()))?;
    refuse_launched(&dir)?;
    // The records of suggestions are of the old configs.
    fs::remove_dir_all(&dir.suggestions())?;
    // Results that were found for the old jobs are none of the new ones. Links are not followed.
    if has_links_only(&dir)? {
        fs::remove_dir_all(&dir.logs())?;
    }
    commit(&dir)?;
    clear_leftovers(&dir)?;
    Ok(record)
}

/// Appends jobs to a set, its record last: until then nobody counts them. Where the sweep config has
/// changed, the one before is kept. Returns the record that was written.
///
/// # Errors
///
/// When another setup is at work or has changed the set since `earlier` was read, or the file system fails.
pub(crate) fn append(
    sweep: &Sweep,
    rounds: &[NewRound<'_>],
    record: SetupRecord,
    earlier: &EarlierSetup,
) -> Result<SetupRecord, Failure> {
    let dir = sweep.dir();
    let _lock = FileLock::try_take(&dir.setup_lock())?.ok_or_else(|| at_work(&dir))?;
    if SetupRecord::read(&dir.setup_json())?.as_ref() != Some(earlier.record()) {
        return Err(Failure::usage(
            format!("another process has appended configs to `{}` meanwhile", dir.path().display()),
            "run it again: nothing was written",
        ));
    }
    let old_cfg = earlier.old_cfg();
    let old_cfg = old_cfg.as_deref();
    clear_leftovers(&dir)?;
    let new = dir.setup_staging().with_format(sweep.setup.format);
    let first = rounds.first().map_or(0, |round| round.set.first);
    let record = stage(&new, sweep, rounds, (record, JobDescriptions::read(&dir, first)?))?;
    if let Some(name) = old_cfg {
        let (old, readers) = (dir.sweep_cfg(), FileAccess::of(&dir.sweep_cfg()));
        let kept = dir.path().join(name);
        for key in IncludingKey::ALL {
            let file = key.copy_beside(&old);
            if exists(&file)? {
                fs::write_atomic(&key.copy_beside(&kept), &fs::read(&file)?)?;
            }
        }
        fs::write_atomic_for(&kept, &fs::read(&old)?, readers)?;
    }
    for set in rounds.iter().map(|round| &round.set) {
        for index in set.first..set.first + set.len() {
            fs::rename(&new.cfg(job_id(index)), &dir.cfg(job_id(index)))?;
        }
    }
    fs::rename(&new.cfgs_summary(), &dir.cfgs_summary())?;
    fs::rename(&new.sampled_jsonl(), &dir.sampled_jsonl())?;
    fs::sync_dir(&dir.cfgs());
    fs::rename(&new.setup_json(), &dir.setup_json())?;
    // After the record, which says that the space is another one: the other way round a kill in
    // between would leave a config of which it says nothing.
    if old_cfg.is_some() {
        move_included(&new, &dir)?;
        fs::rename(&new.sweep_cfg(), &dir.sweep_cfg())?;
    }
    fs::sync_dir(dir.path());
    clear_leftovers(&dir)?;
    Ok(record)
}

/// Steps 2 to 4: replaces the old set with the new one.
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
    move_included(&new, dir)?;
    fs::rename(&new.sweep_cfg(), &dir.sweep_cfg())?;
    // The seal must not reach the disk before what it seals.
    fs::sync_dir(dir.path());
    fs::rename(&new.setup_json(), &dir.setup_json())?;
    fs::sync_dir(dir.path());
    Ok(())
}

/// Puts the copies of the files that the sweep config names in place of those that are there.
fn move_included(new: &SweepDir, dir: &SweepDir) -> Result<(), FsError> {
    IncludingKey::ALL.iter().try_for_each(|key| {
        let (from, to) = (key.copy_beside(&new.sweep_cfg()), key.copy_beside(&dir.sweep_cfg()));
        if exists(&from)? { fs::rename(&from, &to) } else { fs::remove_file(&to) }
    })
}

/// Step 1: writes the set where nobody looks, behind the descriptions of older jobs, and brings it to the
/// disk. Returns the record as it was written, with the digests of the rounds' configs.
fn stage(
    new: &SweepDir,
    sweep: &Sweep,
    rounds: &[NewRound<'_>],
    (mut record, mut descriptions): (SetupRecord, JobDescriptions),
) -> Result<SetupRecord, Failure> {
    fs::create_dir_all(&new.cfgs())?;
    for NewRound { set, record: round } in rounds {
        let write = |index: usize| {
            let job = job_id(set.first + index);
            let config = sweep.setup.format.write(&set.config(index));
            let config = config.map_err(|lack| lacking(job, &lack))?;
            fs::write_staged(&new.cfg(job), config.as_bytes())?;
            Ok(config_digest(config.as_bytes()))
        };
        let digests = (0..set.len()).into_par_iter().map(write);
        let digests: Vec<_> = digests.collect::<Result<_, Failure>>()?;
        record.rounds.push(RoundRecord { configs: configs_digest(&digests), ..round.clone() });
        descriptions.add(set);
    }
    descriptions.write(new)?;
    for file in &sweep.included {
        fs::write_staged(&file.key.copy_beside(&new.sweep_cfg()), file.copy().as_bytes())?;
    }
    fs::write_staged_for(&new.sweep_cfg(), sweep.text.as_bytes(), sweep.file_access())?;
    let readers = sweep.record_access(&record.overrides);
    fs::write_staged_for(&new.setup_json(), to_json(&record).as_bytes(), readers)?;
    fs::sync_file_system(new.path())?;
    Ok(record)
}

/// Returns the failure of a config that its format cannot hold.
pub(crate) fn lacking(job: JobId, lack: &FormatLack) -> Failure {
    let hint = match lack.what {
        "null" => "remove keys without a value, or set SETUP.FORMAT to `yaml` or `json`",
        "a date" => "quote it to make it text, or set SETUP.FORMAT to `yaml`",
        _ => "set SETUP.FORMAT to `yaml`, or choose another value",
    };
    Failure::usage(format!("SETUP.FORMAT: in the config of job {job}, {lack}"), hint)
}

/// Returns the text of `setup.json`.
pub(crate) fn to_json(record: &SetupRecord) -> String {
    let text = serde_json::to_string_pretty(record).expect("texts and numbers only");
    text + "\n"
}

fn clear_leftovers(dir: &SweepDir) -> Result<(), FsError> {
    fs::remove_dir_all(dir.setup_staging().path())?;
    fs::remove_dir_all(dir.setup_discard().path())
}

/// Refuses a `cfgs/` that holds a file that no setup wrote, for it would be lost.
fn refuse_foreign(dir: &SweepDir) -> Result<(), Failure> {
    let cfgs = dir.cfgs();
    if !exists(&cfgs)? {
        return Ok(());
    }
    match fs::list(&cfgs)?.iter().find(|name| job_of(name).is_none()) {
        None => Ok(()),
        Some(name) => Err(Failure::usage(
            format!("`{}` contains `{name}`, which sweep_setup did not write", cfgs.display()),
            "sweep_setup replaces the whole directory: move the file elsewhere, or choose another NAME",
        )),
    }
}

fn at_work(dir: &SweepDir) -> Failure {
    Failure::usage(
        format!("another sweep_setup is writing to `{}`", dir.path().display()),
        "wait until it has finished, then check what it set up",
    )
}

fn exists(path: &Path) -> Result<bool, FsError> {
    path.try_exists().map_err(|e| FsError::new("look for", path, e))
}
