//! The stage: which jobs there are, all of them in parallel, the three files, the checkpoints.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::path::PathBuf;

use rayon::ThreadPool;
use sweep_config::claim::SlurmEvidence;
use sweep_config::records::SetupRecord;
use sweep_config::records::{JobState, read_attempts};
use sweep_config::{
    CheckpointsKeep, CollectConfig, JobId, Sweep, SweepDir, Value, claim, fs, summary, yaml,
};

use super::checkpoints::{self, CheckpointFile};
use super::diagnostic::{DiagnosticKind, DiagnosticPlace};
use super::gather::{GatheredJobs, SweepGatherer, earlier_jobs};
use super::job::{CollectJob, JobStatus, SweepContext};
use super::log_discovery::LogDiscovery;
use super::log_value::LogValue;
use super::objective::{ObjectiveInputs, objective_values};
use super::present::ShownJob;
use super::status::SweepStatus;
use super::table::flat_defaults;
use super::{cache, present, temp_cleanup};
use crate::app::{Exit, Failure, Fnv, Printer, progress};
use crate::ledger::QueueSnapshot;
use crate::models::read_defaults;
use crate::trials::{SampledValues, SentenceParser};

/// What the command line says beside the config.
#[derive(Debug, Clone, Copy, Default)]
pub struct CollectOptions {
    /// Only say what there is and what would be deleted; write and delete nothing.
    pub dry_run: bool,
    /// Print the answer as JSON.
    pub json: bool,
    /// What to print.
    pub view: CollectView,
}

/// What a collect prints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CollectView {
    /// The state of the sweep.
    #[default]
    Status,
    /// A line for every job.
    Jobs,
    /// The failures by cause.
    Failed,
}

/// All that was found and done.
pub(crate) struct CollectReport {
    pub(crate) dir: SweepDir,
    pub(crate) status: SweepStatus,
    pub(crate) job_statuses: Vec<JobStatus>,
    pub(crate) cleaned: CheckpointCleanup,
    pub(crate) written: Vec<PathBuf>,
}

/// Checkpoints that went, or would go.
#[derive(Debug, Default)]
pub(crate) struct CheckpointCleanup {
    pub(crate) files: Vec<CheckpointFile>,
    /// Of how many jobs.
    pub(crate) jobs: usize,
    pub(crate) is_dry_run: bool,
}

/// Collects a sweep and prints what `options` ask for.
///
/// # Errors
///
/// When the sweep was not set up, or its files cannot be written. What is wrong with a job's files
/// is part of the status.
pub fn run(sweep: &Sweep, options: CollectOptions, printer: Printer) -> Result<Exit, Failure> {
    let jobs = plan(sweep)?;
    let sources = sources(sweep, &jobs, printer)?;
    let pool = pool(sweep.num_proc, jobs.len());
    let key = key(sweep, &sources);
    let gather = SweepGatherer { sources: &sources, jobs: &jobs, pool: &pool, key };
    let GatheredJobs { mut job_statuses, written, .. } = if options.dry_run {
        gather.without_files()?
    } else {
        temp_cleanup::remove(sources.dir.path())?;
        let template = "collecting {bar:30} {pos}/{len} jobs {eta}";
        let bar = progress::bar(jobs.len() as u64, template, printer.is_quiet());
        let gathered = gather.with_files(&|jobs| bar.inc(jobs as u64))?;
        bar.finish_and_clear();
        gathered
    };
    let cleaned =
        clean(&sources.dir, &mut job_statuses, sweep.collect.checkpoints_keep, options.dry_run);
    let status = status(sweep, &sources, &job_statuses, printer);
    let report = CollectReport { status, job_statuses, dir: sources.dir, cleaned, written };
    say(&report, sweep, options, printer);
    Ok(if report.status.is_complete() { Exit::Done } else { Exit::Incomplete })
}

/// Prints everything of one job, as it is now; writes nothing.
///
/// # Errors
///
/// When the sweep was not set up or has no such job.
pub fn show(sweep: &Sweep, job: u32, json: bool, printer: Printer) -> Result<Exit, Failure> {
    let jobs = plan(sweep)?;
    let at = jobs.binary_search_by_key(&JobId(job), |job| job.id).map_err(|_| {
        let last = jobs.last().map_or(0, |job| job.id.0);
        Failure::usage(format!("there is no job {job}"), format!("the last one is {last}"))
    })?;
    let sources = sources(sweep, &jobs[at..=at], printer)?;
    let collected = sources.collect(jobs[at], Vec::new(), &mut Vec::new());
    let attempts = read_attempts(&sources.dir.attempts(jobs[at].id)).unwrap_or_default();
    let sampled = sources.sampled(jobs[at].id);
    let objective = objective_of(sweep, &sources, &collected.kept.job_status);
    let shown = ShownJob {
        dir: &sources.dir,
        job: jobs[at].id,
        collected: &collected,
        attempts: &attempts,
        sampled,
        objective,
    };
    if json {
        printer.data(present::job_json(&shown));
    } else {
        printer.data(present::job(&shown));
    }
    let is_done = collected.kept.job_status.state == JobState::Done;
    Ok(if is_done { Exit::Done } else { Exit::Incomplete })
}

