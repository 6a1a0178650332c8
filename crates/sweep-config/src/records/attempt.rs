//! The journal of a job's attempts.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::format::{NewerFormat, check_format, stamped_line};
use crate::fs::{self, FsError};

/// A line of `attempts.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum AttemptEvent {
    /// A job's program is about to start.
    Start(AttemptStart),
    /// The program ended.
    End(AttemptEnd),
}

/// The start of an attempt: one start of a job's program.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AttemptStart {
    /// The attempt's number, from 1.
    pub attempt: u32,
    /// The submission it belongs to, e.g. `000001`; empty for a worker started by hand.
    #[serde(rename = "launch")]
    pub submission: String,
    /// The host name.
    pub host: String,
    /// The worker's process id.
    pub pid: u32,
    /// The time, RFC 3339 in UTC.
    pub started: String,
    /// The command line that the shell got, without values of variables and credentials.
    pub command: String,
    /// The SLURM task that it runs in, `123_4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slurm: Option<String>,
    /// The number of times that SLURM had started that task again before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub restarts: u32,
    /// The memory of that task, in MB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
    /// The record of what it runs on ([`SweepDir::environments`](crate::SweepDir::environments)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The state of the job, if another tool ran it and it was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<ImportedState>,
}

/// The state of a job that another tool ran.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportedState {
    /// The name of the state.
    pub state: String,
    /// Why it is not done, as far as that tool says so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// The end of an attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttemptEnd {
    /// The number of the attempt that ended.
    pub attempt: u32,
    /// The time, RFC 3339 in UTC.
    pub ended: String,
    /// Wall time of the program in seconds.
    pub seconds: f64,
    /// The outcome.
    pub outcome: Outcome,
    /// The program's exit code, unless a signal ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// The signal that ended the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// The reason in words; empty when the job is done.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The cause of the failure, if it is known and another try would not help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<PermanentCause>,
    /// A digest of the directory of an attempt that the time limit ended and that is to go on, so
    /// that the next one tells whether anything came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<String>,
}

/// The cause of a failure by the program's own words: the job's config is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PermanentCause {
    /// The GPU's memory does not suffice.
    CudaOutOfMemory,
    /// A number became infinite or not-a-number.
    NotANumber,
    /// The program does not know the command line, or there is no such program.
    Usage,
    /// The code of the program cannot run, whatever the node: a module or a name is missing, the syntax is wrong.
    Code,
    /// A cause that only a newer version of the toolkit knows.
    #[serde(other)]
    Other,
}

/// The outcome of an attempt.
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
    /// The node failed.
    NodeFailure,
    /// The user cancelled it.
    Cancelled,
    /// SLURM stopped its task for the sake of another, and starts it again.
    Preempted,
    /// The worker was killed before it could record how the program ended.
    Lost,
    /// The attempt is over, and its task was being ended at that moment: its exit code says nothing, and SLURM did
    /// not say yet what became of the task. A later line settles it; the job runs again meanwhile.
    Open,
}

/// An attempt, from its two lines of the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// The start.
    pub start: AttemptStart,
    /// The end, unless it is still running or its worker was killed.
    pub end: Option<AttemptEnd>,
}

impl Attempt {
    /// Takes the first word on the end, unless a later one says that the program was done, or takes it back.
    ///
    /// Another worker may have taken this one's for dead and written that the attempt was lost; only the
    /// attempt's own worker writes that it is done, and a result is a result. That worker alone takes its word
    /// back, by an end that is open: its task was being ended when the program exited. What follows settles it.
    fn note_end(&mut self, end: AttemptEnd) {
        let may_change = self.end.is_none() || self.is_open();
        if may_change || matches!(end.outcome, Outcome::Done | Outcome::Open) {
            self.end = Some(end);
        }
    }

    /// True if and only if the attempt is over and its outcome is still open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.outcome == Outcome::Open)
    }

    /// Returns why the attempt ended as it did; empty if it is done.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        let imported = || self.start.imported.as_ref().map(|imported| imported.reason.as_str());
        self.end.as_ref().map(|end| end.reason.as_str()).or_else(imported)
    }

    /// True if and only if the attempt ended well.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.outcome == Outcome::Done)
    }
}

/// True if and only if any attempt ended well, whatever the others did: it is the one that counts.
#[must_use]
pub fn is_done(attempts: &[Attempt]) -> bool {
    attempts.iter().any(Attempt::is_done)
}

/// Returns the attempt that says what became of the job: the first that is done, or else the last.
#[must_use]
pub fn decisive_attempt(attempts: &[Attempt]) -> Option<&Attempt> {
    attempts.iter().find(|attempt| attempt.is_done()).or_else(|| attempts.last())
}

