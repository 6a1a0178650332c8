//! The summary of a launch.

use std::fmt::Write;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sweep_config::fs::FsError;
use sweep_config::records::{JobState, SubmissionStop, read_attempts, read_record};
use sweep_config::secrets::without_credentials;
use sweep_config::{JobId, SubmissionId, Sweep, SweepDir};

use super::local::LocalEnd;
use super::plan::count_states;
use crate::app::tail::read_end;
use crate::app::{Exit, command, count, span, visible_line};
use crate::failure_text::FailureReading;

/// The number of failures that are listed; `sweep_collect` lists all.
const LISTED: usize = 5;

/// The number of bytes at the end of a job's output that are read for the cause of its failure.
const TAIL: u64 = 16 << 10;

/// The states of the jobs of a launch after it, and why some failed.
#[derive(Debug)]
pub(super) struct LaunchSummary {
    states: Vec<(JobId, JobState)>,
    failures: Vec<FailedJob>,
    stopped: Option<String>,
    ended: LocalEnd,
    elapsed: Duration,
    /// The number of jobs that were not suggested, and why.
    lacking: Option<(usize, &'static str)>,
}

#[derive(Debug)]
struct FailedJob {
    job: JobId,
    state: JobState,
    reason: String,
    /// The line that tells best why its program failed; empty where it printed nothing.
    said: String,
    /// The path of its output that has something.
    output: String,
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
                    said: last_words(dir, *job),
                    output: output(dir, *job).display().to_string(),
                })
            })
            .collect::<Result<_, FsError>>()?;
        let stopped = if ended == LocalEnd::Finished { stopped(dir, &states)? } else { None };
        Ok(Self { states, failures, stopped, ended, elapsed, lacking: None })
    }

    /// Adds the number of jobs that were yet to be suggested when the workers of a submission had left.
    pub(super) fn with_lacking(
        self,
        jobs: usize,
        dir: &SweepDir,
        submission: SubmissionId,
    ) -> Self {
        let is_exhausted = dir.exhausted(submission).exists();
        let why = if is_exhausted { ": no other config meets the constraints" } else { "" };
        Self { lacking: (jobs > 0).then_some((jobs, why)), ..self }
    }

    /// Done if and only if every job of the launch is.
    pub(super) fn exit(&self) -> Exit {
        if self.lacking.is_none() && self.states.iter().all(|(_, state)| *state == JobState::Done) {
            Exit::Done
        } else {
            Exit::Incomplete
        }
    }

    /// The whole text, with the command to type next.
    pub(super) fn text(&self, sweep: &Sweep) -> String {
        let mut text = self.headline();
        if let Some(reason) = &self.stopped {
            write!(text, "\nstopped before all jobs were tried: {reason}")
                .expect("a string takes any text");
        }
        if let Some((jobs, why)) = self.lacking {
            let jobs = count(jobs, "job");
            write!(text, "\n{jobs} of SETUP.NUM_CONFIGS not suggested{why}")
                .expect("a string takes any text");
        }
        for FailedJob { job, state, reason, said, output } in &self.failures {
            let why = if reason.is_empty() { state.name() } else { reason };
            let said =
                if said.is_empty() { String::new() } else { format!(": {}", visible_line(said)) };
            write!(text, "\n  {job}  {why}{said}\n          {output}")
                .expect("a string takes any text");
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
                "to run the unfinished jobs: {}\nfor details: {}",
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

/// Returns the path of what a job's program wrote to standard error, or to standard output if that is all.
fn output(dir: &SweepDir, job: JobId) -> PathBuf {
    let (stdout, stderr) = (dir.stdout(job), dir.stderr(job));
    let has_text = |path: &Path| std::fs::metadata(path).is_ok_and(|meta| meta.len() > 0);
    if has_text(&stdout) && !has_text(&stderr) { stdout } else { stderr }
}

/// Returns the line that tells best why a job's program failed.
fn last_words(dir: &SweepDir, job: JobId) -> String {
    let end = |path: &Path| {
        let bytes = File::open(path).and_then(|mut file| read_end(&mut file, 0, TAIL));
        without_credentials(&String::from_utf8_lossy(&bytes.unwrap_or_default())).into_owned()
    };
    FailureReading::of(&end(&dir.stdout(job)), &end(&dir.stderr(job))).headline()
}

fn has_failed(state: &JobState) -> bool {
    let fine = [JobState::Done, JobState::Running, JobState::Waiting, JobState::Cancelled];
    !fine.contains(state)
}
