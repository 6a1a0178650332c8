//! The flow of a launch.

use std::thread;
use std::time::Instant;

use sweep_config::claim::SlurmEvidence;
use sweep_config::records::{JobOrigins, JobState};
use sweep_config::{JobId, Strategy, SubmissionId, Sweep};

use super::canary::canary;
use super::code_copy::CodeCopy;
use super::executor::{LaunchExecutor, choose};
use super::plan::{LaunchPlan, local_workers};
use super::refusals::{trial_plan, with_refusals};
use super::remarks::{
    note_ended, note_ignored, note_others, note_stopped, warn_of_one_command, warn_of_pipe,
};
use super::select::JobSelection;
use super::slurm::{self, LaunchHistory, LaunchJobs, QueueAction, SubmissionPlan};
use super::summary::LaunchSummary;
use super::{job_experience, local, preview};
use crate::app::num::saturated;
use crate::app::{Exit, Failure, Printer, command, count};
use crate::ledger::{NewSubmission, QueueSnapshot, job_states, left_out_nodes, reserve_number};
use crate::runtime::JobContext;
use crate::slurm::Slurm;

/// The options of a launch.
#[derive(Debug, Clone, Default)]
pub struct LaunchOptions {
    /// Launch without asking.
    pub yes: bool,
    /// Show what would run; change nothing.
    pub dry_run: bool,
    /// The selection among the jobs that are not done.
    pub selection: JobSelection,
    /// The number of jobs that run before all others, which run only if these are done.
    pub canary: usize,
    /// Take a new copy of the code.
    pub refresh_code: bool,
    /// The action on tasks in the queue, instead of a launch.
    pub action: Option<QueueAction>,
}

/// Runs all jobs of a sweep that are not done, or hands them over to SLURM.
///
/// # Errors
///
/// When the sweep is not ready to run, SLURM refuses, or a file operation fails. Jobs that fail are
/// no error.
pub fn run(sweep: &Sweep, options: &LaunchOptions, printer: Printer) -> Result<Exit, Failure> {
    let chosen = choose(sweep.launch.executor);
    if let Some(action) = options.action {
        let LaunchExecutor::Slurm(slurm) = chosen else { return Err(only_slurm()) };
        return slurm::control(sweep, action, &slurm, printer);
    }
    let slurm = match &chosen {
        LaunchExecutor::Slurm(slurm) => Some(slurm),
        LaunchExecutor::Local => None,
    };
    let context = JobContext::new(sweep).map_err(|fault| {
        with_refusals(vec![fault], sweep, slurm, trial_plan(sweep, &options.selection, slurm))
    })?;
    let SweepStates { states, in_queue, free_places } =
        states(sweep, &context, slurm, options, printer)?;
    let plan = LaunchPlan::new(&states, &options.selection.of(&context.dir, &states)?);
    let last = states.last().map(|(job, _)| *job);
    let to_come = if options.selection.is_all() { jobs_to_come(sweep, &context)? } else { 0 };
    let plan = plan.with_jobs_to_come(last, to_come.saturating_sub(free_places));
    if plan.runs() == 0 {
        return Ok(preview::nothing_to_run(&plan, &options.selection, printer));
    }
    let shown = if plan.jobs.is_empty() { last.as_slice() } else { &plan.jobs };
    let first = preview::check_commands(&context, shown);
    let code = CodeCopy::plan(sweep, options.refresh_code, &plan);
    let (first, code) = match (first, code) {
        (Ok(first), Ok(code)) => (first, code),
        (first, code) => {
            let faults = first.err().into_iter().chain(code.err()).collect();
            return Err(with_refusals(faults, sweep, slurm, Some((plan, in_queue))));
        }
    };
    warn_of_pipe(&context, &first, printer);
    warn_of_one_command(&sweep.launch, printer);
    let launch = PreparedLaunch {
        sweep,
        options,
        printer,
        first,
        code,
        canary: canary(&context.dir, &plan.jobs, options.canary)?,
        context,
        plan,
        in_queue,
    };
    match chosen {
        LaunchExecutor::Slurm(slurm) => launch.on_slurm(&slurm),
        LaunchExecutor::Local => launch.here(),
    }
}

fn only_slurm() -> Failure {
    Failure::usage(
        "--cancel, --hold and --release need SLURM, but this sweep runs on this machine",
        "stop a local launch with Ctrl-C; run sweep_launch again to continue",
    )
}

/// Returns the state of every job for a launch on this machine: tasks of an earlier launch may be in a queue.
fn states_here(
    context: &JobContext,
    jobs: &[JobId],
    printer: Printer,
) -> Result<Vec<(JobId, JobState)>, Failure> {
    let (snapshot, hindered) = QueueSnapshot::take_if_possible(&context.dir)?;
    if let Some(failure) = hindered {
        printer.warn(format_args!("cannot ask SLURM which tasks are queued or gone: {failure}"));
    }
    note_stopped(&snapshot.entries, printer);
    snapshot.remarks().into_iter().for_each(|remark| printer.note(remark));
    Ok(job_states(&context.dir, jobs, &snapshot.evidence())?)
}

