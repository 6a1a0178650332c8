//! Finds out what there is to collect: the jobs of a sweep, and what all of them have in common.

use std::collections::{BTreeMap, BTreeSet};

use sweep_config::records::{JobOrigins, SetupRecord, ToldResult};
use sweep_config::{JobId, Strategy, Sweep, SweepDir, Value, fs, summary, yaml};

use super::cache;
use super::job::{CollectJob, SweepContext};
use super::log_discovery::LogDiscovery;
use super::objective::ObjectiveInputs;
use super::remarks::CollectRemarks;
use super::table::flat_defaults;
use crate::app::{Failure, command};
use crate::ledger::QueueSnapshot;
use crate::models::read_kept_defaults;

/// Gathers what all jobs have in common, and what SLURM says of them, with remarks on it.
pub(super) fn sweep_context(
    sweep: &Sweep,
    jobs: &[CollectJob],
) -> Result<(SweepContext, CollectRemarks), Failure> {
    let dir = sweep.dir();
    let mut remarks = CollectRemarks::default();
    let origins = origins(&dir, &mut remarks);
    let snapshot = queue_snapshot(&dir, &mut remarks)?;
    for sentence in snapshot.waiting(&command("sweep_launch", sweep)) {
        remarks.warn(sentence);
    }
    let all: Vec<JobId> = jobs.iter().map(|job| job.id).collect();
    let queued = snapshot.queued_jobs(&dir, &all)?;
    let (evidence, accounts) = (snapshot.evidence(), snapshot.accounting());
    let summary = summaries(&dir, &mut remarks);
    let objectives: Vec<String> =
        sweep.analyze.objectives.iter().map(|objective| objective.metric.clone()).collect();
    let (formats, now) = (LogDiscovery::of(&sweep.collect, &objectives), cache::now());
    let defaults = read_kept_defaults(sweep)?.map(flat_defaults).unwrap_or_default();
    let objective_inputs = ObjectiveInputs::of(&sweep.analyze.objectives);
    let is_tuned = sweep.setup.strategy == Strategy::Tpe;
    let told = is_tuned.then(|| told(&dir, &mut remarks));
    let is_imported = dir.is_imported();
    let context = SweepContext {
        is_imported,
        dir,
        summary,
        origins,
        evidence,
        queued,
        accounts,
        formats,
        defaults,
        objective_inputs,
        secrets: sweep.secret_values(),
        told,
        now,
    };
    Ok((context, remarks))
}

/// Lists all jobs that have a config or a log directory, in order.
pub(super) fn plan(sweep: &Sweep) -> Result<Vec<CollectJob>, Failure> {
    let dir = sweep.dir();
    let configs = match dir.jobs() {
        Err(e) if e.is_not_found() => Vec::new(),
        jobs => jobs?,
    };
    if configs.is_empty() {
        let message = format!("`{}` contains no job configs", dir.cfgs().display());
        let hint =
            format!("set up the sweep first: sweep_setup --sweep-cfg {}", sweep.source.display());
        return Err(Failure::usage(message, hint));
    }
    let configs: BTreeSet<JobId> = configs.into_iter().collect();
    let started: BTreeSet<JobId> = dir.started_jobs()?.into_iter().collect();
    let job = |id: &JobId| CollectJob {
        id: *id,
        has_config: configs.contains(id),
        has_dir: started.contains(id),
    };
    Ok(configs.union(&started).map(job).collect())
}

/// Asks SLURM what it has of the sweep, if it can be asked.
fn queue_snapshot(dir: &SweepDir, remarks: &mut CollectRemarks) -> Result<QueueSnapshot, Failure> {
    let (snapshot, hindered) = QueueSnapshot::take_if_possible(dir)?;
    if let Some(failure) = hindered {
        remarks.warn(format_args!("cannot ask SLURM which tasks are queued or gone: {failure}"));
    }
    snapshot.remarks().into_iter().for_each(|remark| remarks.note(remark));
    Ok(snapshot)
}

/// Returns which config each job is of; each is one of its own if there is no record of it.
fn origins(dir: &SweepDir, remarks: &mut CollectRemarks) -> JobOrigins {
    let record = SetupRecord::read(&dir.setup_json()).unwrap_or_else(|e| {
        remarks.warn(format_args!("{e}: {}", e.source));
        None
    });
    record.as_ref().map_or_else(JobOrigins::default, JobOrigins::of)
}

/// Reads the results that were told, but for those of damaged lines.
fn told(dir: &SweepDir, remarks: &mut CollectRemarks) -> BTreeMap<JobId, ToldResult> {
    let (told, problem) = ToldResult::readable(dir);
    if let Some(e) = problem {
        remarks.warn(format_args!("{e}: {}", e.source));
    }
    told
}

/// Reads what was sampled for each config; nothing if the file is missing or damaged.
fn summaries(dir: &SweepDir, remarks: &mut CollectRemarks) -> BTreeMap<String, String> {
    let path = dir.cfgs_summary();
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.is_not_found() => return BTreeMap::new(),
        Err(e) => {
            remarks.warn(format_args!("{e}: {}", e.source));
            return BTreeMap::new();
        }
    };
    match yaml::read(&path, &text) {
        Ok(Value::Map(map)) => map.into_iter().map(|(name, value)| (name, words(value))).collect(),
        Ok(_) => BTreeMap::new(),
        Err(problems) => {
            remarks.warn(problems);
            BTreeMap::new()
        }
    }
}

fn words(value: Value) -> String {
    match value {
        Value::Str(text) | Value::Timestamp(text) => summary::sampled(&text).to_owned(),
        other => other.to_json().to_string(),
    }
}
