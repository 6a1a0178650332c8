//! `sweep_setup --schema`: the JSON Schema of sweep configs.

use crate::app::{Exit, Printer};

/// Prints the JSON Schema by which an editor completes and checks a sweep config.
#[must_use]
pub fn schema() -> Exit {
    Printer::new(false).json_text(&sweep_config::json_schema());
    Exit::Done
}
