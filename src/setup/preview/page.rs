//! The preview as an HTML page (`--html`), of the report's family.

use indexmap::IndexMap;
use sweep_config::Sweep;
use sweep_config::records::SetupRecord;

use super::acceptance::{self, acceptance};
use super::columns::{Column, Columns};
use super::panel::{Whole, panel};
use crate::app::{VERSION, thousands};
use crate::page::{Fact, Grid, Page, Section};
use crate::setup::diagnosis::{ConstraintDiagnosis, percent};
use crate::setup::drawing::DesignSpace;
use crate::setup::population::Population;

/// How the sampling of a sweep went.
#[derive(Clone, Copy)]
pub(crate) struct Sampling<'a> {
    /// What was asked for.
    pub(crate) sweep: &'a Sweep,
    /// What was drawn from.
    pub(crate) draws: &'a DesignSpace<'a>,
    /// What was kept.
    pub(crate) population: &'a Population,
    /// What the constraints do, where they reject anything.
    pub(crate) diagnosis: Option<&'a ConstraintDiagnosis>,
    /// What setup.json would say.
    pub(crate) record: &'a SetupRecord,
}

impl Sampling<'_> {
    /// How many configs so many jobs are, of which each config has equally many.
    pub(super) fn configs(&self, jobs: usize) -> usize {
        jobs / usize::try_from(self.sweep.setup.replicates).unwrap_or(1).max(1)
    }

    /// What the distributions are of: configs, or jobs where those are more.
    fn whole(&self) -> Whole {
        let noun = if self.sweep.setup.replicates > 1 { "job" } else { "config" };
        Whole { count: self.population.kept.len(), noun }
    }
}

/// The page of what was sampled.
pub(super) fn page(sampling: &Sampling<'_>, columns: &Columns) -> Page {
    let whole = sampling.whole();
    let mut sections = vec![acceptance(sampling)];
    sections.extend(distributions("parameters", "Parameters", &columns.params, whole, false));
    sections.extend(distributions("complexity", "Complexity", &columns.complexity, whole, true));
    Page {
        kind: "sweep preview",
        name: sampling.sweep.name.clone(),
        desc: sampling.sweep.desc.clone(),
        facts: facts(sampling),
        states: Vec::new(),
        sections,
        data: String::new(),
        version: VERSION,
    }
}

/// The numbers at the top.
fn facts(sampling: &Sampling<'_>) -> Vec<Fact> {
    let tally = &sampling.population.tally;
    let number = |n: u64| thousands(usize::try_from(n).unwrap_or(usize::MAX));
    let fact = |value: String, label: &str, anchor: &str| Fact {
        value,
        label: label.to_owned(),
        anchor: anchor.to_owned(),
    };
    let jobs = sampling.population.kept.len();
    let mut facts = vec![fact(thousands(sampling.configs(jobs)), "configs", "")];
    if sampling.configs(jobs) < jobs {
        facts.push(fact(thousands(jobs), "jobs", ""));
    }
    facts.push(fact(number(tally.candidates), "candidates", ""));
    // What the user's program would say of the candidates that were examined is not known.
    let known = sampling.diagnosis.filter(|_| sampling.sweep.setup.constraints.command.is_empty());
    if let Some(diagnosis) = known {
        #[expect(clippy::cast_precision_loss, reason = "a share")]
        let met = diagnosis.met as f64 / diagnosis.examined as f64;
        facts.push(fact(percent(met), "meet all constraints", acceptance::ID));
    }
    if tally.duplicates > 0 {
        facts.push(fact(number(tally.duplicates), "repeats", ""));
    }
    facts
}

/// A panel for each column; no section where there is none.
fn distributions(
    id: &str,
    title: &str,
    columns: &IndexMap<String, Column>,
    whole: Whole,
    by_ratio: bool,
) -> Option<Section> {
    let panel = |(name, column): (&String, &Column)| panel(name, column, whole, by_ratio);
    let grid = Grid { figures: columns.iter().map(panel).collect(), ..Grid::default() };
    (!columns.is_empty()).then(|| Section {
        id: id.to_owned(),
        title: title.to_owned(),
        grids: vec![grid],
        ..Section::default()
    })
}