/// The jobs of a sweep, and its tasks in the queue.
struct SweepStates {
    /// The state of every job.
    states: Vec<(JobId, JobState)>,
    /// The number of jobs that the sweep's tasks in the queue may run at once.
    in_queue: usize,
    /// The number of jobs that are yet to be suggested and that these tasks run then.
    free_places: usize,
}

/// Returns the number of jobs that are yet to be suggested.
fn jobs_to_come(sweep: &Sweep, context: &JobContext) -> Result<usize, Failure> {
    let origins = JobOrigins::read(&context.dir)?;
    Ok(origins.map_or(0, |origins| saturated(origins.jobs_to_come(&sweep.setup))))
}

/// Returns the jobs that exist. Workers may be appending others to a sweep that is tuned.
fn existing_jobs(sweep: &Sweep, context: &JobContext) -> Result<Vec<JobId>, Failure> {
    if sweep.setup.strategy == Strategy::Tpe { context.jobs_at_least() } else { context.jobs() }
}

/// Returns the state of every job, with SLURM's answers if the executor is SLURM.
fn states(
    sweep: &Sweep,
    context: &JobContext,
    slurm: Option<&Slurm>,
    options: &LaunchOptions,
    printer: Printer,
) -> Result<SweepStates, Failure> {
    let jobs = existing_jobs(sweep, context)?;
    let Some(slurm) = slurm else {
        let states = states_here(context, &jobs, printer)?;
        return Ok(SweepStates { states, in_queue: 0, free_places: 0 });
    };
    let snapshot = QueueSnapshot::take(&context.dir, slurm)?;
    if !options.dry_run {
        snapshot.adopt_unrecorded(&context.dir)?;
    }
    note_stopped(&snapshot.entries, printer);
    snapshot.remarks().into_iter().for_each(|remark| printer.note(remark));
    note_ignored(printer);
    let again = command("sweep_launch", sweep);
    snapshot.waiting(&again).into_iter().for_each(|sentence| printer.warn(sentence));
    let mut states = job_states(&context.dir, &jobs, &snapshot.evidence())?;
    if !options.dry_run {
        settle_lost(context, slurm, &snapshot, &mut states, printer)?;
    }
    let free_places = snapshot.mark_queued(&mut states);
    Ok(SweepStates { states, in_queue: snapshot.jobs_at_once(), free_places })
}

/// Records what became of the jobs whose task is gone, or whose last attempt was left open, and corrects their states.
fn settle_lost(
    context: &JobContext,
    slurm: &Slurm,
    snapshot: &QueueSnapshot,
    states: &mut [(JobId, JobState)],
    printer: Printer,
) -> Result<(), Failure> {
    let jobs_in = |wanted: JobState| -> Vec<JobId> {
        states.iter().filter(|(_, state)| *state == wanted).map(|(job, _)| *job).collect()
    };
    let (lost, waiting) = (jobs_in(JobState::Lost), jobs_in(JobState::Waiting));
    let released = slurm::release(&context.dir, &lost, snapshot)?;
    if !released.is_empty() {
        printer.note(format_args!(
            "{} can run again: their SLURM tasks are gone",
            count(released.len(), "job")
        ));
    }
    let settled = slurm::settle(&context.dir, &waiting, slurm, snapshot)?;
    for (job, state) in released.into_iter().chain(settled) {
        if let Ok(at) = states.binary_search_by_key(&job, |(job, _)| *job) {
            states[at].1 = state;
        }
    }
    Ok(())
}

/// A launch that has jobs to run.
struct PreparedLaunch<'a> {
    sweep: &'a Sweep,
    options: &'a LaunchOptions,
    printer: Printer,
    context: JobContext,
    plan: LaunchPlan,
    /// The command line of the first job.
    first: String,
    code: CodeCopy,
    canary: Vec<JobId>,
    /// The number of jobs that the sweep's tasks in the queue may run at once.
    in_queue: usize,
}

