//! What is wrong with a config: every problem of a file at once, each with its place.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceLocation {
    /// In a file; line and column count from 1, 0 stands for "the file as a whole".
    File {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
    },
    /// On the command line, as `--set KEY.PATH=VALUE`.
    Override {
        /// The argument as it was typed.
        text: String,
    },
}

/// One thing that is wrong with a config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// Where it was written.
    pub place: SourceLocation,
    /// The dotted key path, e.g. `SETUP.NUM_CONFIGS`; empty for a problem of the syntax.
    pub key: String,
    /// What is wrong: a lower-case fragment without a period.
    pub message: String,
    /// What to do about it, e.g. "did you mean `NUM_CONFIGS`?"
    pub hint: Option<String>,
}

/// All problems of a config, in the order of their places; never empty as an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigProblems(pub Vec<ConfigProblem>);

impl ConfigProblems {
    /// A report of one problem that concerns a file as a whole.
    #[must_use]
    pub fn of_file(path: &Path, message: impl Into<String>, hint: Option<String>) -> Self {
        let place = SourceLocation::File { path: path.to_owned(), line: 0, column: 0 };
        Self(vec![ConfigProblem { place, key: String::new(), message: message.into(), hint }])
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
