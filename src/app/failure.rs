//! Failures that end a binary before its work is done, and the exit code of each.

use std::error::Error;
use std::process::ExitCode;

use sweep_config::ConfigProblems;
use sweep_config::fs::FsError;

use crate::app::{Exit, Printer};

/// The reason why a binary could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The sweep config, or another config, is wrong.
    #[error(transparent)]
    Config(#[from] ConfigProblems),
    /// The request cannot be fulfilled.
    #[error("{message}")]
    Usage {
        /// The message.
        message: String,
        /// Advice on what to do next.
        hint: Option<String>,
    },
    /// SLURM refused or did not answer.
    #[error("{message}")]
    Slurm {
        /// SLURM's words.
        message: String,
        /// Advice on what to do next.
        hint: Option<String>,
    },
    /// Several things are wrong, and all are told.
    #[error("{heading}:{}", listed(.failures))]
    Several {
        /// The beginning of the message.
        heading: &'static str,
        /// The failures, two or more.
        failures: Vec<Failure>,
    },
    /// A file operation failed.
    #[error(transparent)]
    Files(#[from] FsError),
    /// A file of the sweep directory does not hold what it should.
    #[error("{message}")]
    Damaged {
        /// The message, with the file.
        message: String,
        /// Advice on what to do next.
        hint: Option<String>,
    },
}

impl Failure {
    /// Returns the failure of a request that cannot be fulfilled, with advice.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: Some(hint.into()) }
    }

    /// Puts failures into one; each that is several counts as those.
    ///
    /// # Errors
    ///
    /// When there are any.
    pub fn together(
        heading: &'static str,
        failures: impl IntoIterator<Item = Self>,
    ) -> Result<(), Self> {
        let each = failures.into_iter().flat_map(|failure| match failure {
            Self::Several { failures, .. } => failures,
            one => vec![one],
        });
        let mut failures: Vec<Self> = each.collect();
        match failures.len() {
            0 => Ok(()),
            1 => Err(failures.remove(0)),
            _ => Err(Self::Several { heading, failures }),
        }
    }

    /// Returns the exit code; the match is exhaustive so that no new failure forgets its own.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Config(_) | Self::Usage { .. } => Exit::Usage,
            Self::Slurm { .. } => Exit::Slurm,
            // What the config does wrong is to be changed first.
            Self::Several { failures, .. } => {
                let mut exits = failures.iter().map(Self::exit);
                let first = exits.next().unwrap_or(Exit::Usage);
                exits.find(|exit| *exit == Exit::Usage).unwrap_or(first)
            }
            Self::Files(_) | Self::Damaged { .. } => Exit::Files,
        }
    }

    fn hint(&self) -> Option<&str> {
        match self {
            Self::Config(_) | Self::Files(_) => None,
            Self::Several { .. } => Some("nothing was started: change the config and try again"),
            Self::Usage { hint, .. } | Self::Slurm { hint, .. } | Self::Damaged { hint, .. } => {
                hint.as_deref()
            }
        }
    }

    /// Returns the message with what to do about it, on one line.
    #[must_use]
    pub fn with_hint(&self) -> String {
        match self.hint() {
            Some(hint) => format!("{self}: {hint}"),
            None => self.to_string(),
        }
    }

    /// Returns the message with what to do about it and with the error beneath it, on one line.
    #[must_use]
    pub fn with_source(&self) -> String {
        let source = self.source().map(|source| format!(": {source}"));
        self.with_hint() + &source.unwrap_or_default()
    }

    /// Returns the chain of errors, outermost first, and the advice on a line of its own.
    fn report(&self) -> String {
        let mut text = format!("error: {self}");
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        if let Some(hint) = self.hint() {
            text.push_str("\n  hint: ");
            text.push_str(hint);
        }
        text
    }
}

/// Formats failures, a line each, with what to do about it.
fn listed(failures: &[Failure]) -> String {
    let lines = failures.iter().map(|failure| format!("\n- {}", failure.with_hint()));
    lines.collect::<Vec<_>>().concat()
}

/// Runs a binary's work, prints the failure if there is one, and returns the exit code.
pub fn run(work: impl FnOnce() -> Result<Exit, Failure>) -> ExitCode {
    match work() {
        Ok(exit) => exit.into(),
        Err(failure) => {
            Printer::new(true).error(failure.report());
            failure.exit().into()
        }
    }
}
