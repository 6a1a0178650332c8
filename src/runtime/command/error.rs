//! Defines the error of a command template: what is wrong, and where.

use crate::app::Failure;

/// An error in the template, or in a value that it names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("LAUNCH.COMMAND, line {line}, column {column}: {message}")]
pub struct CommandError {
    /// The line of the template, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// The description of the error.
    pub message: String,
    /// The advice on what to do about it.
    pub hint: String,
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        Self::usage(error.to_string(), error.hint)
    }
}
