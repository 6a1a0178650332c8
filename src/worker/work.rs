//! Runs the loop over the jobs of a worker.

use std::time::{Duration, Instant};

use sweep_config::JobId;
use sweep_config::claim::{Claim, ClaimHolder, ClaimOutcome, Claimant, HEARTBEAT, STALE};
use sweep_config::records::{Attempt, Outcome, PermanentCause, is_done, read_attempts};

use super::attempt::runner::{AttemptResult, AttemptRunner, EndedAttempt};
use super::policy::breaker::{CircuitBreaker, FailureSample};
use super::policy::budget::{CrashCounter, TaskBudget};
use super::policy::retry::{QUICK_DEATH, RetryDecision, RetryPolicy};
use super::process::inbox::InboxMessage;
use super::queue::job_queue::{JobPick, JobQueue};
use crate::app::Failure;
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
    pub(super) crashes: CrashCounter,
    pub(super) breaker: CircuitBreaker<'a>,
}

/// Why the loop over the jobs ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WorkEnd {
    /// Nothing is left that this worker could do, or may.
    Through,
    /// It was told to stop, the submission was stopped, or the node seems to be broken.
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
        while self.budget.has_quota() {
            if self.runner.inbox.told_to_stop() {
                return Ok(WorkEnd::Stopped);
            }
            if let Some(reason) = self.breaker.stop_reason()? {
                self.runner.reporter.note(format_args!("stopped: {reason}"));
                return Ok(WorkEnd::Stopped);
            }
            let Some(pick) = self.queue.next()? else { break };
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

    fn claim_and_run(&mut self, pick: JobPick) -> Result<NextStep, Failure> {
        let policy = self.policy;
        let wanted = |attempts: &[Attempt]| matches!(policy.decide(attempts), RetryDecision::Run(rank) if rank <= pick.rank);
        let dir = &self.runner.context.dir;
        let mut take = self.claimant.take(dir, pick.job, wanted)?;
        let until = Instant::now() + STALE + HEARTBEAT;
        // The former run of this task is over, but its claim shows that only when its heartbeat is
        // old.
        while pick.former
            && matches!(&take, ClaimOutcome::Held(Some(holder)) if self.is_former(holder))
            && Instant::now() < until
        {
            if self.runner.inbox.next(None, Instant::now() + POLL_INTERVAL)
                == Some(InboxMessage::Stop)
            {
                return Ok(NextStep::Stop);
            }
            take = self.claimant.take(dir, pick.job, wanted)?;
        }
        match take {
            ClaimOutcome::Mine(claim, attempts) => return self.run(pick.job, claim, &attempts),
            ClaimOutcome::Held(_) => self.queue.note_missed(pick, true)?,
            ClaimOutcome::Unwanted(attempts) => {
                self.queue.note_missed(pick, false)?;
                self.queue.note_state(pick.job, is_done(&attempts));
            }
        }
        Ok(NextStep::GoOn)
    }

    /// Returns true if and only if this task held the claim before SLURM started it again.
    fn is_former(&self, holder: &ClaimHolder) -> bool {
        holder.slurm.is_some()
            && holder.slurm == self.runner.identity.slurm_task
            && !holder.shares_our_processes()
    }

    fn run(&mut self, job: JobId, claim: Claim, attempts: &[Attempt]) -> Result<NextStep, Failure> {
        let attempt = claim.attempt;
        match self.runner.run(job, claim, attempts)? {
            AttemptResult::Blocked => {
                self.runner.reporter.warn(format_args!(
                    "job {job} is left: processes of an earlier attempt cannot be killed"
                ));
                self.queue.exclude(job);
                Ok(NextStep::GoOn)
            }
            AttemptResult::Ended(ended) => self.on_end(job, attempt, &ended),
        }
    }

    fn on_end(
        &mut self,
        job: JobId,
        attempt: u32,
        ended: &EndedAttempt,
    ) -> Result<NextStep, Failure> {
        let outcome = ended.verdict.outcome;
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
            self.breaker.note_done()?;
        } else if !ended.told_to_stop {
            self.on_failure(job, attempt, ended)?;
        }
        let broken = self.crashes.note(job, is_quick_death(ended)) && self.runner.task.is_some();
        if broken {
            self.runner.reporter.note(format_args!(
                "stopped: three jobs in a row failed within {QUICK_DEATH:.0} s; this node, {}, may be \
                 broken, and the other jobs are left for others",
                self.runner.identity.host
            ));
        }
        Ok(match ended.verdict.progress {
            _ if ended.told_to_stop || broken => NextStep::Stop,
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
            && self.breaker.note_failure(job, &sample())?
            && let Err(why) = cluster.cancel_pending()
        {
            reporter.warn(format_args!("tasks of this launch still wait: {why}"));
        }
        match policy.decide(&read_attempts(&context.dir.attempts(job))?) {
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

/// Returns true if an attempt failed as any job would on a broken node; a loss that is not a number
/// is the job's own fault.
fn is_quick_death(ended: &EndedAttempt) -> bool {
    ended.verdict.outcome == Outcome::Failed
        && ended.seconds() < QUICK_DEATH
        && ended.verdict.cause != Some(PermanentCause::NotANumber)
}
