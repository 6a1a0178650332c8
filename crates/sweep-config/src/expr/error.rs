//! Errors of texts that are no expressions, and of expressions that have no value.

use std::fmt;

/// The reason why a text is no expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// The place of the error, in bytes from the start of the text.
    pub at: usize,
    /// The message.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The reason why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct EvalError(pub(super) String);

/// The result of an evaluation.
pub(super) type EvalResult<T> = Result<T, EvalError>;

/// Returns an error with this message.
pub(super) fn fail<T>(message: impl Into<String>) -> EvalResult<T> {
    Err(EvalError(message.into()))
}

/// Returns the error of a whole number that 64 bits do not hold.
pub(super) fn too_large() -> EvalError {
    EvalError("a whole number beyond 64 bits".to_owned())
}