impl PreparedLaunch<'_> {
    /// Returns the jobs without those of the canary, with those that are yet to be suggested.
    fn others(&self) -> Vec<JobId> {
        let others = self.plan.jobs.iter().filter(|job| !self.canary.contains(job));
        others.chain(&self.plan.to_come).copied().collect()
    }

    fn draft<'a>(&self, jobs: &'a [JobId], executor: &'static str) -> NewSubmission<'a> {
        let is_canary = jobs.iter().all(|job| self.canary.contains(job));
        let takes_new = self.options.selection.is_all() && !is_canary;
        NewSubmission {
            executor,
            jobs,
            workers: 0,
            takes_new,
            arrays: &[],
            cluster: None,
            user: None,
        }
    }

    fn on_slurm(self, slurm: &Slurm) -> Result<Exit, Failure> {
        let others = self.others();
        let jobs = LaunchJobs { canary: &self.canary, others: &others };
        let dir = &self.context.dir;
        let last = dir.submission_ids()?.last().copied().unwrap_or(SubmissionId(0));
        let how = (self.sweep.launch.max_retry, self.options.dry_run);
        let silent = note_ended(dir, &self.plan, how, slurm, self.printer)?;
        let before = LaunchHistory {
            experience: job_experience::measure(dir)?,
            bad_nodes: left_out_nodes(dir, last, &self.plan.jobs, &silent)?,
            in_queue: self.in_queue,
        };
        let mut submission = SubmissionPlan::plan(self.sweep, jobs, slurm, before)?;
        let next = SubmissionId(last.0 + 1);
        submission.name(self.sweep, next)?;
        // Before anybody is asked: a template may be wrong.
        submission.scripts(self.sweep, &self.context, next)?;
        let description = self.describe(&submission.lines(), submission.time_limit(self.sweep));
        if self.options.dry_run {
            self.printer.data(description);
            let scripts = submission.shown_scripts(self.sweep, &self.context, next)?;
            for (number, script) in scripts.iter().enumerate() {
                self.printer.data(format_args!("\n---- script {number:04}.sbatch\n{script}"));
            }
            return Ok(Exit::Done);
        }
        let tasks = submission.arrays();
        let question = format!("Submit {} to SLURM in {tasks}?", count(self.plan.runs(), "job"));
        if !self.is_wanted(&description, &question)? {
            return Ok(Exit::Incomplete);
        }
        self.code.run(&self.context.dir)?;
        let all = [self.plan.jobs.as_slice(), &self.plan.to_come].concat();
        let draft = self.draft(&all, "slurm");
        submission.submit(self.sweep, &self.context, draft, slurm, self.printer)
    }

    fn here(self) -> Result<Exit, Failure> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let launch = &self.sweep.launch;
        let workers = local_workers(self.plan.runs(), launch, cores);
        let description = self.describe(
            &[("workers", format!("{workers} on this machine"))],
            (launch.time_limit, "an attempt"),
        );
        if self.options.dry_run {
            self.printer.data(description);
            return Ok(Exit::Done);
        }
        let jobs = count(self.plan.runs(), "job");
        let workers = count(workers, "worker");
        let question = format!("Launch {jobs} on this machine with {workers}?");
        if !self.is_wanted(&description, &question)? {
            return Ok(Exit::Incomplete);
        }
        self.code.run(&self.context.dir)?;
        if !self.canary.is_empty() {
            let (text, exit) = self.run_here(&self.canary, cores)?;
            if exit != Exit::Done {
                self.printer.warn("the canary failed, so the other jobs were not started");
                self.printer.data(text);
                return Ok(exit);
            }
            self.printer
                .note(format_args!("the canary passed: {}", count(self.canary.len(), "job")));
        }
        let (text, exit) = self.run_here(&self.others(), cores)?;
        self.printer.data(text);
        Ok(exit)
    }

    /// Runs some of the jobs to their end; returns the summary and the exit code.
    fn run_here(&self, jobs: &[JobId], cores: usize) -> Result<(String, Exit), Failure> {
        let begin = Instant::now();
        let Self { sweep, context, printer, .. } = self;
        let launch = reserve_number(&context.dir)?;
        let workers = local_workers(jobs.len(), &sweep.launch, cores);
        let draft = NewSubmission { workers, ..self.draft(jobs, "local") };
        let takes_new = draft.takes_new;
        draft.write(sweep, context, launch)?;
        let ended = local::run(sweep, context, (jobs.len(), workers), launch, *printer)?;
        let existing = existing_jobs(sweep, context)?;
        let is_there = |job: &&JobId| existing.binary_search(job).is_ok();
        let jobs: Vec<JobId> = jobs.iter().filter(is_there).copied().collect();
        let states = job_states(&context.dir, &jobs, &SlurmEvidence::none())?;
        let summary = LaunchSummary::new(&context.dir, states, ended, begin.elapsed())?;
        let lacking = if takes_new { jobs_to_come(sweep, context)? } else { 0 };
        let summary = summary.with_lacking(lacking, &context.dir, launch);
        Ok((summary.text(sweep), summary.exit()))
    }

    fn describe(&self, more: &[(&'static str, String)], limit: (Option<u64>, &str)) -> String {
        let canary = match self.canary.len() {
            0 => None,
            _ => Some(preview::canary(&self.canary, self.plan.jobs.len())),
        };
        let canary = canary.map(|text| ("canary", text));
        let to_come = preview::to_come(&self.plan).map(|text| ("to come", text));
        let more: Vec<_> = to_come
            .into_iter()
            .chain(canary)
            .chain(more.iter().cloned())
            .chain(self.code.line())
            .collect();
        preview::describe(&self.plan, &self.context, &self.sweep.launch, &self.first, &more, limit)
    }

    /// Shows what would run, and asks unless `--yes` was given.
    fn is_wanted(&self, description: &str, question: &str) -> Result<bool, Failure> {
        self.printer.note(description);
        note_others(&self.plan, self.printer);
        if self.options.yes || preview::confirm(question, self.printer)? {
            return Ok(true);
        }
        self.printer.note("Nothing was launched.");
        Ok(false)
    }
}
