//! Says how an attempt ended, in the words of its record (pure).

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use sweep_config::records::{JobState, Outcome, PermanentCause};

use super::cause::{cause, ran_out_of_memory};
use super::output::AttemptOutput;
use crate::failure_text::{FailureReading, likeness};
use crate::ledger::describe_end_with_task;

/// Why a worker ended a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::worker) enum StopCause {
    /// The worker was told to stop.
    Cancelled,
    /// `TIME_LIMIT`, in minutes, was reached.
    TimedOut(u64),
    /// The time limit of its task was near.
    TaskEnds(WarningStatus),
    /// The worker was told to stop because its task ends; why, SLURM says.
    TaskStopped,
    /// Another worker has taken over the job.
    Superseded,
    /// An earlier attempt, of this number, was taken for dead and turned out to be done.
    DoneBefore(u32),
}

/// The state of the warning before the time limit of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::worker) enum WarningStatus {
    No,
    /// The program does not listen to the signal, and did not get it.
    Unheard,
    Heard,
}

/// The end of an attempt, as its record describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::worker) struct AttemptVerdict {
    pub(in crate::worker) outcome: Outcome,
    pub(in crate::worker) exit_code: Option<i32>,
    pub(in crate::worker) signal: Option<i32>,
    pub(in crate::worker) reason: String,
    pub(in crate::worker) cause: Option<PermanentCause>,
    /// The most telling line of a program that failed by itself; empty if it printed nothing.
    pub(in crate::worker) last_words: String,
    /// The text that failures of one kind share; empty for a program that did not fail by itself.
    pub(in crate::worker) likeness: String,
    /// The digest of the output directory, for an attempt whose job continues in another task.
    pub(in crate::worker) progress: Option<String>,
}

impl AttemptVerdict {
    /// Returns the verdict on a program that ended by itself, or for the cause `stop`.
    ///
    /// A program that was told to stop and then exits with 0 has saved its work, not finished it.
    pub(in crate::worker) fn of(status: ExitStatus, stop: Option<StopCause>) -> Self {
        let (exit_code, signal) = (status.code(), status.signal());
        let (outcome, reason) = match stop {
            Some(StopCause::Cancelled) => {
                (Outcome::Cancelled, "stopped by Ctrl-C or SIGTERM".into())
            }
            Some(StopCause::TimedOut(minutes)) => {
                (Outcome::TimedOut, format!("time limit of {minutes} min"))
            }
            Some(StopCause::TaskEnds(warned)) => {
                (Outcome::TimedOut, describe_task_end(warned).into())
            }
            Some(StopCause::TaskStopped) => {
                (Outcome::Open, describe_end_with_task(Outcome::Open).into())
            }
            Some(StopCause::Superseded) => (Outcome::Lost, "taken over by another worker".into()),
            Some(StopCause::DoneBefore(attempt)) => (
                Outcome::Cancelled,
                format!("attempt {attempt} turned out to be done and counts instead"),
            ),
            None => match (exit_code, signal) {
                (Some(0), _) => (Outcome::Done, String::new()),
                (Some(code), _) => (Outcome::Failed, describe_exit(code)),
                (None, Some(signal)) => (Outcome::Failed, describe_signal(signal)),
                (None, None) => (Outcome::Failed, "ended for an unknown reason".into()),
            },
        };
        Self {
            outcome,
            exit_code,
            signal,
            reason,
            cause: None,
            last_words: String::new(),
            likeness: String::new(),
            progress: None,
        }
    }

    /// Returns the verdict on a job whose program, which is kept alive, ended before it answered. `fault`: why it was ended.
    pub(in crate::worker) fn unanswered(
        status: ExitStatus,
        fault: Option<String>,
        stop: Option<StopCause>,
    ) -> Self {
        if let Some(fault) = fault {
            return Self::without_status(Outcome::Failed, fault);
        }
        let verdict = Self::of(status, stop);
        if verdict.outcome == Outcome::Done {
            let reason = "its program exited with code 0 before it answered".to_owned();
            return Self { outcome: Outcome::Failed, reason, ..verdict };
        }
        verdict
    }

