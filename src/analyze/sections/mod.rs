//! The sections of the report, each a function from groups of jobs to a view. A section says what
//! it cannot show, and why.

mod by_category;
mod compare;
mod correlations;
mod cost;
mod coverage;
mod curves;
mod differences;
mod edf;
mod effects;
mod highlights;
mod importance;
mod jobs;
mod lineage;
mod lineage_graph;
mod median_curves;
mod metric_view;
mod model_keys;
mod models;
mod next;
mod normalised;
mod overview;
mod pairs;
mod panels;
mod parallel;
mod pareto;
mod population;
mod provenance;
mod replicates;
mod search;
mod spread;
mod table_cells;
mod trends;
mod tuning;
mod values;

pub(super) use by_category::is_drawn_by_category;
pub(super) use compare::comparison;
pub use correlations::correlations;
pub use cost::cost;
pub use curves::{RankEnd, curves};
pub use differences::differences;
pub use edf::edf;
pub(super) use highlights::highlights;
pub use importance::importance;
pub use jobs::jobs;
pub(super) use lineage::lineage;
pub use median_curves::median_curves;
pub use models::models;
pub(super) use next::next;
pub use next::ranges;
pub use normalised::normalised;
pub use overview::{facts, states};
pub use pairs::pairs;
pub use parallel::parallel;
pub(super) use pareto::pareto;
pub use population::population;
pub use provenance::provenance;
pub use replicates::replicates;
pub(crate) use search::search;
pub use trends::trends;
pub(super) use tuning::tuning;
pub use values::values;

use crate::page::PageSection;

/// Returns a section with nothing in it yet.
pub fn empty(id: &str, title: &str) -> PageSection {
    PageSection { id: id.to_owned(), title: title.to_owned(), ..PageSection::default() }
}

/// The warning of a section that has no job to show.
const NO_ERRORS: &str = "No job has a value for the objective yet, so there is nothing to draw.";
