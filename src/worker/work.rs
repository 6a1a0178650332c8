//! Runs the loop over the jobs of a worker.

use std::time::{Duration, Instant};

use sweep_config::JobId;
use sweep_config::claim::{Claim, ClaimOutcome, Claimant, HEARTBEAT, STALE};
use sweep_config::fs::FsError;
use sweep_config::records::{Attempt, Outcome, is_done, read_attempts};

use super::attempt::runner::{AttemptResult, AttemptRunner, EndedAttempt};
use super::patience::DiskPatience;
use super::policy::breaker::{CircuitBreaker, FailureSample};
use super::policy::budget::TaskBudget;
use super::policy::node_watch::{CrashResponse, NodeWatch};
use super::policy::retry::{RetryDecision, RetryPolicy};
use super::policy::stand_in::StandIn;
use super::process::inbox::InboxMessage;
use super::queue::job_pick::JobPick;
use super::queue::job_queue::JobQueue;
use super::queue::left_jobs::LeftJobs;
use super::tuning::{SuggestStep, SweepTuning};
use crate::app::Failure;
use crate::ledger::{QUICK_DEATH, is_quick_death};
use crate::runtime::WorkerEvent;

/// The interval between looks whether the claim of this task's former run has gone stale.
const POLL_INTERVAL: Duration = Duration::from_secs(5);

/// A worker and its jobs.
pub(super) struct Worker<'a> {
    pub(super) runner: AttemptRunner<'a>,
    pub(super) policy: &'a RetryPolicy,
    pub(super) claimant: Claimant,
    pub(super) queue: JobQueue<'a>,
    pub(super) budget: TaskBudget,
    pub(super) stand_in: Option<StandIn>,
    pub(super) left: LeftJobs,
    pub(super) node: NodeWatch<'a>,
    pub(super) breaker: CircuitBreaker<'a>,
    pub(super) tuning: Option<SweepTuning<'a>>,
}

/// Why the loop over the jobs ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WorkEnd {
    /// Nothing is left that this worker could do, or may.
    Through,
    /// It was told to stop, the submission was stopped, or it leaves its jobs to other nodes.
    Stopped,
    /// Its task has no time for what is left.
    OutOfTime,
}

#[derive(Debug, PartialEq, Eq)]
enum NextStep {
    GoOn,
    Stop,
    OutOfTime,
}

