//! What the stages leave for each other beside the configs: plain JSON that any tool can read.
//!
//! Readers ignore fields they do not know, so that an older tool reads what a newer one wrote.

use std::collections::BTreeMap;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::dir::JobId;
use crate::fs::{self, FsError};

/// The version of every record below; raised when an old reader would misunderstand a new file.
pub const FORMAT_VERSION: u32 = 1;

/// `setup.json`: where the configs of a sweep come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetupRecord {
    /// [`FORMAT_VERSION`] of the writer.
    pub format_version: u32,
    /// The version of the toolkit.
    pub tool_version: String,
    /// `SETUP.RNG_SEED`.
    pub seed: u64,
    /// `SETUP.NUM_CONFIGS`.
    pub requested: u64,
    /// How many configs were written.
    pub kept: u64,
    /// How many candidates were drawn for them.
    pub candidates: u64,
    /// How many candidates repeated an earlier one.
    pub duplicates: u64,
    /// How many candidates each constraint turned down, by its key.
    pub rejections: BTreeMap<String, u64>,
    /// The `--set` arguments, as typed.
    pub overrides: Vec<String>,
    /// The `--sweep` arguments, as typed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sweeps: Vec<String>,
    /// The parameters that describe each job, dotted, in the order of the descriptions.
    #[serde(default)]
    pub params: Vec<String>,
    /// How the jobs of a config differ, where each has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicates: Option<ReplicateRecord>,
    /// The sweeps whose results stand for jobs of this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reused: Vec<ReusedSweep>,
    /// The times that configs were appended, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<SetupExtension>,
    /// The rounds in which the configs were drawn, oldest first; none in a record of an older version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rounds: Vec<RoundRecord>,
}

/// One round of drawing: of the setup, or of an extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundRecord {
    /// The number of its first config.
    pub from: u64,
    /// The number behind that of its last config.
    pub to: u64,
    /// `SETUP.RNG_SEED`.
    pub seed: u64,
    /// The numbers of the candidates that were tried: from the first to before the second.
    pub candidates: (u64, u64),
    /// The digest of the design space; none where a user's program judges candidates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<String>,
    /// The digest of the config files, in their order.
    pub configs: String,
}

/// Several jobs of each config: job `i` is of config `i / count`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplicateRecord {
    /// How many jobs each config has.
    pub count: u32,
    /// The key of the job config that has their seed, the only one in which they differ.
    pub key: String,
}

/// Jobs that another sweep had done: their log directories are links into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReusedSweep {
    /// The sweep directory.
    pub sweep: String,
    /// How many jobs.
    pub jobs: u64,
}

/// One `sweep_setup --extend`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupExtension {
    /// How many configs there were before.
    pub from: u64,
    /// How many there were after.
    pub to: u64,
    /// The keys of the sweep config by which its design space differs from the one before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// Where they differ, the file beside `sweep_cfg.yaml` that keeps the config before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep_cfg_before: Option<String>,
    /// The version of the toolkit.
    pub tool_version: String,
}

impl SetupRecord {
    /// Reads `setup.json`; nothing where it does not exist, as in a sweep that another tool set up.
    ///
    /// # Errors
    ///
    /// When it is there and cannot be read, or is damaged.
    pub fn read(path: &Path) -> Result<Option<Self>, FsError> {
        read_json(path)
    }
}

/// The record in a file; nothing where there is no file.
fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, FsError> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| FsError::new("understand", path, error.into())),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// `code.json`: where the snapshot of the code in `code/` comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRecord {
    /// The directory that was copied.
    pub source: String,
    /// When, RFC 3339 in UTC.
    pub copied: String,
    /// How many files and links.
    pub files: u64,
    /// How many bytes.
    pub bytes: u64,
    /// The commit, where it is a git repository; `code.diff` has what is not committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git: Option<GitRecord>,
}

impl CodeRecord {
    /// Reads `code.json`; nothing where it does not exist, as in a sweep without a copy of its code.
    ///
    /// # Errors
    ///
    /// When it is there and cannot be read, or is damaged.
    pub fn read(path: &Path) -> Result<Option<Self>, FsError> {
        read_json(path)
    }
}

/// A state of a git repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitRecord {
    /// The commit's hash.
    pub commit: String,
    /// The branch; none of a detached head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Whether anything is not committed.
    pub is_dirty: bool,
    /// The address of `origin`, without credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
}

