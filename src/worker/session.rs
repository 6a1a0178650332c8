//! Runs one prepared worker from its first job to its exit code.

use std::cell::Cell;

use sweep_config::claim::{Claimant, SlurmEvidence, TaskRun};
use sweep_config::records::SubmissionRecord;
use sweep_config::{Sweep, SweepDir, fs};

use super::attempt::memory::KillCount;
use super::attempt::recent::RecentEnds;
use super::attempt::runner::AttemptRunner;
use super::identity::WorkerIdentity;
use super::options::WorkerOptions;
use super::patience::DiskPatience;
use super::policy::breaker::CircuitBreaker;
use super::policy::node_watch::NodeWatch;
use super::policy::retry::RetryPolicy;
use super::process::guard::ProcessGuard;
use super::process::inbox::SignalInbox;
use super::queue::assignment::WorkerAssignment;
use super::queue::job_queue::JobQueue;
use super::queue::left_jobs::LeftJobs;
use super::report::WorkerReporter;
use super::task::hooks::ClusterHooks;
use super::task::slurm_task::SlurmTask;
use super::tuning::SweepTuning;
use super::work::{WorkEnd, Worker};
use crate::app::{Exit, Failure, count};
use crate::ledger::{NodeCrashes, QueueSnapshot};
use crate::runtime::{JobContext, NodeEnvironment, environment_of_node};
use crate::slurm::TaskFate;

/// Everything that a worker was given before its first job.
pub(super) struct WorkerSession<'a> {
    pub(super) sweep: &'a Sweep,
    pub(super) options: WorkerOptions,
    pub(super) submission: Option<&'a SubmissionRecord>,
    pub(super) context: &'a JobContext,
    pub(super) inbox: &'a SignalInbox,
    pub(super) cluster: &'a dyn ClusterHooks,
    pub(super) task: Option<&'a SlurmTask>,
    pub(super) reporter: WorkerReporter,
}

