//! The sections of the report, each from groups of jobs to a view. What cannot be shown is said.

mod cells;
mod cost;
mod curves;
mod edf;
mod jobs;
mod overview;
mod panels;
mod population;
mod provenance;
mod trends;
mod values;
mod words;

pub use cost::cost;
pub use curves::{Which, curves};
pub use edf::edf;
pub use jobs::jobs;
pub use overview::{facts, states};
pub use population::population;
pub use provenance::provenance;
pub use trends::trends;
pub use values::values;

use crate::page::Section;

/// A section with nothing in it yet.
pub fn empty(id: &str, title: &str) -> Section {
    Section { id: id.to_owned(), title: title.to_owned(), ..Section::default() }
}

/// What a section says that has no job to show.
const NO_ERRORS: &str = "No job has an error yet: there is nothing to draw.";