    /// Adds what the program itself said of its failure. `killed_for_memory`: the kernel has
    /// meanwhile killed a process of this worker's control group for want of memory.
    pub(in crate::worker) fn explained(
        mut self,
        output: &AttemptOutput,
        killed_for_memory: bool,
    ) -> Self {
        if self.outcome != Outcome::Failed {
            return self;
        }
        let reading = FailureReading::of(&output.stdout, &output.stderr);
        let killed = self.signal == Some(9) || self.exit_code == Some(128 + 9);
        if ran_out_of_memory(&reading, killed_for_memory, killed) {
            self.outcome = Outcome::OutOfMemory;
            self.reason.push_str(": out of memory");
        } else {
            self.cause = cause(&reading, self.exit_code);
            self.reason.push_str(match self.cause {
                Some(PermanentCause::CudaOutOfMemory) => ": the GPU ran out of memory",
                Some(PermanentCause::NotANumber) => ": the loss is NaN",
                Some(PermanentCause::Usage) if self.exit_code == Some(2) => {
                    ": it rejected its command line"
                }
                Some(PermanentCause::Usage | PermanentCause::Code | PermanentCause::Other)
                | None => "",
            });
        }
        self.last_words = reading.headline();
        let said = reading.last_line().unwrap_or_else(|| self.reason.clone());
        let status = (self.exit_code, self.signal);
        let state = JobState::from(self.outcome);
        self.likeness = likeness(&state, reading.cause(), Some(&said), status);
        self
    }

    /// Returns the failure in words, with the most telling line of the program's output.
    pub(in crate::worker) fn example(&self) -> String {
        let separator = if self.last_words.is_empty() { "" } else { ": " };
        format!("{}{separator}{}", self.reason, self.last_words)
    }

    /// Returns the verdict on a program that could not be started.
    pub(in crate::worker) fn not_started(error: &std::io::Error) -> Self {
        let reason = format!("could not be started: {error}");
        Self::without_status(Outcome::Failed, reason)
    }

    /// Returns the verdict on an attempt whose worker died.
    pub(in crate::worker) fn lost(pid: u32, host: &str) -> Self {
        let reason = format!("its worker (process {pid} on {host}) died before the program ended");
        Self::without_status(Outcome::Lost, reason)
    }

    /// Returns the verdict on an attempt in another directory, of which this one is a copy.
    pub(in crate::worker) fn left_in(original: &str) -> Self {
        let reason = format!(
            "started in `{original}`, of which this directory is a copy, and did not end here"
        );
        Self::without_status(Outcome::Lost, reason)
    }

    /// Returns the verdict on an attempt whose node died.
    pub(in crate::worker) fn node_failure(node: &str) -> Self {
        let reason = format!("its node {node} went down before the program ended");
        Self::without_status(Outcome::NodeFailure, reason)
    }

    /// Returns the verdict on an attempt whose worker is dead, where SLURM says how its task ended.
    pub(in crate::worker) fn by_slurm(outcome: Outcome, node: &str) -> Self {
        let how = match outcome {
            Outcome::NodeFailure => return Self::node_failure(node),
            Outcome::Preempted => "preempted by SLURM",
            Outcome::TimedOut => "time limit of its task",
            Outcome::OutOfMemory => "memory limit of its task",
            Outcome::Cancelled => "cancelled with its task",
            Outcome::Open => "its task ended; SLURM's accounting does not say how yet",
            _ => "its task ended",
        };
        Self::without_status(
            outcome,
            format!("{how}, on {node}, before its worker recorded the end"),
        )
    }

    /// Returns the verdict with the outcome that its task's end gives it; the exit status stays in the record.
    pub(in crate::worker) fn settled(&self, outcome: Outcome) -> Self {
        Self {
            exit_code: self.exit_code,
            signal: self.signal,
            ..Self::without_status(outcome, describe_end_with_task(outcome).into())
        }
    }

    fn without_status(outcome: Outcome, reason: String) -> Self {
        Self {
            outcome,
            exit_code: None,
            signal: None,
            reason,
            cause: None,
            last_words: String::new(),
            likeness: String::new(),
            progress: None,
        }
    }
}