impl WorkerSession<'_> {
    /// Runs the jobs of the assignment, and returns the exit code of the worker.
    pub(super) fn run(
        &self,
        assignment: WorkerAssignment,
        patience: DiskPatience<'_>,
    ) -> Result<Exit, Failure> {
        let dir = self.context.dir.clone();
        let claimant = Claimant::new()?
            .in_task(self.task.map(|task| self.run_of(task)))
            .asking(move || slurm_evidence(&dir));
        let policy = self.retry_policy(&claimant);
        let guard = ProcessGuard::start(claimant.id()).map_err(|e| Failure::Damaged {
            message: format!("the worker cannot start a guard process: {e}"),
            hint: None,
        })?;
        let mut worker = self.worker(assignment, claimant, &policy, patience)?;
        let ended = worker.run_jobs();
        worker.runner.dismiss_program();
        drop(guard);
        let ended = ended?;
        let to_come = worker.runner.patience.insist(None, || worker.jobs_to_come())?;
        self.finish((ended, to_come), &mut worker.queue, &worker.runner.patience)
    }

    fn run_of(&self, task: &SlurmTask) -> TaskRun {
        TaskRun {
            task: task.id.clone(),
            restarts: Some(task.restarts),
            submission: self.options.submission.map(|submission| submission.to_string()),
        }
    }

    fn worker<'b>(
        &'b self,
        assignment: WorkerAssignment,
        claimant: Claimant,
        policy: &'b RetryPolicy,
        patience: DiskPatience<'b>,
    ) -> Result<Worker<'b>, Failure> {
        let Self { sweep, options, context, inbox, cluster, task, reporter, .. } = *self;
        let tuning = SweepTuning::new(sweep, assignment.scope.grows);
        let mut queue = JobQueue::new(context, policy, assignment.scope, seed(claimant.id()));
        self.begin_queue(&mut queue, &patience)?;
        let runner = AttemptRunner {
            context,
            inbox,
            identity: &policy.identity,
            max_requeue: policy.max_requeue,
            submission: options.submission,
            task,
            in_slurm: std::env::var_os("SLURM_JOB_ID").is_some(),
            cluster,
            patience,
            kills: KillCount::of_this_process(),
            reporter,
            environment: self.environment(&policy.identity.host),
            recent: RecentEnds::default(),
            fate: Cell::new(TaskFate::Unknown),
            kept: Cell::new(None),
        };
        let max_alike = sweep.launch.max_same_failures;
        Ok(Worker {
            runner,
            policy,
            queue,
            budget: assignment.budget,
            stand_in: assignment.stand_in,
            left: LeftJobs::new(&context.dir, options.submission, claimant.id()),
            node: self.node_watch(&policy.identity.host),
            claimant,
            breaker: CircuitBreaker::new(&context.dir, options.submission, max_alike),
            tuning,
        })
    }

    /// Puts first what the worker was sent for, and before that what its task had before SLURM started it again.
    fn begin_queue(
        &self,
        queue: &mut JobQueue<'_>,
        patience: &DiskPatience<'_>,
    ) -> Result<(), Failure> {
        self.options.prefer.into_iter().for_each(|job| queue.prefer(job));
        if self.task.is_some_and(|task| task.restarts > 0) {
            patience.insist(None, || queue.resume())?;
        }
        Ok(())
    }

    /// Returns the watch over the node of this worker's task.
    fn node_watch<'b>(&'b self, node: &'b str) -> NodeWatch<'b> {
        let submission = self.options.submission.filter(|_| self.task.is_some());
        let crashes = submission.map(|id| NodeCrashes::new(&self.context.dir, id));
        NodeWatch::new(crashes, node, self.cluster)
    }

    fn retry_policy(&self, claimant: &Claimant) -> RetryPolicy {
        let Self { sweep, options, task, .. } = *self;
        let gets_more = sweep.launch.slurm.mem_factor > 1.0;
        RetryPolicy {
            identity: WorkerIdentity {
                submission: options.submission.map(|id| id.to_string()).unwrap_or_default(),
                // SLURM's name of the node, by which tasks can be kept away from it.
                host: task.map_or_else(|| claimant.host(), |task| &task.node).to_owned(),
                pid: std::process::id(),
                slurm_task: task.map(|task| task.id.clone()),
            },
            memory: task.and_then(|task| task.memory).filter(|_| gets_more),
            max_retry: sweep.launch.max_retry,
            max_requeue: sweep.launch.max_requeue,
        }
    }

    /// Returns the name of the record of the environment. Jobs run even if it cannot be written.
    fn environment(&self, node: &str) -> Option<String> {
        let (dir, submission) = (&self.context.dir, self.options.submission);
        let gather = || NodeEnvironment::gather(&|script| self.context.shell.command(script));
        let recorded = match submission {
            Some(submission) => environment_of_node(dir, submission, node, gather),
            None => gather().record(dir, None),
        };
        match recorded {
            Ok(name) => Some(name),
            Err(error) => {
                self.reporter.warn(format_args!(
                    "the environment of the jobs could not be recorded: {error}"
                ));
                None
            }
        }
    }

    /// Does what is left to do after the last job; `to_come` is the number of jobs that are yet to be suggested.
    fn finish(
        &self,
        (ended, to_come): (WorkEnd, usize),
        queue: &mut JobQueue<'_>,
        patience: &DiskPatience<'_>,
    ) -> Result<Exit, Failure> {
        let only_ran = self.task.is_some();
        let unfinished = patience.insist(None, || queue.count_unfinished(only_ran))?;
        if unfinished > 0 {
            self.reporter.note(format_args!("{} not done", count(unfinished, "job")));
        }
        match ended {
            WorkEnd::Through if to_come == 0 && self.submission.is_some_and(has_spare_tasks) => {
                self.cancel_spare_tasks(queue, patience)?;
            }
            WorkEnd::OutOfTime => return Ok(self.continue_later()),
            WorkEnd::Through | WorkEnd::Stopped => {}
        }
        let done = unfinished == 0 && ended == WorkEnd::Through;
        Ok(if done { Exit::Done } else { Exit::Incomplete })
    }

    /// Cancels the waiting tasks once no job is left to begin: they would find nothing to do.
    fn cancel_spare_tasks(
        &self,
        queue: &mut JobQueue<'_>,
        patience: &DiskPatience<'_>,
    ) -> Result<(), Failure> {
        let Some(submission) = self.options.submission else { return Ok(()) };
        let drained = self.context.dir.drained(submission);
        if patience.insist(None, || queue.next())?.is_none()
            && patience.insist(None, || fs::create_once(&drained))?
            && let Err(why) = self.cluster.cancel_pending()
        {
            self.reporter.warn(format_args!(
                "waiting tasks of this launch have nothing left to do, but could \
                not be cancelled: {why}"
            ));
        }
        Ok(())
    }

    /// Has the task started again; in a slot, its parent does so for all slots.
    fn continue_later(&self) -> Exit {
        if self.options.slot.is_some() {
            return Exit::Again;
        }
        match self.cluster.requeue() {
            Ok(()) => {
                self.reporter.note("out of time; this task continues when SLURM restarts it");
            }
            Err(why) => self.reporter.warn(format_args!("this task will not restart: {why}")),
        }
        Exit::Incomplete
    }
}

/// Returns true if and only if tasks may wait that find nothing to do: the same jobs were offered to
/// several partitions, or tasks take more jobs than their portion.
fn has_spare_tasks(submission: &SubmissionRecord) -> bool {
    let mut others = submission.arrays.iter().filter(|array| !array.canary);
    let Some(first) = others.next() else { return false };
    first.quota == 0 || others.any(|array| array.partition != first.partition)
}

/// Asks SLURM for the tasks of the sweep. A ledger that cannot be read proves nothing of any of them.
fn slurm_evidence(dir: &SweepDir) -> SlurmEvidence {
    QueueSnapshot::take_if_possible(dir)
        .map(|(snapshot, _)| snapshot.evidence())
        .unwrap_or_default()
}

/// Returns a number that no other worker has, from the claimant's id, which is a UUID.
fn seed(id: &str) -> u64 {
    id.bytes()
        .filter_map(|byte| char::from(byte).to_digit(16))
        .fold(0, |seed, digit| seed.wrapping_mul(16).wrapping_add(u64::from(digit)))
}
