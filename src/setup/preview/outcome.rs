//! The outcome of sampling, as the preview shows it.

use sweep_config::Sweep;
use sweep_config::records::SetupRecord;

use crate::setup::diagnosis::ConstraintDiagnosis;
use crate::setup::drawing::DesignSpace;
use crate::setup::population::Population;

/// The outcome of the sampling of a sweep.
#[derive(Clone, Copy)]
pub(crate) struct SamplingOutcome<'a> {
    /// The sweep that was asked for.
    pub(crate) sweep: &'a Sweep,
    /// The design space that was drawn from.
    pub(crate) space: &'a DesignSpace<'a>,
    /// The candidates that were kept, and the tally of all.
    pub(crate) population: &'a Population,
    /// What the constraints do, if they reject anything.
    pub(crate) diagnosis: Option<&'a ConstraintDiagnosis>,
    /// The contents that setup.json would have.
    pub(crate) record: &'a SetupRecord,
}

impl SamplingOutcome<'_> {
    /// Returns the number of configs that so many jobs have; each config has equally many.
    pub(super) fn configs(&self, jobs: usize) -> usize {
        jobs / usize::try_from(self.sweep.setup.replicates).unwrap_or(1).max(1)
    }
}