impl Worker<'_> {
    /// Runs jobs, one after the other, until there is a reason to end.
    pub(super) fn run_jobs(&mut self) -> Result<WorkEnd, Failure> {
        let ended = match self.run_while_there_are() {
            // Whoever stops a worker that waits for a full disk knows that the disk is full.
            Err(Failure::Files(error)) if error.may_pass() && self.patience().was_stopped() => {
                Ok(WorkEnd::Stopped)
            }
            ended => ended,
        };
        let back = self.runner.settle_recent()?;
        for job in &back.jobs {
            self.queue.note_ran(*job, false);
            self.note_result(*job);
        }
        Ok(match ended? {
            // SLURM starts a task again that it preempts, but not one that ends within its grace time.
            WorkEnd::Through | WorkEnd::Stopped if back.yields => WorkEnd::OutOfTime,
            WorkEnd::Through if !back.jobs.is_empty() => WorkEnd::Stopped,
            ended => ended,
        })
    }

    fn patience(&self) -> &DiskPatience<'_> {
        &self.runner.patience
    }

    fn run_while_there_are(&mut self) -> Result<WorkEnd, Failure> {
        while self.has_quota()? || self.stands_in()? {
            if self.runner.inbox.told_to_stop() || self.patience().was_stopped() {
                return Ok(WorkEnd::Stopped);
            }
            self.runner.recent.forget_before(Instant::now());
            let stopped = self.patience().insist(None, || self.breaker.stop_reason())?;
            if let Some(reason) = stopped {
                self.runner.reporter.note(format_args!("stopped: {reason}"));
                return Ok(WorkEnd::Stopped);
            }
            let node = &mut self.node;
            match self.runner.patience.insist(None, || node.response())? {
                CrashResponse::GoOn => {}
                CrashResponse::Leave => return self.leave_to_others(),
                CrashResponse::Wait(time) => {
                    let until = Instant::now() + time;
                    if self.runner.inbox.next(None, until) == Some(InboxMessage::Stop) {
                        return Ok(WorkEnd::Stopped);
                    }
                }
            }
            let queue = &mut self.queue;
            let Some(pick) = self.runner.patience.insist(None, || queue.next())? else {
                if !self.budget.has_time(Instant::now()) && self.jobs_to_come()? > 0 {
                    return Ok(WorkEnd::OutOfTime);
                }
                match self.suggest()? {
                    SuggestStep::LookAgain => continue,
                    SuggestStep::Nothing => break,
                    SuggestStep::Stop => return Ok(WorkEnd::Stopped),
                }
            };
            if pick.is_for_another_node()
                && self.patience().insist(None, || self.node.leaves_retries())?
            {
                return self.leave_to_others();
            }
            if !self.budget.has_time(Instant::now()) {
                return Ok(WorkEnd::OutOfTime);
            }
            match self.claim_and_run(pick)? {
                NextStep::GoOn => {}
                NextStep::Stop => return Ok(WorkEnd::Stopped),
                NextStep::OutOfTime => return Ok(WorkEnd::OutOfTime),
            }
        }
        Ok(WorkEnd::Through)
    }

    /// Returns true if the worker may settle another job: one of its own quota, or one that another
    /// task has left.
    fn has_quota(&mut self) -> Result<bool, Failure> {
        if !self.budget.has_quota() && self.patience().insist(None, || self.left.take())? {
            self.budget.note_taken_over();
        }
        Ok(self.budget.has_quota())
    }

    /// Leaves what this worker was to settle to tasks on other nodes.
    fn leave_to_others(&mut self) -> Result<WorkEnd, Failure> {
        let jobs = self.budget.give_up();
        self.patience().insist(None, || self.left.leave(jobs))?;
        let (row, node) = (self.node.row(), &self.runner.identity.host);
        self.runner.reporter.note(format_args!(
            "stopped: {row} jobs in a row failed within {QUICK_DEATH:.0} s while jobs run on other nodes; \
             node {node} may be broken, so its jobs are left to others"
        ));
        Ok(WorkEnd::Stopped)
    }

    fn claim_and_run(&mut self, pick: JobPick) -> Result<NextStep, Failure> {
        let policy = self.policy;
        let wanted = |attempts: &[Attempt]| matches!(policy.decide(attempts), RetryDecision::Run(rank) if rank <= pick.rank);
        let dir = &self.runner.context.dir;
        let claimant = &mut self.claimant;
        let AttemptRunner { patience, identity, inbox, .. } = &self.runner;
        let mut take = patience.insist(None, || claimant.take(dir, pick.job, wanted))?;
        let until = Instant::now() + STALE + HEARTBEAT;
        // The former run of this task is over, but its claim shows that only when its heartbeat is
        // old.
        while pick.former
            && matches!(&take, ClaimOutcome::Held(Some(holder)) if identity.had(holder))
            && Instant::now() < until
        {
            if inbox.next(None, Instant::now() + POLL_INTERVAL) == Some(InboxMessage::Stop) {
                return Ok(NextStep::Stop);
            }
            take = patience.insist(None, || claimant.take(dir, pick.job, wanted))?;
        }
        match take {
            ClaimOutcome::Mine(claim, attempts) => return self.run(pick.job, claim, &attempts),
            ClaimOutcome::Held(_) => self.note_missed(pick, true)?,
            ClaimOutcome::Unwanted(attempts) => {
                self.note_missed(pick, false)?;
                self.queue.note_state(pick.job, is_done(&attempts));
            }
        }
        Ok(NextStep::GoOn)
    }

    fn note_missed(&mut self, pick: JobPick, held: bool) -> Result<(), FsError> {
        let Self { runner, queue, .. } = self;
        runner.patience.insist(None, || queue.note_missed(pick, held))
    }

    fn run(&mut self, job: JobId, claim: Claim, attempts: &[Attempt]) -> Result<NextStep, Failure> {
        let attempt = claim.attempt;
        match self.runner.run(job, claim, attempts)? {
            AttemptResult::Blocked => {
                self.runner.reporter.warn(format_args!(
                    "skipped job {job}: cannot kill processes of an earlier attempt"
                ));
                self.queue.exclude(job);
                Ok(NextStep::GoOn)
            }
            AttemptResult::Ended(ended) => {
                self.note_on_node(job, attempts, &ended)?;
                self.on_end(job, attempt, &ended)
            }
        }
    }

    /// Notes what the end of an attempt says of this node, and tells which nodes are left out for it.
    fn note_on_node(
        &mut self,
        job: JobId,
        before: &[Attempt],
        ended: &EndedAttempt,
    ) -> Result<(), Failure> {
        let (outcome, seconds) = (ended.verdict.outcome, ended.seconds());
        if ended.told_to_stop {
            return Ok(());
        }
        let end = (outcome, seconds, is_quick_death(outcome, seconds, ended.verdict.cause));
        let Self { runner, node, .. } = self;
        let out = runner.patience.insist(None, || node.note_end(job, before, end))?;
        runner.reporter.left_out(out, "jobs die at once here but run elsewhere");
        Ok(())
    }

    fn on_end(
        &mut self,
        job: JobId,
        attempt: u32,
        ended: &EndedAttempt,
    ) -> Result<NextStep, Failure> {
        let outcome = ended.verdict.outcome;
        self.note_result(job);
        self.runner.reporter.event(&WorkerEvent::Ended {
            job: job.0,
            attempt,
            outcome,
            seconds: ended.seconds(),
            reason: ended.verdict.reason.clone(),
        });
        self.queue.note_ran(job, outcome == Outcome::Done);
        if outcome == Outcome::Done {
            self.budget.note_done(ended.elapsed);
            self.patience().insist(None, || self.breaker.note_done())?;
        } else if !ended.told_to_stop {
            self.on_failure(job, attempt, ended)?;
        }
        Ok(match ended.verdict.progress {
            _ if ended.told_to_stop => NextStep::Stop,
            Some(_) => NextStep::OutOfTime,
            None => NextStep::GoOn,
        })
    }

    fn on_failure(
        &mut self,
        job: JobId,
        attempt: u32,
        ended: &EndedAttempt,
    ) -> Result<(), Failure> {
        let AttemptRunner { context, cluster, reporter, .. } = &self.runner;
        let policy = self.policy;
        let verdict = &ended.verdict;
        let sample =
            || FailureSample { likeness: verdict.likeness.clone(), example: verdict.example() };
        if matches!(verdict.outcome, Outcome::Failed | Outcome::OutOfMemory)
            && self.patience().insist(None, || self.breaker.note_failure(job, &sample()))?
            && let Err(why) = cluster.cancel_pending()
        {
            reporter
                .warn(format_args!("waiting tasks of this launch could not be cancelled: {why}"));
        }
        let read = || read_attempts(&context.dir.attempts(job));
        match policy.decide(&self.patience().insist(None, read)?) {
            RetryDecision::Nothing => self.budget.note_settled(),
            RetryDecision::Run(_) => {}
            RetryDecision::Elsewhere => {
                let had = policy.memory.unwrap_or_default();
                if let Err(why) = cluster.request_memory(job, attempt, had) {
                    reporter.warn(format_args!("{job} gets no more memory: {why}"));
                }
            }
        }
        Ok(())
    }
}
