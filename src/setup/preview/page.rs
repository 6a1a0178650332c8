//! The preview as an HTML page (`--html`), made of the same templates as the report.

use indexmap::IndexMap;

use super::acceptance::{self, acceptance};
use super::columns::{PreviewColumn, PreviewColumns};
use super::panel::{PopulationSize, panel};
use crate::app::num::{float, saturated};
use crate::app::units::fine_percent;
use crate::app::{VERSION, thousands};
use crate::page::{FigureGrid, PageFact, PageSection, PageView};
use crate::setup::outcome::SamplingOutcome;

/// Returns what the distributions are of: configs, or jobs where those are more.
fn population_size(outcome: &SamplingOutcome<'_>) -> PopulationSize {
    let noun = if outcome.sweep.setup.replicates > 1 { "job" } else { "config" };
    PopulationSize { count: outcome.population.kept.len(), noun }
}

/// Returns the page of what was sampled.
pub(super) fn page(outcome: &SamplingOutcome<'_>, columns: &PreviewColumns) -> PageView {
    let whole = population_size(outcome);
    let mut sections = vec![acceptance(outcome)];
    sections.extend(distributions("parameters", "Parameters", &columns.params, whole, false));
    sections.extend(distributions("complexity", "Complexity", &columns.complexity, whole, true));
    PageView {
        kind: "sweep preview",
        name: outcome.sweep.name.clone(),
        desc: outcome.sweep.desc.clone(),
        facts: facts(outcome),
        states: Vec::new(),
        sections,
        data: String::new(),
        version: VERSION,
    }
}

/// Returns the numbers at the top.
fn facts(outcome: &SamplingOutcome<'_>) -> Vec<PageFact> {
    let tally = &outcome.population.tally;
    let number = |n: u64| thousands(saturated(n));
    let fact = |value: String, label: &str, anchor: &str| PageFact {
        value,
        label: label.to_owned(),
        anchor: anchor.to_owned(),
    };
    let jobs = outcome.population.kept.len();
    let mut facts = vec![fact(thousands(outcome.configs(jobs)), "configs", "")];
    if outcome.configs(jobs) < jobs {
        facts.push(fact(thousands(jobs), "jobs", ""));
    }
    facts.push(fact(number(tally.candidates), "candidates", ""));
    // The candidates that were examined were not shown to the user's program.
    let known = outcome.diagnosis.filter(|_| outcome.sweep.setup.constraints.command.is_empty());
    if let Some(diagnosis) = known {
        let met = float(diagnosis.met) / float(diagnosis.examined);
        facts.push(fact(fine_percent(met), "meet all constraints", acceptance::ID));
    }
    if tally.duplicates > 0 {
        facts.push(fact(number(tally.duplicates), "repeats", ""));
    }
    facts
}

/// Returns a section with a panel for each column; `None` of no columns.
fn distributions(
    id: &str,
    title: &str,
    columns: &IndexMap<String, PreviewColumn>,
    whole: PopulationSize,
    by_ratio: bool,
) -> Option<PageSection> {
    let panel = |(name, column): (&String, &PreviewColumn)| panel(name, column, whole, by_ratio);
    let grid = FigureGrid { figures: columns.iter().map(panel).collect(), ..FigureGrid::default() };
    (!columns.is_empty()).then(|| PageSection {
        id: id.to_owned(),
        title: title.to_owned(),
        grids: vec![grid],
        ..PageSection::default()
    })
}
