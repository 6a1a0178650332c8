//! The one place that prints: data on stdout, all else on stderr.

use std::fmt::Display;
use std::io::{self, Write};

/// The writer of all output: results to stdout, everything else to stderr.
///
/// A reader that went away (`sweep_collect | head`) is no error of ours: what cannot be printed is
/// dropped.
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    quiet: bool,
}

impl Printer {
    /// Returns a printer that, if `quiet`, prints only results, warnings and errors.
    #[must_use]
    pub fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// True if notes are suppressed.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Prints a result on stdout.
    pub fn data(&self, text: impl Display) {
        let _ = writeln!(io::stdout().lock(), "{text}");
    }

    /// Prints a note on stderr, unless the printer is quiet.
    pub fn note(&self, text: impl Display) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }

    /// Prints a warning on stderr.
    pub fn warn(&self, text: impl Display) {
        let _ = writeln!(io::stderr().lock(), "warning: {text}");
    }

    /// Prints a question on stderr, without a line break.
    pub fn ask(&self, text: impl Display) {
        let _ = write!(io::stderr().lock(), "{text} ");
    }

    /// Prints an error on stderr.
    pub fn error(&self, text: impl Display) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }
}