/// `launches/000001/submission.json`: one call of `sweep_launch` that was confirmed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubmissionRecord {
    /// [`FORMAT_VERSION`] of the writer.
    pub format_version: u32,
    /// The version of the toolkit.
    pub tool_version: String,
    /// `local` or `slurm`.
    pub executor: String,
    /// When it was confirmed, RFC 3339 in UTC.
    pub submitted: String,
    /// On which host.
    pub host: String,
    /// The command template, as the config has it (or the default).
    pub command: String,
    /// The directory that the jobs run in.
    pub code_dir: String,
    /// How many workers at once.
    pub workers: usize,
    /// The numbers of its jobs, as sorted, inclusive ranges.
    pub jobs: Vec<(u32, u32)>,
    /// Whether jobs that are appended to the sweep later are its own too: it was to run all.
    #[serde(default)]
    pub takes_new: bool,
    /// The job arrays that it is to be submitted as, in their order; none on this machine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<JobArray>,
    /// The `--set` arguments, as typed.
    pub overrides: Vec<String>,
}

/// A job array of a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobArray {
    /// Its number in the submission, from 0.
    pub number: u32,
    /// The job name that SLURM knows it by; no other submission has it.
    pub name: String,
    /// The partition; empty for the cluster's default.
    pub partition: String,
    /// How many tasks it has; their indices count from 0.
    pub tasks: u32,
    /// How many of them may run at once.
    pub parallel: u32,
    /// How many jobs a task runs side by side.
    #[serde(default = "one")]
    pub slots: u32,
    /// How many jobs each of these slots may settle; 0 for as many as its time suffices for, and to start again
    /// while there are more, where the cluster takes fewer tasks than the jobs would need.
    pub quota: u32,
    /// Its jobs, as sorted, inclusive ranges: task `i` begins with the `i`-th portion of them.
    pub jobs: Vec<(u32, u32)>,
    /// Whether it runs its own jobs only, and the parts after it wait until all of them are done.
    #[serde(default)]
    pub canary: bool,
}

fn one() -> u32 {
    1
}

impl JobArray {
    /// The numbers of the jobs that a task begins with, in order; empty beyond the last task.
    #[must_use]
    pub fn portion(&self, task: u32) -> Vec<u32> {
        let jobs = || self.jobs.iter().flat_map(|&(first, last)| first..=last);
        let total: usize = self.jobs.iter().map(|(first, last)| (last - first) as usize + 1).sum();
        let size = total.div_ceil(self.tasks.max(1) as usize);
        jobs().skip(size.saturating_mul(task as usize)).take(size).collect()
    }
}

impl SubmissionRecord {
    /// Whether a job is one of its jobs.
    #[must_use]
    pub fn has(&self, job: JobId) -> bool {
        let after = self.jobs.partition_point(|(first, _)| *first <= job.0);
        after > 0 && job.0 <= self.jobs[after - 1].1
    }
}

/// `launches/000001/0000.json`: what SLURM said to a [`JobArray`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedArray {
    /// The part's unique name.
    pub name: String,
    /// The number of the array.
    pub job_id: u64,
    /// The cluster, where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// When, RFC 3339 in UTC.
    pub submitted: String,
}

/// `launches/000001/stopped.json`: why no job of a submission is started any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionStop {
    /// Why, in a sentence.
    pub reason: String,
    /// A job that shows it.
    pub example: u32,
    /// When, RFC 3339 in UTC.
    pub stopped: String,
}

/// One line of `attempts.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum AttemptEvent {
    /// A job's program is about to start.
    Start(AttemptStart),
    /// It ended.
    End(AttemptEnd),
}

/// The start of an attempt: one start of a job's program.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AttemptStart {
    /// The attempt's number, from 1.
    pub attempt: u32,
    /// The submission it belongs to, e.g. `000001`; empty for a worker started by hand.
    pub launch: String,
    /// The host name.
    pub host: String,
    /// The worker's process id.
    pub pid: u32,
    /// When, RFC 3339 in UTC.
    pub started: String,
    /// The command line as the shell got it.
    pub command: String,
    /// The SLURM task that it runs in, `123_4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slurm: Option<String>,
    /// The memory of that task, in MB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
    /// The record of what it runs on ([`SweepDir::environments`](crate::SweepDir::environments)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

