//! Decides whether a job is tried again, from how its attempts ended (pure).

use sweep_config::records::{Attempt, AttemptEnd, Outcome};

use crate::worker::identity::WorkerIdentity;

/// The seconds within which a program that fails may have met a broken node: another host tries its
/// job first.
pub(in crate::worker) const QUICK_DEATH: f64 = 10.0;

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

/// The turn of a job: jobs that died here at once come last, the others by the number of their tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::worker) struct RetryRank {
    died_here: bool,
    tries: u32,
}

impl RetryRank {
    /// The rank of a job that has not been tried under this policy.
    pub(in crate::worker) const UNTRIED: Self = Self { died_here: false, tries: 0 };
    /// The last rank.
    pub(in crate::worker) const ANY: Self = Self { died_here: true, tries: u32::MAX };
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
        let ours: Vec<&Attempt> =
            attempts.iter().filter(|it| self.identity.counts(&it.start)).collect();
        let tally = self.tally(&ours);
        let given_up = tally.hopeless
            || tally.tries > self.max_retry
            || tally.requeues > self.max_requeue
            || tally.nodes_lost >= MAX_LOST_NODES;
        if given_up {
            return RetryDecision::Nothing;
        }
        let rank =
            RetryRank { died_here: self.died_here(ours.last().copied()), tries: tally.tries };
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
                Outcome::NodeFailure => tally.nodes_lost += 1,
                Outcome::OutOfMemory => tally.out_of_memory += 1,
                Outcome::Failed | Outcome::Lost => tally.tries += 1,
            }
            tally.hopeless |= end.cause.is_some();
        }
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

/// Returns true if and only if the program failed within [`QUICK_DEATH`].
fn died_at_once(end: &AttemptEnd) -> bool {
    end.outcome == Outcome::Failed && end.seconds < QUICK_DEATH
}

/// Returns true if and only if the last attempt ended well.
pub(in crate::worker) fn is_done(attempts: &[Attempt]) -> bool {
    attempts.last().and_then(outcome) == Some(Outcome::Done)
}

