//! Counts the jobs that a submission ended without having settled: not started, or with tries left.

use std::fmt;

use sweep_config::fs::FsError;
use sweep_config::records::{
    Attempt, AttemptEnd, JobState, Outcome, PermanentCause, read_attempts,
};
use sweep_config::{JobId, SubmissionId, SweepDir};

use super::broken_code::is_broken_code;
use super::entry::{LedgerEntry, read_entry};
use crate::app::count;

/// The jobs that a submission, whose tasks have all ended, did not settle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsettledJobs {
    submission: SubmissionId,
    /// The number of jobs that it did not start.
    untried: usize,
    /// The number of jobs that may be tried again.
    retries: usize,
    /// The reason for which it was stopped; none if its tasks ended by themselves.
    stopped: Option<String>,
}

/// The question that a journal answers about a job and a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SettledState {
    Untried,
    HasTriesLeft,
    Settled,
}

impl UnsettledJobs {
    /// Returns the jobs that the newest submission did not settle, by the states and journals of the jobs; none if
    /// it settled all, or runs on this machine, where it says so itself.
    ///
    /// # Errors
    ///
    /// When the ledger or a journal cannot be read.
    pub fn of_last<'s>(
        dir: &SweepDir,
        states: impl Iterator<Item = (JobId, &'s JobState)>,
        max_retry: u32,
    ) -> Result<Option<Self>, FsError> {
        let last = dir.submission_ids()?.last().copied();
        let entry = last.map(|last| read_entry(dir, last)).transpose()?.flatten();
        let Some(entry) = entry.filter(|it| it.is_own() && it.arrays().next().is_some()) else {
            return Ok(None);
        };
        let LedgerEntry { id, submission, stopped, .. } = entry;
        let stopped = stopped.map(|stop| stop.reason);
        let mut unsettled = Self { submission: id, untried: 0, retries: 0, stopped };
        let may_be = |state: &JobState| {
            matches!(
                state,
                JobState::Waiting | JobState::Failed | JobState::Lost | JobState::NodeFailure
            )
        };
        for (job, _) in states.filter(|(job, state)| may_be(state) && submission.has(*job)) {
            match settled(&read_attempts(&dir.attempts(job))?, &id.to_string(), max_retry) {
                SettledState::Untried => unsettled.untried += 1,
                SettledState::HasTriesLeft => unsettled.retries += 1,
                SettledState::Settled => {}
            }
        }
        Ok((unsettled.untried + unsettled.retries > 0).then_some(unsettled))
    }
}

impl fmt::Display for UnsettledJobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { submission, untried, retries, stopped } = self;
        let untried = (*untried > 0).then(|| format!("{} not started", count(*untried, "job")));
        let retries =
            (*retries > 0).then(|| format!("{} with retries left", count(*retries, "job")));
        let jobs = untried.into_iter().chain(retries).collect::<Vec<_>>().join(" and ");
        let why = stopped.as_ref().map_or_else(
            || {
                "its tasks were stopped, ran out of time, or left them to tasks that never started"
                    .to_owned()
            },
            |reason| format!("it was stopped: {reason}"),
        );
        write!(
            f,
            "submission {submission} ended and left {jobs}: {why}; run sweep_launch to continue"
        )
    }
}

/// Judges by a job's journal whether a submission has settled it: it was tried, and as often as was promised
/// unless another try would not help.
fn settled(attempts: &[Attempt], submission: &str, max_retry: u32) -> SettledState {
    let ours: Vec<&Attempt> =
        attempts.iter().filter(|it| it.start.submission == submission).collect();
    let ends = || ours.iter().filter_map(|attempt| attempt.end.as_ref());
    let is_final = |outcome: Outcome| {
        matches!(
            outcome,
            Outcome::Done | Outcome::Cancelled | Outcome::TimedOut | Outcome::OutOfMemory
        )
    };
    if ours.is_empty() {
        return SettledState::Untried;
    }
    let is_hopeless = |end: &AttemptEnd| end.cause.is_some_and(|it| it != PermanentCause::Code);
    let is_settled =
        ends().any(|end| is_hopeless(end) || is_final(end.outcome)) || is_broken_code(&ours);
    let tries = ends().filter(|end| matches!(end.outcome, Outcome::Failed | Outcome::Lost)).count();
    if is_settled || tries > max_retry as usize {
        SettledState::Settled
    } else {
        SettledState::HasTriesLeft
    }
}

#[cfg(test)]
mod tests {
    use sweep_config::records::AttemptStart;

    use super::SettledState::{HasTriesLeft, Settled, Untried};
    use super::*;

    fn attempt(submission: &str, outcome: Outcome, cause: Option<PermanentCause>) -> Attempt {
        let start = AttemptStart { submission: submission.into(), ..AttemptStart::default() };
        let end = AttemptEnd {
            attempt: 1,
            ended: String::new(),
            seconds: 1.0,
            outcome,
            exit_code: None,
            signal: None,
            reason: String::new(),
            cause,
            progress: None,
        };
        Attempt { start, end: Some(end) }
    }

    #[test]
    fn a_job_is_settled_by_its_tries_in_the_submission_or_by_what_ended_it() {
        use Outcome::{Cancelled, Failed, Lost, NodeFailure};
        let nan = Some(PermanentCause::NotANumber);
        for (ends, max_retry, state) in [
            (&[][..], 0, Untried),
            (&[("000001", Failed, None)], 3, Untried),
            (&[("000002", Failed, None)], 0, Settled),
            (&[("000002", Failed, None)], 1, HasTriesLeft),
            (&[("000001", Failed, None), ("000002", Lost, None)], 1, HasTriesLeft),
            (&[("000002", Failed, None), ("000002", Lost, None)], 1, Settled),
            (&[("000002", Failed, nan)], 3, Settled),
            (&[("000002", Cancelled, None)], 3, Settled),
            (&[("000002", NodeFailure, None)], 0, HasTriesLeft),
        ] {
            let attempts: Vec<Attempt> = ends
                .iter()
                .map(|(submission, outcome, cause)| attempt(submission, *outcome, *cause))
                .collect();
            assert_eq!(settled(&attempts, "000002", max_retry), state, "{ends:?} {max_retry}");
        }
    }

    #[test]
    fn what_was_left_is_said_with_the_reason() {
        let left = |stopped: Option<&str>| UnsettledJobs {
            submission: SubmissionId(2),
            untried: 12,
            retries: 1,
            stopped: stopped.map(str::to_owned),
        };
        assert_eq!(
            left(Some("all fail")).to_string(),
            "submission 000002 ended and left 12 jobs not started and 1 job with retries left: it was stopped: \
             all fail; run sweep_launch to continue"
        );
        assert!(left(None).to_string().contains("its tasks were stopped"));
    }
}
