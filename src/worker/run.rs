//! One worker from its start to its exit code.

use std::io;
use std::time::Duration;

use rustix::process::{Signal, getppid, set_parent_process_death_signal};
use signal_hook::consts::{SIGINT, SIGTERM};
use sweep_config::claim::Claimant;
use sweep_config::records::SubmissionRecord;
use sweep_config::{JobId, SubmissionId, Sweep, fs};

use super::attempt::memory::KillCount;
use super::attempt::runner::AttemptRunner;
use super::policy::breaker::CircuitBreaker;
use super::policy::budget::CrashCounter;
use super::policy::retry::Campaign;
use super::process::guard::ProcessGuard;
use super::process::inbox::SignalInbox;
use super::queue::assignment::{WorkerAssignment, find_part};
use super::queue::job_queue::JobQueue;
use super::report::WorkerReporter;
use super::task::binding::TaskSlot;
use super::task::hooks::{ClusterHooks, NoCluster};
use super::task::pack;
use super::task::slurm_hooks::SlurmHooks;
use super::task::slurm_task::SlurmTask;
use super::work::{WorkEnd, Worker};
use crate::app::{Exit, Failure, Printer, count};
use crate::ledger::read_submission;
use crate::runtime::JobContext;
use crate::runtime::JobShell;
use crate::runtime::{self, NodeEnvironment};

/// How a worker was called.
#[derive(Debug, Clone, Copy, Default)]
pub struct WorkerOptions {
    /// The submission that it works for: its jobs and its budget of retries.
    pub launch: Option<SubmissionId>,
    /// The part of that submission whose job array it is a task of.
    pub part: Option<u32>,
    /// The job that it is to begin with.
    pub prefer: Option<JobId>,
    /// The slot of that task, where it runs several jobs side by side.
    pub slot: Option<u32>,
    /// The process that it must not outlive.
    pub parent: Option<u32>,
    /// Print events as JSON lines on stdout instead of notes on stderr.
    pub json: bool,
}

/// Runs jobs until there is none left that it could run.
///
/// # Errors
///
/// When the sweep is not ready to run, or a file operation fails. Jobs that fail are no error.
pub fn run(sweep: &Sweep, options: WorkerOptions, printer: Printer) -> Result<Exit, Failure> {
    let warning = runtime::signal_by_name(&sweep.launch.signal);
    let inbox = inbox(warning).map_err(|e| system("handle signals", &e))?;
    if let Some(parent) = options.parent
        && !die_with(parent)
    {
        return Ok(Exit::Incomplete);
    }
    let dir = sweep.dir();
    let submission = options
        .launch
        .map(|launch| read_submission(&dir, launch, Some("run `sweep_launch` again")))
        .transpose()?;
    let mut context = context(sweep, options, submission.as_ref())?;
    if !context.srun.is_empty() && std::env::var_os("SLURM_JOB_ID").is_none() {
        let message = "a job of LAUNCH.NODES times TASKS_PER_NODE processes needs srun, and this worker \
                       runs in no job of SLURM's";
        let hint = "launch with EXECUTOR: slurm, start the worker in an allocation (salloc, sbatch), or \
                    set both to 1";
        return Err(Failure::usage(message, hint));
    }
    let part = match (options.part, options.launch, &submission) {
        (Some(part), Some(launch), Some(submission)) => Some(find_part(submission, part, launch)?),
        _ => None,
    };
    // Outside of a part, an array that the worker happens to run in is not its own.
    let limit = Duration::from_secs(sweep.launch.time_limit.saturating_mul(60));
    let task = part.and_then(|_| SlurmTask::of_this_process(limit));
    let scheduler = match (&task, part, options.launch) {
        (Some(task), Some(part), Some(launch)) => Some(SlurmHooks {
            slurm: runtime::scheduler(),
            dir: &dir,
            launch,
            part: (part.number, &part.name),
            task,
            mem_factor: sweep.launch.slurm.mem_factor,
        }),
        _ => None,
    };
    let cluster =
        scheduler.as_ref().map_or(&NoCluster as &dyn ClusterHooks, |it| it as &dyn ClusterHooks);
    let slots = part.map_or(1, |part| part.slots);
    match options.slot {
        None if slots > 1 => return pack::run(slots, &inbox, warning, cluster, printer),
        None => {}
        Some(number) => {
            context.binding =
                TaskSlot { number: number as usize, of: slots.max(1) as usize }.bind();
        }
    }
    let assignment =
        WorkerAssignment::new(&context, submission.as_ref(), part, (task.as_ref(), options.slot))?;
    let post = WorkerSession {
        sweep,
        options,
        context: &context,
        inbox: &inbox,
        cluster,
        task: task.as_ref(),
        printer,
    };
    post.work(assignment, submission.as_ref())
}