fn outcome(attempt: &Attempt) -> Option<Outcome> {
    attempt.end.as_ref().map(|end| end.outcome)
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use sweep_config::records::{AttemptStart, PermanentCause};

    use super::*;

    fn policy(submission: &str, max_retry: u32) -> RetryPolicy {
        let identity = WorkerIdentity {
            submission: submission.into(),
            host: "here".into(),
            pid: 7,
            slurm_task: None,
        };
        RetryPolicy { identity, memory: None, max_retry, max_requeue: 2 }
    }

    fn attempt(submission: &str, outcome: Option<Outcome>) -> Attempt {
        let start = AttemptStart {
            attempt: 1,
            launch: submission.into(),
            host: "here".into(),
            pid: 7,
            ..AttemptStart::default()
        };
        let end = outcome.map(|outcome| AttemptEnd {
            attempt: 1,
            ended: String::new(),
            seconds: 100.0,
            outcome,
            exit_code: None,
            signal: None,
            reason: String::new(),
            cause: None,
            progress: None,
        });
        Attempt { start, end }
    }

    fn ended(outcome: Outcome, change: impl Fn(&mut AttemptEnd)) -> Attempt {
        let mut attempt = attempt("000002", Some(outcome));
        attempt.end.as_mut().into_iter().for_each(change);
        attempt
    }

    fn after(tries: u32) -> RetryDecision {
        RetryDecision::Run(RetryRank { died_here: false, tries })
    }

    #[test]
    fn a_failed_job_comes_again_after_the_others_until_its_retries_are_used_up() {
        let policy = policy("000002", 1);
        let failed = attempt("000002", Some(Outcome::Failed));
        assert_eq!(policy.decide(&[]), RetryDecision::Run(RetryRank::UNTRIED));
        assert_eq!(policy.decide(from_ref(&failed)), after(1));
        assert_eq!(policy.decide(&[failed.clone(), failed]), RetryDecision::Nothing);
        assert!(RetryRank::UNTRIED < RetryRank { died_here: false, tries: 1 });
    }

    #[test]
    fn attempts_of_an_earlier_submission_and_what_others_stopped_cost_no_retry() {
        let policy = policy("000002", 0);
        let earlier = attempt("000001", Some(Outcome::Failed));
        let cancelled = attempt("000002", Some(Outcome::Cancelled));
        let preempted = attempt("000002", Some(Outcome::Preempted));
        assert_eq!(policy.decide(&[earlier, cancelled, preempted]), after(0));
    }

    #[test]
    fn a_worker_that_died_on_this_host_counts_as_a_try() {
        assert_eq!(policy("000002", 3).decide(&[attempt("000002", None)]), after(1));
    }

    #[test]
    fn a_node_that_went_away_costs_no_retry_until_the_fifth() {
        let policy = policy("000002", 0);
        let mut open = attempt("000002", None);
        open.start.host = "far".into();
        let mut restarted = attempt("000002", None);
        restarted.start.slurm = Some("77_1".into());
        let mut again = policy.clone();
        again.identity.slurm_task = Some("77_1".into());
        assert_eq!(again.decide(from_ref(&restarted)), after(0), "SLURM started its task again");
        let failed = attempt("000002", Some(Outcome::NodeFailure));
        let mut attempts = vec![failed; 3];
        attempts.push(open.clone());
        assert_eq!(policy.decide(&attempts), after(0));
        attempts.push(open);
        assert_eq!(policy.decide(&attempts), RetryDecision::Nothing);
    }

    #[test]
    fn what_is_done_or_timed_out_is_left() {
        let policy = policy("000002", 5);
        assert_eq!(
            policy.decide(&[attempt("000001", Some(Outcome::Done))]),
            RetryDecision::Nothing
        );
        assert_eq!(
            policy.decide(&[attempt("000002", Some(Outcome::TimedOut))]),
            RetryDecision::Nothing
        );
        assert_eq!(policy.decide(&[attempt("000001", Some(Outcome::TimedOut))]), after(0));
    }

    #[test]
    fn what_goes_on_after_the_time_limit_costs_no_retry_but_ends_after_max_requeue() {
        let policy = policy("000002", 0);
        let goes_on = ended(Outcome::TimedOut, |end| end.progress = Some("epoch 3".into()));
        assert_eq!(policy.decide(&vec![goes_on.clone(); 2]), after(0));
        assert_eq!(policy.decide(&vec![goes_on; 3]), RetryDecision::Nothing);
    }

    #[test]
    fn a_job_whose_config_is_at_fault_is_not_tried_again() {
        let nan = ended(Outcome::Failed, |end| end.cause = Some(PermanentCause::NotANumber));
        assert_eq!(policy("000002", 5).decide(from_ref(&nan)), RetryDecision::Nothing);
        assert_eq!(policy("000003", 5).decide(from_ref(&nan)), after(0), "another submission may");
    }

    #[test]
    fn what_died_here_at_once_comes_after_all_else_and_elsewhere_it_does_not() {
        let quick = ended(Outcome::Failed, |end| end.seconds = 2.0);
        let here = policy("000002", 3);
        let RetryDecision::Run(rank) = here.decide(from_ref(&quick)) else {
            panic!("it is wanted")
        };
        assert!(rank > RetryRank { died_here: false, tries: 3 });
        let mut there = here;
        there.identity.host = "there".into();
        assert_eq!(there.decide(from_ref(&quick)), after(1));
    }

    #[test]
    fn a_job_out_of_memory_is_run_once_more_by_a_worker_that_has_more() {
        let with = |memory| RetryPolicy { memory, ..policy("000002", 3) };
        let mut oom = attempt("000002", Some(Outcome::OutOfMemory));
        assert_eq!(
            with(Some(2000)).decide(from_ref(&oom)),
            RetryDecision::Nothing,
            "it had no limit"
        );
        oom.start.memory = Some(1000);
        assert_eq!(with(None).decide(from_ref(&oom)), RetryDecision::Nothing);
        assert_eq!(with(Some(1000)).decide(from_ref(&oom)), RetryDecision::Elsewhere);
        assert_eq!(with(Some(1500)).decide(from_ref(&oom)), after(0));
        assert_eq!(with(Some(3000)).decide(&[oom.clone(), oom]), RetryDecision::Nothing);
    }

    #[test]
    fn a_worker_started_by_hand_counts_its_own_attempts_only() {
        let by_hand = policy("", 0);
        let mut other = attempt("", Some(Outcome::Failed));
        assert_eq!(by_hand.decide(from_ref(&other)), RetryDecision::Nothing);
        other.start.pid = 8;
        assert_eq!(by_hand.decide(&[other]), after(0));
    }
}
