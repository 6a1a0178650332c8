//! How an attempt ended, in a record's words (pure).

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use sweep_config::records::Outcome;

/// Why a worker ended a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The worker was told to stop.
    Cancelled,
    /// `TIME_LIMIT` was over, in minutes.
    TimedOut(u64),
    /// Another worker has taken the job over.
    Superseded,
}

/// What the record of an attempt says of its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) outcome: Outcome,
    pub(super) exit_code: Option<i32>,
    pub(super) signal: Option<i32>,
    pub(super) reason: String,
}

impl Verdict {
    /// Of a program that ended, by itself unless there was a `stop`.
    ///
    /// A program that was told to stop and then exits with 0 has saved its work, not done it.
    pub(super) fn of(status: ExitStatus, stop: Option<Stop>) -> Self {
        let (exit_code, signal) = (status.code(), status.signal());
        let (outcome, reason) = match stop {
            Some(Stop::Cancelled) => (Outcome::Cancelled, "stopped by Ctrl-C or SIGTERM".into()),
            Some(Stop::TimedOut(minutes)) => {
                (Outcome::TimedOut, format!("time limit of {minutes} min"))
            }
            Some(Stop::Superseded) => (Outcome::Lost, "taken over by another worker".into()),
            None => match (exit_code, signal) {
                (Some(0), _) => (Outcome::Done, String::new()),
                (Some(code), _) => (Outcome::Failed, exited(code)),
                (None, Some(signal)) => (Outcome::Failed, killed(signal)),
                (None, None) => (Outcome::Failed, "ended in an unknown way".into()),
            },
        };
        Self { outcome, exit_code, signal, reason }
    }

    /// Of a program that could not be started.
    pub(super) fn not_started(error: &std::io::Error) -> Self {
        let reason = format!("could not be started: {error}");
        Self { outcome: Outcome::Failed, exit_code: None, signal: None, reason }
    }

    /// Of an attempt whose worker died.
    pub(super) fn lost(pid: u32, host: &str) -> Self {
        let reason = format!("its worker (process {pid} on {host}) died before the program ended");
        Self { outcome: Outcome::Lost, exit_code: None, signal: None, reason }
    }
}

/// A shell passes a signal that ended its last command on as 128 plus its number.
fn exited(code: i32) -> String {
    let gloss = match code {
        126 => Some("the command cannot be executed".to_owned()),
        127 => Some("the command was not found".to_owned()),
        129..=159 => signal_name(code - 128).map(|name| format!("128 + {}: {name}", code - 128)),
        _ => None,
    };
    match gloss {
        Some(gloss) => format!("exited with code {code} ({gloss})"),
        None => format!("exited with code {code}"),
    }
}

fn killed(signal: i32) -> String {
    match signal_name(signal) {
        Some(name) => format!("killed by signal {signal} ({name})"),
        None => format!("killed by signal {signal}"),
    }
}

/// The signals that end programs, by Linux's numbers.
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
        assert_eq!(Verdict::of(exit(0), None).outcome, Outcome::Done);
        assert_eq!(Verdict::of(exit(0), Some(Stop::Cancelled)).outcome, Outcome::Cancelled);
        let timed_out = Verdict::of(exit(0), Some(Stop::TimedOut(60)));
        assert_eq!(timed_out.outcome, Outcome::TimedOut);
        assert_eq!(timed_out.reason, "time limit of 60 min");
    }

    #[test]
    fn the_reason_is_in_words() {
        let reason = |status| Verdict::of(status, None).reason;
        assert_eq!(reason(exit(3)), "exited with code 3");
        assert_eq!(reason(exit(127)), "exited with code 127 (the command was not found)");
        assert_eq!(reason(exit(139)), "exited with code 139 (128 + 11: SIGSEGV)");
        assert_eq!(reason(exit(200)), "exited with code 200");
        assert_eq!(reason(ExitStatus::from_raw(9)), "killed by signal 9 (SIGKILL)");
        assert_eq!(reason(ExitStatus::from_raw(40)), "killed by signal 40");
    }
}
