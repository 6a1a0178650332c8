//! Rows of given values, and the tables that they form.

use sweep_config::Value;
use sweep_config::paths::{PathFault, parameter_path};

/// The values that a row gives to a job: dotted keys and values.
pub(crate) type GivenRow = Vec<(String, Value)>;

/// Rows of one origin, of which a job has one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GivenTable {
    /// The argument or the entrypoint, for messages.
    pub(super) source: String,
    pub(super) rows: Vec<GivenRow>,
    /// True if its keys may be new ones, as the plus says by which Hydra adds a key.
    pub(super) adds: bool,
    /// True if it is an argument of the command line.
    pub(super) is_argument: bool,
    /// Remarks on values that are no mistake for certain.
    pub(super) remarks: Vec<String>,
}

/// Parses a dotted parameter, an item of a list of the base config being `layers[0]`, without the plus by
/// which Hydra adds a key.
///
/// # Errors
///
/// Why it is none, in words.
pub(crate) fn dotted_key(text: &str, base: &Value) -> Result<String, String> {
    let key = text.trim().trim_start_matches('+');
    parameter_path(key, base, false).map_err(|PathFault { message, .. }| message)
}
