//! The problems of a config: all of a file at once, each with its place.

use std::fmt;
use std::path::{Path, PathBuf};

/// The place where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceLocation {
    /// A place in a file; line and column count from 1, and 0 stands for the file as a whole.
    File {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
    },
    /// An argument `--set KEY.PATH=VALUE` of the command line.
    Override {
        /// The argument as it was typed.
        text: String,
    },
}

/// A problem of a config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The place of the problem.
    pub place: SourceLocation,
    /// The dotted key path, e.g. `SETUP.NUM_CONFIGS`; empty for a problem of the syntax.
    pub key: String,
    /// The message: a lower-case fragment without a period.
    pub message: String,
    /// Advice, e.g. "did you mean `NUM_CONFIGS`?"
    pub hint: Option<String>,
}

/// The problems of a config, in the order of their places; never empty as an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigProblems(pub Vec<ConfigProblem>);

impl ConfigProblems {
    /// Returns a report of one problem that concerns a file as a whole.
    #[must_use]
    pub fn of_file(path: &Path, message: impl Into<String>, hint: Option<String>) -> Self {
        let place = SourceLocation::File { path: path.to_owned(), line: 0, column: 0 };
        Self(vec![ConfigProblem { place, key: String::new(), message: message.into(), hint }])
    }

    /// Gives the first problem a line and a column, both from 1.
    pub(crate) fn place_first(&mut self, new_line: usize, new_column: usize) {
        if let Some(SourceLocation::File { line, column, .. }) =
            self.0.first_mut().map(|problem| &mut problem.place)
        {
            (*line, *column) = (new_line, new_column);
        }
    }
}

impl ConfigProblem {
    /// Returns the message with its place, as a part of another problem's.
    pub(crate) fn in_file(&self) -> String {
        format!("{}: {}", self.place, self.message)
    }
}

impl fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line: 0, .. } => write!(f, "{}", path.display()),
            Self::File { path, line, column } => write!(f, "{}:{line}:{column}", path.display()),
            Self::Override { text } => write!(f, "--set {text}"),
        }
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ConfigProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut problems = self.0.iter();
        if let Some(first) = problems.next() {
            write!(f, "{first}")?;
        }
        problems.try_for_each(|problem| write!(f, "\n{problem}"))
    }
}

impl std::error::Error for ConfigProblems {}
