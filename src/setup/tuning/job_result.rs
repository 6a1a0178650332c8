//! The result of one job, as far as a search learns from it.

use sweep_config::records::JobState;

use crate::trials::{ColumnSource, Objective};

/// The result of a job.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum JobResult {
    /// The values of the objectives, all to be small.
    Values(Vec<f64>),
    /// It failed by its own fault, or is done without a finite value.
    Failed,
    /// It ended by no fault of its own, or has not ended.
    Unknown,
}

/// Returns what objectives are of each row of a table.
pub(super) fn values_by_row(
    objectives: &[Objective],
    table: &dyn ColumnSource,
) -> impl Iterator<Item = Vec<Option<f64>>> + use<> {
    let values: Vec<_> = objectives.iter().map(|objective| objective.values(table)).collect();
    (0..table.rows()).map(move |row| values.iter().map(|values| values[row]).collect())
}

impl JobResult {
    /// Returns the result of a job in a state, with the values that it has of the objectives.
    pub(super) fn of(state: &JobState, objectives: &[Objective], values: &[Option<f64>]) -> Self {
        match state {
            JobState::Done => {
                let small = objectives.iter().zip(values).map(|(objective, value)| {
                    let sign = if objective.is_minimized() { 1.0 } else { -1.0 };
                    value.map(|value| sign * value)
                });
                // A job that is done and has no finite value diverged.
                small.collect::<Option<Vec<f64>>>().map_or(Self::Failed, Self::Values)
            }
            JobState::Failed | JobState::OutOfMemory => Self::Failed,
            _ => Self::Unknown,
        }
    }
}
