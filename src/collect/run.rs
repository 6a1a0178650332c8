//! The stage: which jobs there are, all of them in parallel, the three files, the checkpoints.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::path::PathBuf;

use rayon::ThreadPool;
use sweep_config::claim::Evidence;
use sweep_config::records::SetupRecord;
use sweep_config::records::{JobState, read_attempts};
use sweep_config::{CheckpointsKeep, Collect, JobId, Sweep, SweepDir, Value, claim, fs, summary, yaml};

use super::checkpoints::{self, Checkpoint};
use super::gather::{Gather, Gathered};
use super::job::{Brief, Job, Sources};
use super::remark::{Kind, Place};
use super::source::Formats;
use super::status::Status;
use super::{cache, present, stale};
use crate::app::{Exit, Failure, Fnv, Printer, progress};
use crate::ledger::Standing;

/// What the command line says beside the config.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Only say what there is and what would be deleted; write and delete nothing.
    pub dry_run: bool,
    /// Print the status as JSON.
    pub json: bool,
}

/// All that was found and done.
pub(crate) struct Report {
    pub(crate) dir: SweepDir,
    pub(crate) status: Status,
    pub(crate) cleaned: Cleaned,
    pub(crate) written: Vec<PathBuf>,
}

/// Checkpoints that went, or would go.
#[derive(Debug, Default)]
pub(crate) struct Cleaned {
    pub(crate) files: Vec<Checkpoint>,
    /// Of how many jobs.
    pub(crate) jobs: usize,
    pub(crate) is_dry_run: bool,
}

/// Collects a sweep and prints its status.
///
/// # Errors
///
/// When the sweep was not set up, or its files cannot be written. What is wrong with a job's files
/// is part of the status.
pub fn run(sweep: &Sweep, options: Options, printer: Printer) -> Result<Exit, Failure> {
    let dir = sweep.dir();
    let jobs = plan(&dir, sweep)?;
    let replicates = replicates(&dir, printer);
    let (evidence, queued) = standing(&dir, &jobs, printer)?;
    let summary = summaries(&dir, printer);
    let (formats, now) = (Formats::of(&sweep.collect), cache::now());
    let sources = Sources { dir, summary, replicates, evidence, queued, formats, now };
    let pool = pool(sweep.num_proc, jobs.len());
    let key = key(sweep, &sources);
    let gather = Gather { sources: &sources, jobs: &jobs, pool: &pool, key };
    let Gathered { mut briefs, written, .. } = if options.dry_run {
        gather.without_files()?
    } else {
        stale::remove(sources.dir.path())?;
        let template = "collecting {bar:30} {pos}/{len} jobs {eta}";
        let bar = progress::bar(jobs.len() as u64, template, printer.is_quiet());
        let gathered = gather.with_files(&|jobs| bar.inc(jobs as u64))?;
        bar.finish_and_clear();
        gathered
    };
    let cleaned = clean(&sources.dir, &mut briefs, sweep.collect.checkpoints_keep, options.dry_run);
    let report = Report { status: Status::of(&briefs), dir: sources.dir, cleaned, written };
    say(&report, sweep, options, printer);
    Ok(if report.status.is_complete() { Exit::Done } else { Exit::Incomplete })
}

/// All jobs that have a config or a log directory, in order.
fn plan(dir: &SweepDir, sweep: &Sweep) -> Result<Vec<Job>, Failure> {
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
    let job = |id: &JobId| Job {
        id: *id,
        has_config: configs.contains(id),
        has_dir: started.contains(id),
    };
    Ok(configs.union(&started).map(job).collect())
}

/// What SLURM has of the sweep: what follows for claims, and the jobs that it will run.
fn standing(
    dir: &SweepDir,
    jobs: &[Job],
    printer: Printer,
) -> Result<(Evidence, BTreeSet<JobId>), Failure> {
    let (standing, hindered) = Standing::ask_if_possible(dir)?;
    if let Some(failure) = hindered {
        printer.warn(format_args!("SLURM does not say what is queued or gone: {failure}"));
    }
    let jobs: Vec<JobId> = jobs.iter().map(|job| job.id).collect();
    Ok((standing.evidence(), standing.queued(dir, &jobs)?))
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
fn key(sweep: &Sweep, sources: &Sources) -> u64 {
    let mut key = Fnv::default();
    let build = std::env::current_exe().ok().and_then(|path| std::fs::metadata(path).ok());
    build.map(|meta| (meta.len(), meta.modified().ok())).hash(&mut key);
    let Collect { readers, fields, .. } = &sweep.collect;
    let Sources { dir, summary, replicates, .. } = sources;
    (format!("{readers:?}"), fields, dir.path(), summary, replicates).hash(&mut key);
    key.finish()
}

/// Removes (or, in a dry run, finds) the checkpoints of the jobs that are done.
fn clean(dir: &SweepDir, briefs: &mut [Brief], keep: CheckpointsKeep, is_dry_run: bool) -> Cleaned {
    let mut cleaned = Cleaned { is_dry_run, ..Cleaned::default() };
    let done = briefs.iter_mut().filter(|brief| brief.state == JobState::Done);
    for brief in done {
        let before = cleaned.files.len();
        if let Err(e) = clean_job(dir, brief.job, keep, &mut cleaned) {
            let message = format!("{e}: {}", e.source);
            brief.remarks.add(Kind::Checkpoints, Place::Message(message));
        }
        cleaned.jobs += usize::from(cleaned.files.len() > before);
    }
    cleaned
}

fn clean_job(
    dir: &SweepDir,
    job: JobId,
    keep: CheckpointsKeep,
    cleaned: &mut Cleaned,
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
        && claim::job_state(dir, job, &attempts, &Evidence::none())? != JobState::Done)
}

fn say(report: &Report, sweep: &Sweep, options: Options, printer: Printer) {
    if options.json {
        printer.data(present::json(report));
        return;
    }
    printer.data(present::text(report));
    printer.note("");
    let names = report.written.iter().filter_map(|path| path.file_name()?.to_str());
    let names: Vec<&str> = names.collect();
    if !names.is_empty() {
        printer.note(format_args!("wrote {}", names.join(", ")));
    }
    printer.note(present::next(&report.status, sweep));
}
