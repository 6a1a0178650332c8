//! The one place that prints: data on stdout, all else on stderr.

use std::fmt::Display;
use std::io::{self, Write};

/// Decides what is said, and where.
///
/// A reader that went away (`sweep_collect | head`) is no error of ours: what cannot be printed is
/// dropped.
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    quiet: bool,
}

impl Printer {
    /// A printer that, if `quiet`, says only results, warnings and errors.
    #[must_use]
    pub fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// True if and only if notes are wanted.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Prints what was asked for, on stdout.
    pub fn data(&self, text: impl Display) {
        let _ = writeln!(io::stdout().lock(), "{text}");
    }

    /// Prints what a person may like to know, on stderr.
    pub fn note(&self, text: impl Display) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }

    /// Prints what a person must know though the work goes on, on stderr.
    pub fn warn(&self, text: impl Display) {
        let _ = writeln!(io::stderr().lock(), "warning: {text}");
    }

    /// Prints a question on stderr; the cursor stays behind it.
    pub fn ask(&self, text: impl Display) {
        let _ = write!(io::stderr().lock(), "{text} ");
    }

    /// Prints why the work ended, on stderr.
    pub fn error(&self, text: impl Display) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }
}
