//! The summary of a launch.

use std::fmt::Write;
use std::time::Duration;

use sweep_config::fs::FsError;
use sweep_config::records::{JobState, SubmissionStop, read_attempts, read_record};
use sweep_config::{JobId, SubmissionId, Sweep, SweepDir};

use super::local::LocalEnd;
use super::plan::count_states;
use crate::app::{Exit, command, count, span};

/// The number of failures that are listed; `sweep_collect` lists all.
const LISTED: usize = 5;

/// The states of the jobs of a launch after it, and why some failed.
#[derive(Debug)]
pub(super) struct LaunchSummary {
    states: Vec<(JobId, JobState)>,
    failures: Vec<FailedJob>,
    stopped: Option<String>,
    ended: LocalEnd,
    elapsed: Duration,
}

#[derive(Debug)]
struct FailedJob {
    job: JobId,
    state: JobState,
    reason: String,
    stderr: String,
}

impl LaunchSummary {
    /// Looks up why jobs failed.
    pub(super) fn new(
        dir: &SweepDir,
        states: Vec<(JobId, JobState)>,
        ended: LocalEnd,
        elapsed: Duration,
    ) -> Result<Self, FsError> {
        let failures = states
            .iter()
            .filter(|(_, state)| has_failed(state))
            .take(LISTED)
            .map(|(job, state)| {
                let attempts = read_attempts(&dir.attempts(*job))?;
                let end = attempts.into_iter().next_back().and_then(|attempt| attempt.end);
                Ok(FailedJob {
                    job: *job,
                    state: state.clone(),
                    reason: end.map(|end| end.reason).unwrap_or_default(),
                    stderr: dir.stderr(*job).display().to_string(),
                })
            })
            .collect::<Result<_, FsError>>()?;
        let stopped = if ended == LocalEnd::Finished { stopped(dir, &states)? } else { None };
        Ok(Self { states, failures, stopped, ended, elapsed })
    }

    /// Done if and only if every job of the launch is.
    pub(super) fn exit(&self) -> Exit {
        if self.states.iter().all(|(_, state)| *state == JobState::Done) {
            Exit::Done
        } else {
            Exit::Incomplete
        }
    }

    /// The whole text, with the command to type next.
    pub(super) fn text(&self, sweep: &Sweep) -> String {
        let mut text = self.headline();
        if let Some(reason) = &self.stopped {
            write!(text, "\nstopped before the rest was tried: {reason}")
                .expect("a string takes any text");
        }
        for FailedJob { job, state, reason, stderr } in &self.failures {
            let why = if reason.is_empty() { state.name() } else { reason };
            write!(text, "\n  {job}  {why}\n          {stderr}").expect("a string takes any text");
        }
        let failed = self.states.iter().filter(|(_, state)| has_failed(state)).count();
        if failed > self.failures.len() {
            let more = failed - self.failures.len();
            write!(text, "\n  and {more} more").expect("a string takes any text");
        }
        let next = if self.exit() == Exit::Done {
            format!("next: {}", command("sweep_collect", sweep))
        } else {
            format!(
                "to go on with what is not done: {}\nto see more: {}",
                command("sweep_launch", sweep),
                command("sweep_collect", sweep)
            )
        };
        write!(text, "\n{next}").expect("a string takes any text");
        text
    }

    /// `62 of 64 jobs done in 3 min 20 s, 1 failed, 1 waiting`.
    fn headline(&self) -> String {
        let counts = count_states(&self.states);
        let done = counts.get(&JobState::Done).copied().unwrap_or(0);
        let stopped = if self.ended == LocalEnd::Stopped { "stopped: " } else { "" };
        let mut text = format!("{stopped}{done} of {} done", count(self.states.len(), "job"));
        write!(text, " in {}", span(self.elapsed)).expect("a string takes any text");
        for (state, n) in counts.iter().filter(|(state, _)| **state != JobState::Done) {
            write!(text, ", {n} {}", state.name()).expect("a string takes any text");
        }
        text
    }
}

/// Why no more of these jobs were tried, if their last launch was stopped.
///
/// Returns why the submission of these jobs was stopped; a job that failed names the submission.
fn stopped(dir: &SweepDir, states: &[(JobId, JobState)]) -> Result<Option<String>, FsError> {
    let mut last = None;
    for (job, _) in states.iter().filter(|(_, state)| has_failed(state)) {
        let attempts = read_attempts(&dir.attempts(*job))?;
        let launch =
            attempts.last().and_then(|it| it.start.submission.parse::<SubmissionId>().ok());
        last = last.max(launch);
    }
    let Some(path) = last.map(|launch| dir.stopped(launch)) else { return Ok(None) };
    Ok(read_record::<SubmissionStop>(&path)?.map(|stopped| stopped.reason))
}

fn has_failed(state: &JobState) -> bool {
    let fine = [JobState::Done, JobState::Running, JobState::Waiting, JobState::Cancelled];
    !fine.contains(state)
}