/// Reads the attempts of a job, oldest first; none where the journal does not exist.
///
/// Lines that are torn or foreign are passed over: a worker that was killed while it wrote must not
/// cost the others. An end without its start is passed over too.
///
/// # Errors
///
/// When the journal is there and cannot be read, or a newer version wrote a line of it.
pub fn read_attempts(path: &Path) -> Result<Vec<Attempt>, FsError> {
    match fs::read(path) {
        Ok(bytes) => parse_attempts(&bytes).map_err(|newer| newer.of(path)),
        Err(e) if e.is_not_found() => Ok(Vec::new()),
        Err(e) => Err(e),
    }
}

/// Appends an event to the journal of a job; `sync` waits until it is on disk.
///
/// # Errors
///
/// When the line cannot be written.
pub fn append_event(journal: &Path, event: &AttemptEvent, sync: bool) -> Result<(), FsError> {
    fs::append_line(journal, &stamped_line(event), sync)
}

fn parse_attempts(bytes: &[u8]) -> Result<Vec<Attempt>, NewerFormat> {
    let mut attempts: Vec<Attempt> = Vec::new();
    for line in bytes.split(|&b| b == b'\n') {
        check_format(line)?;
        match serde_json::from_slice(line) {
            // A failing disk may report an error for a line that it did write, which comes twice then.
            Ok(AttemptEvent::Start(start))
                if attempts.last().is_some_and(|last| last.start == start) => {}
            Ok(AttemptEvent::Start(start)) => attempts.push(Attempt { start, end: None }),
            Ok(AttemptEvent::End(end)) => {
                let of = attempts.iter_mut().rev().find(|a| a.start.attempt == end.attempt);
                if let Some(attempt) = of {
                    attempt.note_end(end);
                }
            }
            Err(_) => {}
        }
    }
    Ok(attempts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(attempt: u32) -> AttemptStart {
        AttemptStart {
            attempt,
            submission: "000001".into(),
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
        stamped_line(event) + "\n"
    }

    fn parse(journal: &str) -> Vec<Attempt> {
        parse_attempts(journal.as_bytes()).unwrap()
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
        assert_eq!(parse(&journal), expected);
    }

    #[test]
    fn a_torn_line_costs_only_itself() {
        let whole = line(&AttemptEvent::Start(start(1)));
        let torn = &line(&AttemptEvent::End(end(1, Outcome::Done)))[..40];
        let journal = format!("{whole}{torn}\n{}", line(&AttemptEvent::Start(start(2))));
        let attempts = parse(&journal);
        assert_eq!(attempts.len(), 2);
        assert_eq!(attempts[0].end, None);
    }

    #[test]
    fn the_first_word_on_how_an_attempt_ended_stands() {
        let journal = line(&AttemptEvent::Start(start(1)))
            + &line(&AttemptEvent::End(end(1, Outcome::Done)))
            + &line(&AttemptEvent::End(end(1, Outcome::Lost)));
        let attempts = parse(&journal);
        assert_eq!(attempts[0].end, Some(end(1, Outcome::Done)));
    }

    #[test]
    fn a_result_is_not_lost_because_its_worker_was_taken_for_dead() {
        let journal = line(&AttemptEvent::Start(start(1)))
            + &line(&AttemptEvent::End(end(1, Outcome::Lost)))
            + &line(&AttemptEvent::Start(start(2)))
            + &line(&AttemptEvent::End(end(1, Outcome::Done)))
            + &line(&AttemptEvent::End(end(2, Outcome::Cancelled)));
        let attempts = parse(&journal);
        assert_eq!(attempts[0].end, Some(end(1, Outcome::Done)));
        assert!(is_done(&attempts) && !is_done(&attempts[1..]));
        assert_eq!(decisive_attempt(&attempts), Some(&attempts[0]));
    }

    #[test]
    fn an_open_end_takes_back_what_was_said_and_the_next_word_settles_it() {
        let open = line(&AttemptEvent::Start(start(1)))
            + &line(&AttemptEvent::End(end(1, Outcome::Done)))
            + &line(&AttemptEvent::End(end(1, Outcome::Open)));
        assert!(parse(&open)[0].is_open());
        for settled in [Outcome::Preempted, Outcome::Cancelled, Outcome::Done] {
            let later = line(&AttemptEvent::End(end(1, settled)))
                + &line(&AttemptEvent::End(end(1, Outcome::Lost)));
            let attempts = parse(&(open.clone() + &later));
            assert_eq!(attempts[0].end, Some(end(1, settled)));
        }
    }

    #[test]
    fn a_line_that_an_older_tool_would_misunderstand_is_refused() {
        let newer = "{\"event\":\"paused\",\"attempt\":1,\"format_version\":7}\n";
        let journal = line(&AttemptEvent::Start(start(1))) + newer;
        assert_eq!(parse_attempts(journal.as_bytes()), Err(NewerFormat { found: 7 }));
    }

    #[test]
    fn an_older_tool_reads_what_a_newer_one_wrote() {
        let newer =
            line(&AttemptEvent::Start(start(1))).replace("{\"event\"", "{\"gpu\":3,\"event\"");
        assert_eq!(parse(&newer), [Attempt { start: start(1), end: None }]);
    }
}
