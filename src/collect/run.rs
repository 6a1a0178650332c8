//! Runs the stage: plans, reads all jobs in parallel, writes the three files, removes checkpoints.

use std::hash::{Hash, Hasher};
use std::io::ErrorKind;

use rayon::ThreadPool;
use sweep_config::fs::FsError;
use sweep_config::records::{JobState, read_attempts};
use sweep_config::{CollectConfig, JobId, Sweep};

use super::advice::CollectAdvice;
use super::checkpoints::clean;
use super::gather::{GatheredJobs, SweepGatherer, earlier_jobs};
use super::job::{JobMemory, JobStatus, SweepContext};
use super::log_value::LogValue;
use super::node_report::NodeReport;
use super::objective::{ObjectiveCounts, objective_counts, objective_values};
use super::odd_columns::{OddColumn, all_odd};
use super::plan::{plan, sweep_context};
use super::present::ShownJob;
use super::remarks::CollectRemarks;
use super::report::CollectReport;
use super::status::SweepStatus;
use super::throughput::{Throughput, median_seconds};
use super::{present, temp_cleanup};
use crate::app::{Exit, Failure, FnvHasher, Printer, progress};
use crate::runtime::packing_advice;
use crate::trials::{SampledValues, SentenceParser};

/// The options of the command line.
#[derive(Debug, Clone, Copy, Default)]
pub struct CollectOptions {
    /// Only say what there is and what would be deleted; write and delete nothing.
    pub dry_run: bool,
    /// Print the answer as JSON.
    pub json: bool,
    /// The view to print.
    pub view: CollectView,
}

/// The view of the sweep that a collect prints.
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

/// Collects a sweep and prints what `options` ask for.
///
/// # Errors
///
/// When the sweep was not set up, or its files cannot be written. What is wrong with a job's files
/// is part of the status.
pub fn run(sweep: &Sweep, options: CollectOptions, printer: Printer) -> Result<Exit, Failure> {
    let jobs = plan(sweep)?;
    let (context, remarks) = sweep_context(sweep, &jobs)?;
    remarks.print(printer);
    let pool = pool(sweep.num_proc, jobs.len());
    let key = key(sweep, &context);
    let gather = SweepGatherer { context: &context, jobs: &jobs, pool: &pool, key };
    let (gathered, hindrance) = gather_jobs(&gather, options.dry_run, printer)?;
    let GatheredJobs { mut job_statuses, written, columns, odd_columns, .. } = gathered;
    let writes_nothing = options.dry_run || hindrance.is_some();
    let cleaned =
        clean(&context.dir, &mut job_statuses, sweep.collect.checkpoints_keep, writes_nothing);
    let (status, remarks) = status(sweep, &context, &job_statuses, &odd_columns);
    remarks.print(printer);
    let nodes =
        NodeReport::read(&context.dir, &job_statuses, &context.accounts, sweep.launch.max_retry);
    let objective = counts(sweep, &job_statuses);
    let advice = CollectAdvice::of(
        sweep,
        &job_statuses,
        &columns,
        objective.valued + objective.infinite > 0,
    );
    let dir = context.dir;
    let report =
        CollectReport { dir, status, job_statuses, cleaned, written, nodes, advice, objective };
    say(&report, sweep, options, printer);
    if let Some(advice) = short_jobs(&report, sweep) {
        printer.note(format_args!("\n{advice}"));
    }
    match hindrance {
        // The status is what a reader without the right to write came for.
        Some(error) if is_reader_only(&error) => printer.warn(format_args!(
            "wrote nothing, since this sweep is read-only for you: {error}: {}",
            error.source
        )),
        Some(error) => return Err(error.into()),
        None => {}
    }
    Ok(if report.status.is_complete() { Exit::Done } else { Exit::Incomplete })
}

/// Returns advice for a sweep on SLURM whose jobs are short for tasks of their own.
fn short_jobs(report: &CollectReport, sweep: &Sweep) -> Option<String> {
    let seconds = median_seconds(&report.job_statuses)?;
    let is_on_slurm = report.dir.sbatch_logs().is_dir();
    let advice = packing_advice(seconds, report.job_statuses.len(), &sweep.launch);
    advice.filter(|_| is_on_slurm)
}

/// Reads all jobs and writes the files, unless it is a dry run. Where they cannot be written it reads only, and
/// returns the reason beside what was read.
fn gather_jobs(
    gather: &SweepGatherer<'_>,
    is_dry_run: bool,
    printer: Printer,
) -> Result<(GatheredJobs, Option<FsError>), FsError> {
    if is_dry_run {
        return Ok((gather.without_files()?, None));
    }
    let template = "collecting {bar:30} {pos}/{len} jobs {eta}";
    let bar = progress::bar(gather.jobs.len() as u64, template, printer.is_quiet());
    let gathered = temp_cleanup::remove(&gather.context.dir)
        .and_then(|()| gather.with_files(&|jobs| bar.inc(jobs as u64)));
    bar.finish_and_clear();
    match gathered {
        Ok(gathered) => Ok((gathered, None)),
        Err(error) => Ok((gather.without_files()?, Some(error))),
    }
}