/// The end of an attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttemptEnd {
    /// The number of the attempt that ended.
    pub attempt: u32,
    /// When, RFC 3339 in UTC.
    pub ended: String,
    /// Wall time of the program in seconds.
    pub seconds: f64,
    /// How it ended.
    pub outcome: Outcome,
    /// The program's exit code, unless a signal ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// The signal that ended the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// Why it ended so, in words; empty when it is done.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What the failure comes from, where it is known and another try would not help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<PermanentCause>,
    /// Of an attempt that the time limit ended and that is to go on: what its directory held, so
    /// that the next one tells whether anything came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<String>,
}

/// What the program itself said of its failure: the job's config is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PermanentCause {
    /// The GPU's memory does not suffice.
    CudaOutOfMemory,
    /// A number became infinite or none at all.
    NotANumber,
    /// The program does not know the command line, or there is no such program.
    Usage,
    /// A word of a newer version of the toolkit.
    #[serde(other)]
    Other,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The program exited with 0.
    Done,
    /// The program exited with another code or by a signal of its own making.
    Failed,
    /// The time limit ended it.
    TimedOut,
    /// The memory limit ended it.
    OutOfMemory,
    /// Its node failed.
    NodeFailure,
    /// The user stopped it.
    Cancelled,
    /// SLURM stopped its task for the sake of another, and starts it again.
    Preempted,
    /// Its worker was killed before it could say how the program ended.
    Lost,
}

/// An attempt as its two lines tell it.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// The start.
    pub start: AttemptStart,
    /// The end, unless it is still running or its worker was killed.
    pub end: Option<AttemptEnd>,
}

/// Reads the attempts of a job, oldest first; none where the journal does not exist.
///
/// Lines that are torn or foreign are passed over: a worker that was killed while it wrote must not
/// cost the others. An end without its start is passed over too.
///
/// # Errors
///
/// When the journal is there and cannot be read.
pub fn read_attempts(path: &Path) -> Result<Vec<Attempt>, FsError> {
    match fs::read(path) {
        Ok(bytes) => Ok(parse_attempts(&bytes)),
        Err(e) if e.is_not_found() => Ok(Vec::new()),
        Err(e) => Err(e),
    }
}

fn parse_attempts(bytes: &[u8]) -> Vec<Attempt> {
    let mut attempts: Vec<Attempt> = Vec::new();
    for line in bytes.split(|&b| b == b'\n') {
        match serde_json::from_slice(line) {
            Ok(AttemptEvent::Start(start)) => attempts.push(Attempt { start, end: None }),
            Ok(AttemptEvent::End(end)) => {
                let of = attempts.iter_mut().rev().find(|a| a.start.attempt == end.attempt);
                if let Some(attempt) = of {
                    attempt.end.get_or_insert(end);
                }
            }
            Err(_) => {}
        }
    }
    attempts
}

/// The state of a job.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JobState {
    /// Nobody has it.
    Waiting,
    /// SLURM has it and has not started it.
    Queued,
    /// A living worker runs it.
    Running,
    /// It ended well.
    Done,
    /// Its last attempt failed.
    Failed,
    /// The time limit ended its last attempt.
    TimedOut,
    /// The memory limit ended its last attempt.
    OutOfMemory,
    /// The node of its last attempt failed.
    NodeFailure,
    /// The user stopped it.
    Cancelled,
    /// Its worker is dead and left no word on how the program ended.
    Lost,
    /// A word of SLURM's that we do not know, as it is.
    Other(String),
}

impl From<Outcome> for JobState {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::Done,
            Outcome::Failed => Self::Failed,
            Outcome::TimedOut => Self::TimedOut,
            Outcome::OutOfMemory => Self::OutOfMemory,
            Outcome::NodeFailure => Self::NodeFailure,
            Outcome::Cancelled => Self::Cancelled,
            // It was not the job's turn any more, and nothing ended.
            Outcome::Preempted => Self::Waiting,
            Outcome::Lost => Self::Lost,
        }
    }
}

impl JobState {
    /// All but a word that we do not know.
    pub const NAMED: [Self; 10] = [
        Self::Waiting,
        Self::Queued,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::TimedOut,
        Self::OutOfMemory,
        Self::NodeFailure,
        Self::Cancelled,
        Self::Lost,
    ];

