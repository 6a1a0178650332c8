//! The outcome of sampling, which is presented and previewed.

use sweep_config::Sweep;
use sweep_config::records::SetupRecord;

use super::additions::SetupAdditions;
use super::diagnosis::ConstraintDiagnosis;
use super::drawing::DesignSpace;
use super::population::DrawnPopulation;
use crate::app::num::saturated;

/// The outcome of the sampling of a sweep.
#[derive(Clone, Copy)]
pub(crate) struct SamplingOutcome<'a> {
    /// The sweep that was asked for.
    pub(crate) sweep: &'a Sweep,
    /// The design space that was drawn from.
    pub(crate) space: &'a DesignSpace<'a>,
    /// The candidates that were kept, and the tally of all.
    pub(crate) population: &'a DrawnPopulation,
    /// The number of configs that were to be drawn.
    pub(crate) requested: u64,
    /// The jobs that are not drawn.
    pub(crate) additions: &'a SetupAdditions,
    /// The effect of each constraint, if they reject anything.
    pub(crate) diagnosis: Option<&'a ConstraintDiagnosis>,
    /// The contents that setup.json would have.
    pub(crate) record: &'a SetupRecord,
}

impl SamplingOutcome<'_> {
    /// Returns the number of configs that so many jobs have; each config has equally many.
    pub(crate) fn configs(&self, jobs: usize) -> usize {
        jobs / usize::try_from(self.sweep.setup.replicates).unwrap_or(1).max(1)
    }

    /// Returns the numbers of configs that were drawn and that were to be, if these are more.
    pub(crate) fn shortfall(&self) -> Option<(usize, usize)> {
        let (drawn, requested) =
            (self.configs(self.population.kept.len()), saturated(self.requested));
        (drawn < requested).then_some((drawn, requested))
    }
}
