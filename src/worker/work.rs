//! The loop over all jobs.

use std::time::{Duration, Instant};

use sweep_config::JobId;
use sweep_config::claim::{Claim, ClaimHolder, ClaimOutcome, Claimant, HEARTBEAT, STALE};
use sweep_config::records::{Attempt, Outcome, PermanentCause, read_attempts};

use super::attempt::runner::{Ended, Ran, Runner};
use super::policy::breaker::Breaker;
use super::policy::budget::{Budget, Deaths};
use super::policy::retry::{QUICK_DEATH, Wish, is_done};
use super::process::inbox::Message;
use super::queue::job_queue::{Pick, Queue};
use crate::app::Failure;
use crate::runtime::Event;

/// How often to look whether the claim of this task's former run has gone stale.
const LOOK: Duration = Duration::from_secs(5);

/// A worker at work.
pub(super) struct Worker<'a> {
    pub(super) runner: Runner<'a>,
    pub(super) claimant: Claimant,
    pub(super) queue: Queue<'a>,
    pub(super) budget: Budget,
    pub(super) deaths: Deaths,
    pub(super) breaker: Breaker<'a>,
}

/// How the work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worked {
    /// Nothing is left that this worker could do, or should.
    Through,
    /// It was told to stop, the launch was stopped, or the node seems broken.
    Stopped,
    /// Its task has no time for what is left.
    OutOfTime,
}

#[derive(Debug, PartialEq, Eq)]
enum Next {
    GoOn,
    Stop,
    OutOfTime,
}

impl Worker<'_> {
    /// Runs jobs, one after the other.
    pub(super) fn work(&mut self) -> Result<Worked, Failure> {
        while self.budget.has_quota() {
            if self.runner.inbox.told_to_stop() {
                return Ok(Worked::Stopped);
            }
            if let Some(reason) = self.breaker.stopped()? {
                self.runner.reporter.note(format_args!("stopped: {reason}"));
                return Ok(Worked::Stopped);
            }
            let Some(pick) = self.queue.next()? else { break };
            if !self.budget.has_time(Instant::now()) {
                return Ok(Worked::OutOfTime);
            }
            match self.take(pick)? {
                Next::GoOn => {}
                Next::Stop => return Ok(Worked::Stopped),
                Next::OutOfTime => return Ok(Worked::OutOfTime),
            }
        }
        Ok(Worked::Through)
    }

    fn take(&mut self, pick: Pick) -> Result<Next, Failure> {
        let campaign = self.runner.campaign;
        let wanted = |attempts: &[Attempt]| matches!(campaign.wish(attempts), Wish::Run(rank) if rank <= pick.rank);
        let dir = &self.runner.site.dir;
        let mut take = self.claimant.take(dir, pick.job, wanted)?;
        let until = Instant::now() + STALE + HEARTBEAT;
        // The former run of this task is over, but its claim shows it only when its heartbeat is old.
        while pick.former
            && matches!(&take, ClaimOutcome::Held(Some(holder)) if self.is_former(holder))
            && Instant::now() < until
        {
            if self.runner.inbox.next(None, Instant::now() + LOOK) == Some(Message::Stop) {
                return Ok(Next::Stop);
            }
            take = self.claimant.take(dir, pick.job, wanted)?;
        }
        match take {
            ClaimOutcome::Mine(claim, attempts) => return self.run(pick.job, claim, &attempts),
            ClaimOutcome::Held(_) => self.queue.missed(pick, true)?,
            ClaimOutcome::Unwanted(attempts) => {
                self.queue.missed(pick, false)?;
                self.queue.note(pick.job, is_done(&attempts));
            }
        }
        Ok(Next::GoOn)
    }

    /// True if and only if the claim is of this task before SLURM started it again.
    fn is_former(&self, holder: &ClaimHolder) -> bool {
        holder.slurm.is_some()
            && holder.slurm == self.runner.campaign.slurm
            && !holder.shares_our_processes()
    }

    fn run(&mut self, job: JobId, claim: Claim, attempts: &[Attempt]) -> Result<Next, Failure> {
        let attempt = claim.attempt;
        match self.runner.run(job, claim, attempts)? {
            Ran::Blocked => {
                self.runner.reporter.warn(format_args!(
                    "job {job} is left: processes of an earlier attempt cannot be killed"
                ));
                self.queue.leave(job);
                Ok(Next::GoOn)
            }
            Ran::Ended(ended) => self.on_end(job, attempt, &ended),
        }
    }

    fn on_end(&mut self, job: JobId, attempt: u32, ended: &Ended) -> Result<Next, Failure> {
        let outcome = ended.verdict.outcome;
        self.runner.reporter.say(&Event::Ended {
            job: job.0,
            attempt,
            outcome,
            seconds: ended.seconds(),
            reason: ended.verdict.reason.clone(),
        });
        self.queue.ran(job, outcome == Outcome::Done);
        if outcome == Outcome::Done {
            self.budget.note_done(ended.elapsed);
            self.breaker.note_done()?;
        } else if !ended.told_to_stop {
            self.on_failure(job, attempt, ended)?;
        }
        let broken = self.deaths.note(job, is_quick_death(ended)) && self.runner.task.is_some();
        if broken {
            self.runner.reporter.note(format_args!(
                "stopped: three jobs in a row failed within {QUICK_DEATH:.0} s; this node, {}, may be \
                 broken, and the other jobs are left for others",
                self.runner.campaign.host
            ));
        }
        Ok(match ended.verdict.progress {
            _ if ended.told_to_stop || broken => Next::Stop,
            Some(_) => Next::OutOfTime,
            None => Next::GoOn,
        })
    }

    fn on_failure(&mut self, job: JobId, attempt: u32, ended: &Ended) -> Result<(), Failure> {
        let Runner { site, campaign, cluster, reporter, .. } = &self.runner;
        if matches!(ended.verdict.outcome, Outcome::Failed | Outcome::OutOfMemory)
            && self.breaker.note_failure(job, &ended.verdict)?
            && let Err(why) = cluster.cancel_pending()
        {
            reporter.warn(format_args!("tasks of this launch still wait: {why}"));
        }
        match campaign.wish(&read_attempts(&site.dir.attempts(job))?) {
            Wish::Nothing => self.budget.note_settled(),
            Wish::Run(_) => {}
            Wish::Elsewhere => {
                let had = campaign.memory.unwrap_or_default();
                if let Err(why) = cluster.more_memory(job, attempt, had) {
                    reporter.warn(format_args!("{job} gets no more memory: {why}"));
                }
            }
        }
        Ok(())
    }
}

/// What a broken node does to any job. A loss that is no number is the job's own.
fn is_quick_death(ended: &Ended) -> bool {
    ended.verdict.outcome == Outcome::Failed
        && ended.seconds() < QUICK_DEATH
        && ended.verdict.cause != Some(PermanentCause::NotANumber)
}