fn describe_task_end(warned: WarningStatus) -> &'static str {
    match warned {
        WarningStatus::Heard => "time limit of its task; it was warned and ended",
        WarningStatus::Unheard => "time limit of its task; it does not handle LAUNCH.SIGNAL",
        WarningStatus::No => "time limit of its task",
    }
}

/// Describes an exit code. A shell passes on a signal that ended its last command as 128 plus its
/// number.
fn describe_exit(code: i32) -> String {
    let gloss = match code {
        126 => Some("the command is not executable".to_owned()),
        127 => Some("the command was not found".to_owned()),
        129..=159 => signal_name(code - 128).map(|name| format!("128 + {}: {name}", code - 128)),
        _ => None,
    };
    match gloss {
        Some(gloss) => format!("exited with code {code} ({gloss})"),
        None => format!("exited with code {code}"),
    }
}

fn describe_signal(signal: i32) -> String {
    match signal_name(signal) {
        Some(name) => format!("killed by signal {signal} ({name})"),
        None => format!("killed by signal {signal}"),
    }
}

/// Returns the name of a signal that ends programs, by its number on Linux.
fn signal_name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exit(code: i32) -> ExitStatus {
        ExitStatus::from_raw(code << 8)
    }

    #[test]
    fn only_a_program_that_exits_with_0_by_itself_is_done() {
        assert_eq!(AttemptVerdict::of(exit(0), None).outcome, Outcome::Done);
        assert_eq!(
            AttemptVerdict::of(exit(0), Some(StopCause::Cancelled)).outcome,
            Outcome::Cancelled
        );
        let timed_out = AttemptVerdict::of(exit(0), Some(StopCause::TimedOut(60)));
        assert_eq!(timed_out.outcome, Outcome::TimedOut);
        assert_eq!(timed_out.reason, "time limit of 60 min");
    }

    #[test]
    fn the_reason_is_in_words() {
        let reason = |status| AttemptVerdict::of(status, None).reason;
        assert_eq!(reason(exit(3)), "exited with code 3");
        assert_eq!(reason(exit(127)), "exited with code 127 (the command was not found)");
        assert_eq!(reason(exit(139)), "exited with code 139 (128 + 11: SIGSEGV)");
        assert_eq!(reason(exit(200)), "exited with code 200");
        assert_eq!(reason(ExitStatus::from_raw(9)), "killed by signal 9 (SIGKILL)");
        assert_eq!(reason(ExitStatus::from_raw(40)), "killed by signal 40");
    }

    #[test]
    fn a_kill_counts_as_out_of_memory_only_with_evidence() {
        let silent = AttemptOutput::default();
        let killed = |evidence| {
            AttemptVerdict::of(ExitStatus::from_raw(9), None).explained(&silent, evidence)
        };
        assert_eq!(killed(false).outcome, Outcome::Failed);
        assert_eq!(killed(true).outcome, Outcome::OutOfMemory);
        assert_eq!(killed(true).reason, "killed by signal 9 (SIGKILL): out of memory");
        let failed = AttemptVerdict::of(exit(1), None).explained(&silent, true);
        assert_eq!(failed.outcome, Outcome::Failed, "another process was killed");
        let stop = Some(StopCause::Cancelled);
        let stopped = AttemptVerdict::of(ExitStatus::from_raw(9), stop).explained(&silent, true);
        assert_eq!(stopped.outcome, Outcome::Cancelled, "we killed it");
    }

    #[test]
    fn a_known_cause_is_in_the_reason() {
        let stderr = "FloatingPointError: Loss became infinite or NaN at iteration=3!\n".to_owned();
        let output = AttemptOutput { stderr, ..AttemptOutput::default() };
        let verdict = AttemptVerdict::of(exit(1), None).explained(&output, false);
        assert_eq!(verdict.cause, Some(PermanentCause::NotANumber));
        assert_eq!(verdict.reason, "exited with code 1: the loss is NaN");
    }
}