/// Returns the objective of a job among the others, as they were when they were last collected.
fn objective_of(sweep: &Sweep, sources: &SweepContext, job_status: &JobStatus) -> Option<f64> {
    let earlier = earlier_jobs(&sources.dir, key(sweep, sources));
    let others = earlier.iter().filter(|other| other.job != job_status.job);
    objective_of_all(sweep, others.chain([job_status])).pop().flatten()
}

/// Returns the objective of each of these jobs, which are all that there are.
fn objective_of_all<'j>(
    sweep: &Sweep,
    jobs: impl Iterator<Item = &'j JobStatus>,
) -> Vec<Option<f64>> {
    let inputs: Vec<&[Option<LogValue>]> = jobs.map(|job| &job.objective_inputs[..]).collect();
    objective_values(&sweep.analyze.objectives, &inputs)
}

/// Returns the state of the sweep, by what is known of its jobs, which are in order.
pub(super) fn status(
    sweep: &Sweep,
    sources: &SweepContext,
    job_statuses: &[JobStatus],
    printer: Printer,
) -> SweepStatus {
    // Only what failed is compared by what was sampled for it.
    let has_failed = job_statuses.iter().any(|job_status| job_status.state.is_bad());
    let sampled = if has_failed {
        sampled(sweep, sources, job_statuses)
    } else {
        Ok(SampledValues::default())
    };
    let sampled = sampled.unwrap_or_else(|failure| {
        printer.warn(failure);
        SampledValues::default()
    });
    SweepStatus::of(job_statuses, &sampled, sources.now)
}

/// Reads what was sampled for these jobs, which are in order.
fn sampled(
    sweep: &Sweep,
    sources: &SweepContext,
    job_statuses: &[JobStatus],
) -> Result<SampledValues, Failure> {
    let sentences = job_statuses.iter().map(|status| (status.job, sources.sampled(status.job)));
    SampledValues::read(&sources.dir, sentences, || SentenceParser::of_sweep(sweep))
}

/// What the jobs have in common, and what SLURM says of them.
pub(super) fn sources(
    sweep: &Sweep,
    jobs: &[CollectJob],
    printer: Printer,
) -> Result<SweepContext, Failure> {
    let dir = sweep.dir();
    let replicates = replicates(&dir, printer);
    let snapshot = queue_snapshot(&dir, printer)?;
    let all: Vec<JobId> = jobs.iter().map(|job| job.id).collect();
    let queued = snapshot.queued_jobs(&dir, &all)?;
    let (evidence, accounts) = (snapshot.evidence(), snapshot.accounting());
    let summary = summaries(&dir, printer);
    let (formats, now) = (LogDiscovery::of(&sweep.collect), cache::now());
    let defaults = read_defaults(&sweep.setup.defaults)?.map(flat_defaults).unwrap_or_default();
    let objective_inputs = ObjectiveInputs::of(&sweep.analyze.objectives);
    Ok(SweepContext {
        dir,
        summary,
        replicates,
        evidence,
        queued,
        accounts,
        formats,
        defaults,
        objective_inputs,
        now,
    })
}

