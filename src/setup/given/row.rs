//! A row of given values.

use sweep_config::Value;

/// The values that a row gives to a job: dotted keys and values.
pub(super) type GivenRow = Vec<(String, Value)>;

/// Parses a dotted parameter, without the plus by which Hydra adds a key; `None` if it is not one.
pub(super) fn dotted_key(text: &str) -> Option<String> {
    let key = text.trim().trim_start_matches('+');
    (!key.split('.').any(str::is_empty)).then(|| key.to_owned())
}
