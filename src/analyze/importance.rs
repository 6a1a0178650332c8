//! Importances of the sampled parameters, learnt by a forest.

use super::group::JobGroup;
use super::parameters::{Parameter, parameters};
use super::stats::{ParameterImportance, importance, ranks};
use crate::app::num::float;

/// The most parameters that are studied, the first ones: a forest of more would take minutes.
const MOST: usize = 64;

/// The parameters of a group and what a forest says of them.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportanceResult {
    /// The parameters that vary.
    pub parameters: Vec<Parameter>,
    /// The importances; `None` where there is nothing to learn.
    pub importance: Option<ParameterImportance>,
    /// The number of jobs that it was learnt from.
    pub jobs: usize,
}

/// The least share of the variance that a forest explains which has learnt anything to speak of.
const LEAST_EXPLAINED: f64 = 0.05;

impl ImportanceResult {
    /// Returns the importances, unless the forest has learnt next to nothing.
    pub fn learnt(&self) -> Option<&ParameterImportance> {
        self.importance.as_ref().filter(|found| found.explained >= LEAST_EXPLAINED)
    }
}

/// Learns from a group's jobs what their objective depends on.
///
/// The outcome is the share of the jobs that are better, from 0 to 1, so that one diverged job weighs
/// no more than another bad one; jobs that failed or diverged without a value share the last place.
pub(super) fn learn_importance(group: &JobGroup<'_>) -> ImportanceResult {
    let mut parameters = parameters(group);
    parameters.truncate(MOST);
    let judged = group.judged();
    let losses: Vec<f64> = judged.iter().map(|(_, loss)| *loss).collect();
    let n = float(losses.len());
    let outcomes: Vec<f64> = ranks(&losses).iter().map(|rank| (rank - 0.5) / n).collect();
    let columns: Vec<Vec<Option<f64>>> = parameters
        .iter()
        .map(|parameter| judged.iter().map(|&(row, _)| parameter.values[row]).collect())
        .collect();
    let importance = importance(&columns, &outcomes);
    ImportanceResult { parameters, importance, jobs: judged.len() }
}