    /// The state's name as files and tables have it: `done`, `timed out`, …
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Waiting => "waiting",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::TimedOut => "timed out",
            Self::OutOfMemory => "out of memory",
            Self::NodeFailure => "node failure",
            Self::Cancelled => "cancelled",
            Self::Lost => "lost",
            Self::Other(word) => word,
        }
    }

    /// True if and only if the state needs somebody's attention.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        !matches!(self, Self::Waiting | Self::Queued | Self::Running | Self::Done | Self::Cancelled)
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self::NAMED
            .into_iter()
            .find(|state| state.name() == name)
            .unwrap_or_else(|| Self::Other(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(attempt: u32) -> AttemptStart {
        AttemptStart {
            attempt,
            launch: "000001".into(),
            host: "n7".into(),
            pid: 42,
            started: "2026-01-01T00:00:00Z".into(),
            command: "true".into(),
            ..AttemptStart::default()
        }
    }

    fn end(attempt: u32, outcome: Outcome) -> AttemptEnd {
        AttemptEnd {
            attempt,
            ended: "2026-01-01T00:00:01Z".into(),
            seconds: 1.0,
            outcome,
            exit_code: Some(0),
            signal: None,
            reason: String::new(),
            cause: None,
            progress: None,
        }
    }

    fn line(event: &AttemptEvent) -> String {
        serde_json::to_string(event).unwrap() + "\n"
    }

    #[test]
    fn attempts_are_read_as_they_were_written() {
        let journal = line(&AttemptEvent::Start(start(1)))
            + &line(&AttemptEvent::End(end(1, Outcome::Failed)))
            + &line(&AttemptEvent::Start(start(2)));
        let expected = [
            Attempt { start: start(1), end: Some(end(1, Outcome::Failed)) },
            Attempt { start: start(2), end: None },
        ];
        assert_eq!(parse_attempts(journal.as_bytes()), expected);
    }

    #[test]
    fn a_torn_line_costs_only_itself() {
        let whole = line(&AttemptEvent::Start(start(1)));
        let torn = &line(&AttemptEvent::End(end(1, Outcome::Done)))[..40];
        let journal = format!("{whole}{torn}\n{}", line(&AttemptEvent::Start(start(2))));
        let attempts = parse_attempts(journal.as_bytes());
        assert_eq!(attempts.len(), 2);
        assert_eq!(attempts[0].end, None);
    }

    #[test]
    fn the_first_word_on_how_an_attempt_ended_stands() {
        let journal = line(&AttemptEvent::Start(start(1)))
            + &line(&AttemptEvent::End(end(1, Outcome::Done)))
            + &line(&AttemptEvent::End(end(1, Outcome::Lost)));
        let attempts = parse_attempts(journal.as_bytes());
        assert_eq!(attempts[0].end, Some(end(1, Outcome::Done)));
    }

    #[test]
    fn an_older_tool_reads_what_a_newer_one_wrote() {
        let newer =
            line(&AttemptEvent::Start(start(1))).replace("{\"event\"", "{\"gpu\":3,\"event\"");
        assert_eq!(parse_attempts(newer.as_bytes()), [Attempt { start: start(1), end: None }]);
    }

    #[test]
    fn the_tasks_of_a_part_share_its_jobs() {
        let part = JobArray {
            number: 0,
            name: String::new(),
            partition: String::new(),
            tasks: 3,
            parallel: 3,
            slots: 1,
            quota: 1,
            jobs: vec![(0, 1), (5, 6), (9, 9)],
            canary: false,
        };
        let portions: Vec<Vec<u32>> = (0..4).map(|task| part.portion(task)).collect();
        assert_eq!(portions, [vec![0, 1], vec![5, 6], vec![9], vec![]]);
    }

    #[test]
    fn every_state_is_found_by_its_name_and_a_foreign_one_is_kept() {
        for name in ["waiting", "done", "timed out", "out of memory", "lost", "SPECIAL_EXIT"] {
            assert_eq!(JobState::from_name(name).name(), name);
        }
        assert_eq!(JobState::from_name("done"), JobState::Done);
        assert_eq!(JobState::from_name("BOOT_FAIL"), JobState::Other("BOOT_FAIL".into()));
    }
}
