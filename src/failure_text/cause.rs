//! The reading of one error: its cause, its class, and how many lines it takes.

use super::normalize::normalized;

/// The number of characters of an error that are shown, and compared.
pub(super) const SHOWN: usize = 300;

/// Why a program failed, by its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FailureCause {
    /// The line of the error, for people: trimmed, and at most [`SHOWN`] characters long.
    pub(crate) headline: String,
    /// Where in the user's own code it happened, `train.py:41 in step`, if the error says so.
    pub(crate) place: Option<String>,
    /// A text that is equal for equal causes.
    pub(crate) fingerprint: String,
}

impl FailureCause {
    /// Returns the cause of an error of which only its line is known.
    pub(super) fn of_line(text: &str) -> Self {
        Self::new(text, None, &normalized(excerpt(text)))
    }

    pub(super) fn new(headline: &str, place: Option<String>, fingerprint: &str) -> Self {
        let headline = headline.trim();
        let cut = excerpt(headline);
        let headline = if cut.len() < headline.len() {
            let last = cut.char_indices().next_back().map_or(0, |(at, _)| at);
            format!("{}…", &cut[..last])
        } else {
            cut.to_owned()
        };
        Self { headline, place, fingerprint: fingerprint.to_owned() }
    }
}

/// Returns the first [`SHOWN`] characters of a text.
pub(super) fn excerpt(text: &str) -> &str {
    text.char_indices().nth(SHOWN).map_or(text, |(end, _)| &text[..end])
}

/// An error that was recognized at the beginning of some lines.
pub(super) struct RecognizedError {
    /// The number of lines that it takes, at least one.
    pub(super) lines: usize,
    /// `None` for what looks like an error and tells nothing, such as a traceback without its end.
    pub(super) event: Option<(ErrorClass, FailureCause)>,
}

impl RecognizedError {
    /// Returns an error of one line.
    pub(super) fn line(class: ErrorClass, cause: FailureCause) -> Self {
        Self { lines: 1, event: Some((class, cause)) }
    }
}

/// How an error relates to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ErrorClass {
    /// Ended the program, if nothing came after it.
    Cause,
    /// SLURM ended the job: for its time, its memory, its node.
    Limit,
    /// Somebody ended the program: after a limit, that was SLURM.
    Interrupt,
    /// How a process died, which may be due to what it had said just before; also what the other
    /// processes say when one is gone.
    Death,
    /// A line that calls itself an error; programs go on after many of these.
    Said,
    /// Tells only that there was a failure elsewhere.
    Aftermath,
}
