//! The sections of the report, each from groups of jobs to a view. What cannot be shown is said.

mod config;
mod curves;
mod edf;
mod jobs;
mod model_keys;
mod models;
mod overview;
mod panels;
mod trends;
mod values;
mod words;

pub use config::config;
pub use curves::{Which, curves};
pub use edf::edf;
pub use jobs::jobs;
pub use models::models;
pub use overview::{facts, states};
pub use trends::trends;
pub use values::values;

use crate::page::Section;

/// A section with nothing in it yet.
pub fn empty(id: &str, title: &str) -> Section {
    Section { id: id.to_owned(), title: title.to_owned(), ..Section::default() }
}

/// What a section says that has no job to show.
const NO_ERRORS: &str = "No job has an error yet: there is nothing to draw.";
