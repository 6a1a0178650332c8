//! Decides whether a job is tried again, from how its attempts ended (pure).

use sweep_config::records::{Attempt, AttemptEnd, Outcome, PermanentCause, is_done};

use crate::app::num::saturated;
use crate::ledger::{died_at_once, is_broken_code};
use crate::worker::identity::WorkerIdentity;

/// The number of nodes that a job may lose before nobody tries it again: it may be what breaks them.
const MAX_LOST_NODES: u32 = 5;

/// The policy of one submission, which its workers share, or of one worker that was started by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::worker) struct RetryPolicy {
    /// The worker that decides.
    pub(in crate::worker) identity: WorkerIdentity,
    /// The memory of this worker in MB; none where jobs that ran out of memory do not get more.
    pub(in crate::worker) memory: Option<u64>,
    /// The number of times that a job which failed is started again.
    pub(in crate::worker) max_retry: u32,
    /// The number of times that a job which ran into the time limit continues.
    pub(in crate::worker) max_requeue: u32,
}

/// The decision about one job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::worker) enum RetryDecision {
    /// Run it, after all jobs of a lower rank.
    Run(RetryRank),
    /// Leave it to a worker with more memory.
    Elsewhere,
    /// Leave it: it is done, or has failed often enough.
    Nothing,
}

/// The turn of a job: jobs that died here at once come last, the others by the number of their tries
/// in this submission, and then in all before it. So what no submission has tried yet comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::worker) struct RetryRank {
    died_here: bool,
    tries: u32,
    before: u32,
}

impl RetryRank {
    /// The rank of a job that no submission has tried.
    pub(in crate::worker) const UNTRIED: Self = Self { died_here: false, tries: 0, before: 0 };
    /// The last rank.
    pub(in crate::worker) const ANY: Self =
        Self { died_here: true, tries: u32::MAX, before: u32::MAX };

    /// Returns true if and only if the job's last attempt died on this node at once: another node
    /// is to try it.
    pub(in crate::worker) fn is_for_another_node(self) -> bool {
        self.died_here
    }
}

/// The attempts at one job, counted by how they ended.
#[derive(Debug, Default)]
struct AttemptTally {
    tries: u32,
    requeues: u32,
    nodes_lost: u32,
    out_of_memory: u32,
    hopeless: bool,
}

impl RetryPolicy {
    /// Decides what to do with a job.
    ///
    /// An attempt that the user or SLURM stopped is no try, and neither is one whose job continues or
    /// whose node failed. An attempt that ran into the time limit without a way to continue would do so
    /// again, and so would one that failed for a permanent cause; their jobs wait for another submission.
    pub(in crate::worker) fn decide(&self, attempts: &[Attempt]) -> RetryDecision {
        if is_done(attempts) {
            return RetryDecision::Nothing;
        }
        let (ours, others): (Vec<&Attempt>, Vec<&Attempt>) =
            attempts.iter().partition(|it| self.identity.counts(&it.start));
        let tally = self.tally(&ours);
        let given_up = tally.hopeless
            || tally.tries > self.max_retry
            || tally.requeues > self.max_requeue
            || tally.nodes_lost >= MAX_LOST_NODES;
        if given_up {
            return RetryDecision::Nothing;
        }
        let rank = RetryRank {
            died_here: self.died_here(attempts.last()),
            tries: tally.tries,
            before: tries_before(&others),
        };
        let needed = ours.iter().rev().find(|it| outcome(it) == Some(Outcome::OutOfMemory));
        match (tally.out_of_memory, needed) {
            (0, _) | (_, None) => RetryDecision::Run(rank),
            (1, Some(attempt)) => self.with_more_memory(attempt.start.memory, rank),
            _ => RetryDecision::Nothing,
        }
    }

    fn tally(&self, ours: &[&Attempt]) -> AttemptTally {
        let mut tally = AttemptTally::default();
        for attempt in ours {
            let Some(end) = &attempt.end else {
                // Its worker is dead where the job can be had at all.
                if self.identity.shows_lost_node(&attempt.start) {
                    tally.nodes_lost += 1;
                } else {
                    tally.tries += 1;
                }
                continue;
            };
            match end.outcome {
                // Who cancels a task of SLURM's means its job; a worker that leaves means itself.
                Outcome::Cancelled if attempt.start.slurm.is_some() => tally.hopeless = true,
                Outcome::Done | Outcome::Cancelled | Outcome::Preempted => {}
                Outcome::TimedOut if end.progress.is_some() => tally.requeues += 1,
                Outcome::TimedOut => tally.hopeless = true,
                // A job whose program stops its own worker would end one task after the other.
                Outcome::NodeFailure | Outcome::Open => tally.nodes_lost += 1,
                Outcome::OutOfMemory => tally.out_of_memory += 1,
                Outcome::Failed | Outcome::Lost => tally.tries += 1,
            }
            tally.hopeless |= end.cause.is_some_and(|cause| cause != PermanentCause::Code);
        }
        tally.hopeless |= is_broken_code(ours);
        tally
    }

    fn with_more_memory(&self, had: Option<u64>, rank: RetryRank) -> RetryDecision {
        match (self.memory, had) {
            (Some(have), Some(had)) if have > had => RetryDecision::Run(rank),
            (Some(_), Some(_)) => RetryDecision::Elsewhere,
            _ => RetryDecision::Nothing,
        }
    }

    fn died_here(&self, last: Option<&Attempt>) -> bool {
        last.is_some_and(|attempt| {
            attempt.start.host == self.identity.host
                && attempt.end.as_ref().is_some_and(died_at_once)
        })
    }

    /// Returns true if and only if the job's last attempt was in this worker's task and is not done:
    /// SLURM has started the task again.
    pub(in crate::worker) fn was_in_this_task(&self, attempts: &[Attempt]) -> bool {
        let (task, last) = (&self.identity.slurm_task, attempts.last());
        task.is_some()
            && !is_done(attempts)
            && last.is_some_and(|attempt| attempt.start.slurm == *task)
    }
}

/// Returns the number of attempts of other submissions that were tries: neither interrupted nor to be
/// continued.
fn tries_before(others: &[&Attempt]) -> u32 {
    let was_try = |end: &AttemptEnd| match end.outcome {
        Outcome::Failed | Outcome::OutOfMemory | Outcome::Lost => true,
        Outcome::TimedOut => end.progress.is_none(),
        Outcome::Done
        | Outcome::Cancelled
        | Outcome::Preempted
        | Outcome::NodeFailure
        | Outcome::Open => false,
    };
    saturated(others.iter().filter(|it| it.end.as_ref().is_some_and(was_try)).count())
}

fn outcome(attempt: &Attempt) -> Option<Outcome> {
    attempt.end.as_ref().map(|end| end.outcome)
}

#[cfg(test)]
mod tests;