/// All jobs that have a config or a log directory, in order.
pub(super) fn plan(sweep: &Sweep) -> Result<Vec<CollectJob>, Failure> {
    let dir = sweep.dir();
    let configs = match dir.jobs() {
        Err(e) if e.is_not_found() => Vec::new(),
        jobs => jobs?,
    };
    if configs.is_empty() {
        let message = format!("no job config in `{}`", dir.cfgs().display());
        let hint = format!("set the sweep up: sweep_setup --sweep-cfg {}", sweep.source.display());
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

/// What SLURM has of the sweep, if it can be asked.
fn queue_snapshot(dir: &SweepDir, printer: Printer) -> Result<QueueSnapshot, Failure> {
    let (snapshot, hindered) = QueueSnapshot::take_if_possible(dir)?;
    if let Some(failure) = hindered {
        printer.warn(format_args!("SLURM does not say what is queued or gone: {failure}"));
    }
    Ok(snapshot)
}

/// How many jobs each config has; one where nobody says.
fn replicates(dir: &SweepDir, printer: Printer) -> u32 {
    let record = SetupRecord::read(&dir.setup_json()).unwrap_or_else(|e| {
        printer.warn(format_args!("{e}: {}", e.source));
        None
    });
    record.and_then(|record| record.replicates).map_or(1, |replicates| replicates.count.max(1))
}

/// What was sampled for each config; nothing where the file is missing or damaged.
fn summaries(dir: &SweepDir, printer: Printer) -> BTreeMap<String, String> {
    let path = dir.cfgs_summary();
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.is_not_found() => return BTreeMap::new(),
        Err(e) => {
            printer.warn(format_args!("{e}: {}", e.source));
            return BTreeMap::new();
        }
    };
    match yaml::read(&path, &text) {
        Ok(Value::Map(map)) => map.into_iter().map(|(name, value)| (name, words(value))).collect(),
        Ok(_) => BTreeMap::new(),
        Err(problems) => {
            printer.warn(problems);
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

fn pool(threads: usize, jobs: usize) -> ThreadPool {
    let threads = threads.clamp(1, jobs.max(1));
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("a process that runs can start threads")
}

/// What the outputs depend on besides the jobs' own files: this build, where they are, how they are read.
fn key(sweep: &Sweep, sources: &SweepContext) -> u64 {
    let mut key = Fnv::default();
    let build = std::env::current_exe().ok().and_then(|path| std::fs::metadata(path).ok());
    build.map(|meta| (meta.len(), meta.modified().ok())).hash(&mut key);
    let CollectConfig { readers, fields, .. } = &sweep.collect;
    let SweepContext { dir, summary, replicates, defaults, objective_inputs, .. } = sources;
    (format!("{readers:?}{defaults:?}"), objective_inputs).hash(&mut key);
    (fields, dir.path(), summary, replicates).hash(&mut key);
    key.finish()
}

/// Removes (or, in a dry run, finds) the checkpoints of the jobs that are done.
fn clean(
    dir: &SweepDir,
    job_statuses: &mut [JobStatus],
    keep: CheckpointsKeep,
    is_dry_run: bool,
) -> CheckpointCleanup {
    let mut cleaned = CheckpointCleanup { is_dry_run, ..CheckpointCleanup::default() };
    let done = job_statuses.iter_mut().filter(|job_status| job_status.state == JobState::Done);
    for job_status in done {
        let before = cleaned.files.len();
        if let Err(e) = clean_job(dir, job_status.job, keep, &mut cleaned) {
            let message = format!("{e}: {}", e.source);
            job_status
                .diagnostics
                .add(DiagnosticKind::Checkpoints, DiagnosticPlace::Message(message));
        }
        cleaned.jobs += usize::from(cleaned.files.len() > before);
    }
    cleaned
}

fn clean_job(
    dir: &SweepDir,
    job: JobId,
    keep: CheckpointsKeep,
    cleaned: &mut CheckpointCleanup,
) -> Result<(), fs::FsError> {
    let found = checkpoints::superfluous(dir, job, keep)?;
    if found.is_empty() || was_started_again(dir, job)? {
        return Ok(());
    }
    for checkpoint in found {
        if !cleaned.is_dry_run {
            checkpoints::remove(&checkpoint)?;
        }
        cleaned.files.push(checkpoint);
    }
    Ok(())
}

/// True if and only if a job that was done is so no more: a large sweep takes its time to collect.
fn was_started_again(dir: &SweepDir, job: JobId) -> Result<bool, fs::FsError> {
    let attempts = read_attempts(&dir.attempts(job))?;
    Ok(!attempts.is_empty()
        && claim::job_state(dir, job, &attempts, &SlurmEvidence::none())? != JobState::Done)
}

fn say(report: &CollectReport, sweep: &Sweep, options: CollectOptions, printer: Printer) {
    match (options.view, options.json) {
        (CollectView::Jobs, true) => {
            let objectives = objective_of_all(sweep, report.job_statuses.iter());
            return printer.data(present::jobs_json(&report.job_statuses, &objectives));
        }
        (_, true) => return printer.data(present::json(report, sweep)),
        (CollectView::Status, false) => printer.data(present::text(report, sweep)),
        (CollectView::Jobs, false) => {
            printer.data(present::jobs(&report.job_statuses, &report.dir));
        }
        (CollectView::Failed, false) => {
            printer.data(present::failed(&report.status, &report.dir, sweep));
        }
    }
    printer.note("");
    let names = report.written.iter().filter_map(|path| path.file_name()?.to_str());
    let names: Vec<&str> = names.collect();
    if !names.is_empty() {
        printer.note(format_args!("wrote {}", names.join(", ")));
    }
    printer.note(present::next(&report.status, sweep));
}
