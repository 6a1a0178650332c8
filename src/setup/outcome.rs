//! The outcome of sampling, which is presented and previewed.

use sweep_config::Sweep;
use sweep_config::records::SetupRecord;

use super::diagnosis::ConstraintDiagnosis;
use super::drawing::DesignSpace;
use super::population::DrawnPopulation;

/// The outcome of the sampling of a sweep.
#[derive(Clone, Copy)]
pub(crate) struct SamplingOutcome<'a> {
    /// The sweep that was asked for.
    pub(crate) sweep: &'a Sweep,
    /// The design space that was drawn from.
    pub(crate) space: &'a DesignSpace<'a>,
    /// The candidates that were kept, and the tally of all.
    pub(crate) population: &'a DrawnPopulation,
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
}
