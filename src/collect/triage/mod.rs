//! Why jobs failed.

/// What a job died of, by the end of its `stderr.log`.
pub(crate) fn cause(tail: &str) -> Option<Cause> {
    let _ = tail;
    None
}

/// What a failed job died of, as its `stderr.log` says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Cause {
    /// The line that says it.
    pub(crate) headline: String,
    /// The innermost frame that is the user's own, if a traceback names one.
    pub(crate) place: Option<String>,
    /// What is equal for equal causes.
    pub(crate) fingerprint: String,
}