/// True if the error says that this user, or nobody, may write there.
fn is_reader_only(error: &FsError) -> bool {
    matches!(error.source.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
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
    let (context, remarks) = sweep_context(sweep, &jobs[at..=at])?;
    remarks.print(printer);
    let collected = context.collect(jobs[at], Vec::new(), &mut JobMemory::default());
    let attempts = read_attempts(&context.dir.attempts(jobs[at].id)).unwrap_or_default();
    let sampled = context.sampled(jobs[at].id);
    let objective = objective_of(sweep, &context, &collected.kept.job_status);
    let shown = ShownJob {
        dir: &context.dir,
        job: jobs[at].id,
        collected: &collected,
        attempts: &attempts,
        sampled,
        objective,
    };
    if json {
        printer.json(&present::job_json(&shown));
    } else {
        printer.data(present::job(&shown));
    }
    let is_done = collected.kept.job_status.state == JobState::Done;
    Ok(if is_done { Exit::Done } else { Exit::Incomplete })
}

/// Returns the objective of a job among the others, as they were when they were last collected.
fn objective_of(sweep: &Sweep, context: &SweepContext, job_status: &JobStatus) -> Option<f64> {
    let earlier = earlier_jobs(&context.dir, key(sweep, context));
    let others = earlier.iter().filter(|other| other.job != job_status.job);
    objective_of_all(sweep, others.chain([job_status])).pop().flatten()
}

/// Returns the objective of each of these jobs, which are all that there are.
fn objective_of_all<'j>(
    sweep: &Sweep,
    jobs: impl Iterator<Item = &'j JobStatus>,
) -> Vec<Option<f64>> {
    let inputs: Vec<&[(String, LogValue)]> = jobs.map(|job| &job.objective_inputs[..]).collect();
    objective_values(&sweep.analyze.objectives, &inputs)
}

/// Counts all jobs by their values of the objective.
pub(super) fn counts(sweep: &Sweep, jobs: &[JobStatus]) -> ObjectiveCounts {
    let inputs: Vec<&[(String, LogValue)]> =
        jobs.iter().map(|job| &job.objective_inputs[..]).collect();
    objective_counts(&sweep.analyze.objectives, &inputs)
}

/// Computes the state of the sweep from the states of its jobs, which are in order, with remarks on it.
pub(super) fn status(
    sweep: &Sweep,
    context: &SweepContext,
    job_statuses: &[JobStatus],
    odd_columns: &[OddColumn],
) -> (SweepStatus, CollectRemarks) {
    let mut remarks = CollectRemarks::default();
    // Only what failed is compared by what was sampled for it.
    let has_failed = job_statuses.iter().any(|job_status| job_status.state.is_bad());
    let sampled = if has_failed {
        sampled(sweep, context, job_statuses)
    } else {
        Ok(SampledValues::default())
    };
    let sampled = sampled.unwrap_or_else(|failure| {
        remarks.warn(failure);
        SampledValues::default()
    });
    let mut status = SweepStatus::of(job_statuses, &sampled, context.now);
    status.odd_columns = all_odd(odd_columns, job_statuses);
    if context.is_imported {
        // Nothing goes on here, and what a store has as running may be over long since.
        status.throughput = Throughput::default();
    }
    (status, remarks)
}

/// Reads what was sampled for these jobs, which are in order.
fn sampled(
    sweep: &Sweep,
    context: &SweepContext,
    job_statuses: &[JobStatus],
) -> Result<SampledValues, Failure> {
    let sentences = job_statuses.iter().map(|status| (status.job, context.sampled(status.job)));
    SampledValues::read(&context.dir, sentences, || SentenceParser::of_sweep(sweep))
}

/// Starts so many threads, but not more than there are jobs.
pub(super) fn pool(threads: usize, jobs: usize) -> ThreadPool {
    let threads = threads.clamp(1, jobs.max(1));
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("a process that runs can start threads")
}

/// Returns a hash of all that the outputs depend on besides the jobs' own files: this build, where they
/// are, and how they are read.
pub(super) fn key(sweep: &Sweep, context: &SweepContext) -> u64 {
    let mut key = FnvHasher::default();
    let build = std::env::current_exe().ok().and_then(|path| std::fs::metadata(path).ok());
    build.map(|meta| (meta.len(), meta.modified().ok())).hash(&mut key);
    let CollectConfig { readers, fields, .. } = &sweep.collect;
    let SweepContext { dir, summary, origins, defaults, objective_inputs, secrets, .. } = context;
    (format!("{readers:?}{defaults:?}"), objective_inputs).hash(&mut key);
    (fields, dir.path(), summary, origins, secrets).hash(&mut key);
    key.finish()
}

fn say(report: &CollectReport, sweep: &Sweep, options: CollectOptions, printer: Printer) {
    match (options.view, options.json) {
        (CollectView::Jobs, true) => {
            let objectives = objective_of_all(sweep, report.job_statuses.iter());
            return printer.json(&present::jobs_json(&report.job_statuses, &objectives));
        }
        (_, true) => return printer.json(&present::json(report, sweep)),
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
    report.nodes.print(printer);
    printer.note(present::next(&report.status, sweep));
}