/// A signal that both warns and stops can only be taken to stop.
fn inbox(warning: Option<Signal>) -> io::Result<SignalInbox> {
    let warning = warning.map(Signal::as_raw).filter(|signal| ![SIGINT, SIGTERM].contains(signal));
    SignalInbox::new(&[SIGINT, SIGTERM], &warning.into_iter().collect::<Vec<_>>())
}

/// The jobs of a submission run where it says; those of a task in a shell that its script prepared.
fn context(
    sweep: &Sweep,
    options: WorkerOptions,
    submission: Option<&SubmissionRecord>,
) -> Result<JobContext, Failure> {
    let Some(submission) = submission else { return JobContext::by_hand(sweep) };
    let shell =
        if options.part.is_some() { JobShell::bare() } else { JobShell::new(&sweep.launch)? };
    JobContext::in_dir(sweep, submission.code_dir.as_ref(), shell)
}

/// Where a worker works, and for whom.
struct WorkerSession<'a> {
    sweep: &'a Sweep,
    options: WorkerOptions,
    context: &'a JobContext,
    inbox: &'a SignalInbox,
    cluster: &'a dyn ClusterHooks,
    task: Option<&'a SlurmTask>,
    printer: Printer,
}

impl WorkerSession<'_> {
    fn work(
        &self,
        assignment: WorkerAssignment,
        submission: Option<&SubmissionRecord>,
    ) -> Result<Exit, Failure> {
        let Self { sweep, options, context, inbox, cluster, task, printer } = *self;
        let claimant = Claimant::new()?.in_task(task.map(|task| task.id.clone()));
        let campaign = campaign(sweep, options, &claimant, task);
        let guard =
            ProcessGuard::start(claimant.id()).map_err(|e| system("start a guard process", &e))?;
        let reporter = WorkerReporter { json: options.json, printer };
        let mut queue = JobQueue::new(context, &campaign, assignment.scope, seed(claimant.id()));
        options.prefer.into_iter().for_each(|job| queue.prefer(job));
        if task.is_some_and(|task| task.restarts > 0) {
            queue.resume()?;
        }
        let mut worker = Worker {
            runner: AttemptRunner {
                environment: self.environment(&campaign.host, reporter),
                context,
                inbox,
                campaign: &campaign,
                launch: options.launch,
                task,
                cluster,
                kills: KillCount::of_this_process(),
                reporter,
            },
            claimant,
            queue,
            budget: assignment.budget,
            crashes: CrashCounter::default(),
            breaker: CircuitBreaker::new(
                &context.dir,
                options.launch,
                sweep.launch.max_same_failures,
            ),
        };
        let ended = worker.work();
        drop(guard);
        let ended = ended?;
        let unfinished = worker.queue.unfinished(task.is_some())?;
        if unfinished > 0 {
            reporter.note(format_args!("{} not done", count(unfinished, "job")));
        }
        match ended {
            WorkEnd::Through if submission.is_some_and(has_spare_tasks) => {
                self.cancel_spare_tasks(&mut worker.queue, reporter)?;
            }
            WorkEnd::OutOfTime => return Ok(self.go_on_later(reporter)),
            WorkEnd::Through | WorkEnd::Stopped => {}
        }
        let done = unfinished == 0 && ended == WorkEnd::Through;
        Ok(if done { Exit::Done } else { Exit::Incomplete })
    }

    /// The record of what jobs run on here. That it cannot be written is no reason to run none.
    fn environment(&self, node: &str, reporter: WorkerReporter) -> Option<String> {
        let (dir, launch) = (&self.context.dir, self.options.launch);
        let gather = || NodeEnvironment::gather(&|script| self.context.shell.command(script));
        let recorded = match launch {
            Some(launch) => runtime::environment_of_node(dir, launch, node, gather),
            None => gather().record(dir, None),
        };
        match recorded {
            Ok(name) => Some(name),
            Err(error) => {
                reporter.warn(format_args!("what the jobs run on is not recorded: {error}"));
                None
            }
        }
    }

    /// Once no job is left to begin, the tasks that wait would find nothing to do.
    fn cancel_spare_tasks(
        &self,
        queue: &mut JobQueue<'_>,
        reporter: WorkerReporter,
    ) -> Result<(), Failure> {
        let Some(launch) = self.options.launch else { return Ok(()) };
        if queue.next()?.is_none()
            && fs::create_once(&self.context.dir.drained(launch))?
            && let Err(why) = self.cluster.cancel_pending()
        {
            reporter.warn(format_args!("tasks of this launch wait for nothing: {why}"));
        }
        Ok(())
    }

    /// Has the task start again; in a slot, its parent does so for all of them.
    fn go_on_later(&self, reporter: WorkerReporter) -> Exit {
        if self.options.slot.is_some() {
            return Exit::Again;
        }
        match self.cluster.requeue() {
            Ok(()) => reporter.note("out of time; this task goes on when SLURM starts it again"),
            Err(why) => reporter.warn(format_args!("this task does not start again: {why}")),
        }
        Exit::Incomplete
    }
}

