//! How a launch went, in words.

use std::fmt::Write;
use std::time::Duration;

use sweep_config::fs::FsError;
use sweep_config::records::{JobState, read_attempts};
use sweep_config::{JobId, Sweep, SweepDir};

use super::local::Ended;
use super::plan::count_states;
use crate::app::{Exit, command, count, span};

/// How many failures are listed; `sweep_collect` lists all.
const LISTED: usize = 5;

/// How the jobs of a launch stand after it.
#[derive(Debug)]
pub(super) struct Summary {
    states: Vec<(JobId, JobState)>,
    failures: Vec<Failed>,
    ended: Ended,
    elapsed: Duration,
}

#[derive(Debug)]
struct Failed {
    job: JobId,
    state: JobState,
    reason: String,
    stderr: String,
}

impl Summary {
    /// Looks up why jobs failed.
    pub(super) fn new(
        dir: &SweepDir,
        states: Vec<(JobId, JobState)>,
        ended: Ended,
        elapsed: Duration,
    ) -> Result<Self, FsError> {
        let failures = states
            .iter()
            .filter(|(_, state)| has_failed(state))
            .take(LISTED)
            .map(|(job, state)| {
                let attempts = read_attempts(&dir.attempts(*job))?;
                let end = attempts.into_iter().next_back().and_then(|attempt| attempt.end);
                Ok(Failed {
                    job: *job,
                    state: state.clone(),
                    reason: end.map(|end| end.reason).unwrap_or_default(),
                    stderr: dir.stderr(*job).display().to_string(),
                })
            })
            .collect::<Result<_, FsError>>()?;
        Ok(Self { states, failures, ended, elapsed })
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
        for Failed { job, state, reason, stderr } in &self.failures {
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
        let stopped = if self.ended == Ended::Stopped { "stopped: " } else { "" };
        let mut text = format!("{stopped}{done} of {} done", count(self.states.len(), "job"));
        write!(text, " in {}", span(self.elapsed)).expect("a string takes any text");
        for (state, n) in counts.iter().filter(|(state, _)| **state != JobState::Done) {
            write!(text, ", {n} {}", state.name()).expect("a string takes any text");
        }
        text
    }
}

fn has_failed(state: &JobState) -> bool {
    let fine = [JobState::Done, JobState::Running, JobState::Waiting, JobState::Cancelled];
    !fine.contains(state)
}
