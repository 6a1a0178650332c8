//! The one place that prints: data on stdout, all else on stderr.
//!
//! Credentials in what it prints for people are masked, as are the secret values of all sweeps that this process has
//! loaded, and no terminal acts on it.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::{PoisonError, RwLock};

use serde::Serialize;
use sweep_config::secrets::SecretValues;

use super::visible::{visible, visible_json};

/// Clears the terminal and goes to its first line.
const CLEAR: &str = "\u{1b}[2J\u{1b}[H";

/// The secret values of the sweeps that were loaded.
static SECRETS: RwLock<SecretValues> = RwLock::new(SecretValues::none());

/// The writer of all output: results to stdout, everything else to stderr.
///
/// Whatever a text holds, a terminal shows it and does not act on it (`visible`), and credentials in it are masked. A reader that went away
/// (`sweep_collect | head`) is no error of ours: what cannot be printed is dropped.
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

    /// Has every printer of this process mask these values from now on.
    pub(super) fn hide(values: &SecretValues) {
        SECRETS.write().unwrap_or_else(PoisonError::into_inner).add(values);
    }

    /// True if notes are suppressed.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Prints a result for a person on stdout.
    pub fn data(&self, text: impl Display) {
        let _ = writeln!(io::stdout().lock(), "{}", shown(&text.to_string()));
    }

    /// Prints a result for a program on stdout: JSON in one line.
    ///
    /// # Panics
    ///
    /// Panics if a map in it has keys that are no texts.
    pub fn json(&self, value: &impl Serialize) {
        self.json_text(&serde_json::to_string(value).expect("a result is plain data"));
    }

    /// Prints a result for a program on stdout: JSON that is written already.
    pub fn json_text(&self, json: &str) {
        let secrets = SECRETS.read().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(io::stdout().lock(), "{}", visible_json(&secrets.masked_json(json)));
    }

    /// Clears the terminal, to print a result afresh.
    pub fn clear(&self) {
        let _ = write!(io::stdout().lock(), "{CLEAR}");
    }

    /// Prints a note on stderr, unless the printer is quiet.
    pub fn note(&self, text: impl Display) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{}", shown(&text.to_string()));
        }
    }

    /// Prints a warning on stderr.
    pub fn warn(&self, text: impl Display) {
        let _ = writeln!(io::stderr().lock(), "warning: {}", shown(&text.to_string()));
    }

    /// Prints a question on stderr, without a line break.
    pub fn ask(&self, text: impl Display) {
        let _ = write!(io::stderr().lock(), "{} ", shown(&text.to_string()));
    }

    /// Prints an error on stderr.
    pub fn error(&self, text: impl Display) {
        let _ = writeln!(io::stderr().lock(), "{}", shown(&text.to_string()));
    }
}

/// Returns a text as a terminal may show it to whoever looks at it.
fn shown(text: &str) -> String {
    let secrets = SECRETS.read().unwrap_or_else(PoisonError::into_inner);
    visible(&secrets.without_secrets(text)).into_owned()
}
