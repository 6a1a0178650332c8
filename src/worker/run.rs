//! Prepares one worker: reads what it is for, and finds the task, the shell and the cluster that it has.

use std::io;

use rustix::process::{Signal, getppid, set_parent_process_death_signal};
use signal_hook::consts::{SIGINT, SIGTERM};
use sweep_config::records::{JobArray, SubmissionRecord};
use sweep_config::{Strategy, SubmissionId, Sweep, SweepDir};

use super::options::WorkerOptions;
use super::patience::{DiskPatience, await_file};
use super::process::inbox::SignalInbox;
use super::queue::assignment::{WorkerAssignment, find_array};
use super::report::WorkerReporter;
use super::session::WorkerSession;
use super::task::binding::TaskSlot;
use super::task::hooks::{ClusterHooks, NoCluster};
use super::task::pack;
use super::task::slurm_hooks::SlurmHooks;
use super::task::slurm_task::SlurmTask;
use crate::app::{Exit, Failure, SweepArgs};
use crate::ledger::read_submission;
use crate::runtime::{JobContext, JobShell, scheduler, signal_by_name};
use crate::slurm::TaskId;

/// Runs jobs until there is none left that this worker could run. The task of a worker whose disk fails for too
/// long is held: tasks that end would only be followed by others that fail the same way, until none is left.
///
/// # Errors
///
/// When the sweep is not ready to run, or a file operation fails. Jobs that fail are no error.
pub fn run(args: &SweepArgs, options: WorkerOptions) -> Result<Exit, Failure> {
    let reporter = WorkerReporter { json: options.json, printer: args.printer() };
    let awaited = args.named_file().map_or(Ok(()), |file| await_file(file, reporter));
    let ended = awaited
        .map_err(Failure::from)
        .and_then(|()| run_jobs(&args.load_to_run()?, options, reporter));
    match &ended {
        Err(Failure::Files(error)) if error.may_pass() && options.array.is_some() => {
            hold_task(reporter);
        }
        _ => {}
    }
    ended
}

/// Holds the task of this process.
fn hold_task(reporter: WorkerReporter) {
    let Some(task) = SlurmTask::of_this_process(None) else { return };
    let id = TaskId { array: task.array, index: Some(task.index) };
    match scheduler().requeue_held(id) {
        Ok(()) => reporter.warn(
            "this task is held: run `sweep_launch --release` once the disk accepts writes again",
        ),
        Err(why) => reporter.warn(format_args!("could not hold this task: {why}")),
    }
}

fn run_jobs(
    sweep: &Sweep,
    options: WorkerOptions,
    reporter: WorkerReporter,
) -> Result<Exit, Failure> {
    let warning = signal_by_name(&sweep.launch.signal);
    let inbox = inbox(warning).map_err(|e| Failure::Damaged {
        message: format!("the worker cannot handle signals: {e}"),
        hint: None,
    })?;
    if options.parent.is_some_and(|parent| !die_with_parent(parent)) {
        return Ok(Exit::Incomplete);
    }
    let patience = DiskPatience::new(&inbox, reporter);
    let dir = sweep.dir();
    let read = |id| read_submission(&dir, id, Some("run `sweep_launch` again"));
    let submission = patience.insist_on_work(|| options.submission.map(read).transpose())?;
    let submission = submission.as_ref();
    let mut context = patience.insist_on_work(|| job_context(sweep, options, submission))?;
    check_srun(&context)?;
    let array = own_array(options, submission)?;
    // A worker that is not called as a task of an array may run in one by chance.
    let task = array.and_then(|_| SlurmTask::of_this_process(sweep.launch.time_limit));
    let slurm = slurm_hooks(sweep, &dir, options.submission, array, task.as_ref());
    let cluster = slurm.as_ref().map_or(&NoCluster as &dyn ClusterHooks, |it| it);
    let slots = array.map_or(1, |array| array.slots);
    match options.slot {
        None if slots > 1 => return pack::run(slots, &inbox, warning, cluster, reporter.printer),
        None => {}
        Some(number) => context.binding = TaskSlot::new(number, slots).bind(),
    }
    let slot = (task.as_ref(), options.slot);
    let is_tuned = sweep.setup.strategy == Strategy::Tpe;
    let assign = || WorkerAssignment::new(&context, submission, array, slot, is_tuned);
    let assignment = patience.insist_on_work(assign)?;
    let (context, task, inbox) = (&context, task.as_ref(), &inbox);
    let session =
        WorkerSession { sweep, options, submission, context, inbox, cluster, task, reporter };
    session.run(assignment, patience)
}

/// Returns the inbox of this worker. A signal that both warns and stops can only be taken to stop.
fn inbox(warning: Option<Signal>) -> io::Result<SignalInbox> {
    let warning = warning.map(Signal::as_raw).filter(|signal| ![SIGINT, SIGTERM].contains(signal));
    SignalInbox::new(&[SIGINT, SIGTERM], &warning.into_iter().collect::<Vec<_>>())
}

/// Returns the context of the jobs. Jobs of a submission run in its directory; jobs of a task run in a
/// shell that the script of the task has prepared.
fn job_context(
    sweep: &Sweep,
    options: WorkerOptions,
    submission: Option<&SubmissionRecord>,
) -> Result<JobContext, Failure> {
    let Some(submission) = submission else { return JobContext::by_hand(sweep) };
    let shell =
        if options.array.is_some() { JobShell::bare() } else { JobShell::new(&sweep.launch)? };
    JobContext::in_dir(sweep, submission.code_dir.as_ref(), shell)
}

/// Returns the job array of which this worker is a task, if it was called as one.
fn own_array(
    options: WorkerOptions,
    submission: Option<&SubmissionRecord>,
) -> Result<Option<&JobArray>, Failure> {
    match (options.array, options.submission, submission) {
        (Some(array), Some(id), Some(submission)) => find_array(submission, array, id).map(Some),
        _ => Ok(None),
    }
}

/// Checks that jobs of several processes can be started.
fn check_srun(context: &JobContext) -> Result<(), Failure> {
    if context.srun.is_empty() || std::env::var_os("SLURM_JOB_ID").is_some() {
        return Ok(());
    }
    let message =
        "LAUNCH.NODES and TASKS_PER_NODE need srun, but this worker runs outside a SLURM job";
    let hint =
        "set EXECUTOR: slurm, start the worker in an allocation (salloc, sbatch), or set both to 1";
    Err(Failure::usage(message, hint))
}

/// Returns the hooks of a worker in a task of SLURM's; none outside of one.
fn slurm_hooks<'a>(
    sweep: &Sweep,
    dir: &'a SweepDir,
    submission: Option<SubmissionId>,
    array: Option<&'a JobArray>,
    task: Option<&'a SlurmTask>,
) -> Option<SlurmHooks<'a>> {
    let (submission, array, task) = (submission?, array?, task?);
    Some(SlurmHooks {
        slurm: scheduler(),
        dir,
        submission,
        array: (array.number, &array.name),
        task,
        mem_factor: sweep.launch.slurm.mem_factor,
    })
}

/// Has the kernel tell this worker to stop when its parent dies; returns false if the parent is dead.
fn die_with_parent(parent: u32) -> bool {
    let asked = set_parent_process_death_signal(Some(Signal::TERM)).is_ok();
    let alive = getppid().is_some_and(|now| now.as_raw_nonzero().get().cast_unsigned() == parent);
    asked && alive
}