/// True if and only if tasks may wait that find nothing to do: the same jobs were offered to several
/// partitions, or tasks take more jobs than their portion.
fn has_spare_tasks(submission: &SubmissionRecord) -> bool {
    let mut others = submission.parts.iter().filter(|part| !part.canary);
    let Some(first) = others.next() else { return false };
    first.quota == 0 || others.any(|part| part.partition != first.partition)
}

fn campaign(
    sweep: &Sweep,
    options: WorkerOptions,
    claimant: &Claimant,
    task: Option<&SlurmTask>,
) -> Campaign {
    let gets_more = sweep.launch.slurm.mem_factor > 1.0;
    Campaign {
        launch: options.launch.map(|launch| launch.to_string()).unwrap_or_default(),
        // SLURM's name of the node, by which it can be kept away from.
        host: task.map_or_else(|| claimant.host(), |task| &task.node).to_owned(),
        pid: std::process::id(),
        slurm: task.map(|task| task.id.clone()),
        memory: task.and_then(|task| task.memory).filter(|_| gets_more),
        max_retry: sweep.launch.max_retry,
        max_requeue: sweep.launch.max_requeue,
    }
}

/// A number that no other worker has, from the claimant's id, which is a UUID.
fn seed(id: &str) -> u64 {
    id.bytes()
        .filter_map(|byte| char::from(byte).to_digit(16))
        .fold(0, |seed, digit| seed.wrapping_mul(16).wrapping_add(u64::from(digit)))
}

/// Has the kernel tell this worker to stop when its parent dies; false if the parent is dead.
fn die_with(parent: u32) -> bool {
    let asked = set_parent_process_death_signal(Some(Signal::TERM)).is_ok();
    let alive = getppid().is_some_and(|now| now.as_raw_nonzero().get().cast_unsigned() == parent);
    asked && alive
}

fn system(what: &'static str, error: &io::Error) -> Failure {
    Failure::Damaged { message: format!("the worker cannot {what}: {error}"), hint: None }
}
