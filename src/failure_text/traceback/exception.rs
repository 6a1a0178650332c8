//! An exception that was raised: what it is called, what it says, and where it comes from.

use super::frame::StackFrame;
use crate::failure_text::cause::{ErrorClass, FailureCause, excerpt};
use crate::failure_text::normalize::normalized;

/// Messages of a process whose partner is gone; the partner's own error says why.
const PEERS: [&str; 8] = [
    "Connection reset by peer",
    "Connection closed by",
    "Broken pipe",
    "exited unexpectedly",
    "NCCL error",
    "NCCL communicator was aborted",
    "Socket Timeout",
    "terminated abruptly",
];

/// The fingerprint of all failures for lack of GPU memory, whichever call asked for too much.
pub(in crate::failure_text) const GPU_MEMORY: &str = "CUDA out of memory";

/// An exception with the frames above it.
#[derive(Clone, Copy)]
pub(super) struct RaisedException<'a> {
    pub(super) name: &'a str,
    /// The first line of its message.
    pub(super) text: &'a str,
    /// The innermost frame in the user's own code.
    pub(super) users: Option<StackFrame<'a>>,
    /// The source of the innermost frame.
    pub(super) source: &'a str,
}

/// Splits the line of an exception into its name and its message; `is_expected` if a traceback stands
/// above it.
pub(super) fn exception(text: &str, is_expected: bool) -> Option<(&str, &str)> {
    let (name, message) = text.split_once(':').unwrap_or((text, ""));
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_name = |c: char| c.is_alphanumeric() || "_.()<>".contains(c);
    let is_such = ["Error", "Exception", "Interrupt", "Exit", "Warning", "Iteration", "Group"];
    let is_sure = is_such.iter().any(|end| last.ends_with(end));
    let is_likely =
        name.contains('.') || text.contains(':') || last.starts_with(char::is_uppercase);
    let begins = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_exception =
        begins && name.chars().all(is_name) && (is_sure || (is_expected && is_likely));
    is_exception.then(|| (name, message.trim()))
}

impl RaisedException<'_> {
    /// Returns the name without its package.
    pub(super) fn last_name(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or_default()
    }

    pub(super) fn class(&self) -> ErrorClass {
        let says = |of: &[&str]| of.iter().any(|words| self.text.contains(words));
        match self.last_name() {
            "KeyboardInterrupt" | "SignalException" => ErrorClass::Interrupt,
            "ChildFailedError" | "CalledProcessError" => ErrorClass::Aftermath,
            _ if says(&["is killed by signal: Terminated"]) => ErrorClass::Interrupt,
            "BrokenProcessPool"
            | "BrokenPipeError"
            | "EOFError"
            | "ConnectionResetError"
            | "DistBackendError"
            | "Empty" => ErrorClass::Death,
            _ if says(&PEERS) => ErrorClass::Death,
            _ => ErrorClass::Cause,
        }
    }

    pub(super) fn cause(&self) -> FailureCause {
        let place = self.users.map(|frame| frame.place());
        let headline = match (self.text, self.last_name()) {
            ("", "KeyboardInterrupt") => self.name.to_owned(),
            ("", _) if self.source.is_empty() => self.name.to_owned(),
            ("", _) => format!("{} ({})", self.name, self.source),
            (text, _) => format!("{}: {text}", self.name),
        };
        FailureCause::new(&headline, place, &self.fingerprint())
    }

    fn fingerprint(&self) -> String {
        let says = |words: &str| self.text.contains(words);
        if says("CUDA out of memory") || says("CUDA error: out of memory") {
            return GPU_MEMORY.to_owned();
        }
        // Wherever the program was when it was interrupted.
        if self.last_name() == "KeyboardInterrupt" {
            return self.name.to_owned();
        }
        // The numbers of a source line are the program's own.
        let says = if self.text.is_empty() {
            excerpt(self.source).to_owned()
        } else {
            normalized(excerpt(self.text))
        };
        let site = self.users.map(|frame| frame.identity()).unwrap_or_default();
        format!("{}: {says} | {site}", self.name)
    }
}
