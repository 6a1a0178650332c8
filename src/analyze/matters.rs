//! What the objective depends on: a forest over the sampled parameters.

use super::group::Group;
use super::parameters::{Parameter, parameters};
use super::stats::{ParameterImportance, importance, ranks};
use crate::app::num::float;

/// Of more parameters the first ones only are studied: a forest of more would take minutes.
const MOST: usize = 64;

/// The parameters of a group and what the forest says of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Matters {
    /// The parameters that vary.
    pub parameters: Vec<Parameter>,
    /// What matters; `None` where there is nothing to learn.
    pub importance: Option<ParameterImportance>,
    /// How many jobs it was learnt from.
    pub jobs: usize,
}

/// A forest that explains less has learnt nothing to speak of.
const LEAST_EXPLAINED: f64 = 0.05;

impl Matters {
    /// What the forest says, unless it has learnt next to nothing.
    pub fn learnt(&self) -> Option<&ParameterImportance> {
        self.importance.as_ref().filter(|found| found.explained >= LEAST_EXPLAINED)
    }
}

/// Studies a group.
///
/// The outcome is the share of the jobs that are better, from 0 to 1, so that one diverged job weighs
/// no more than another bad one; jobs that failed or diverged without a value share the last place.
pub fn matters(group: &Group<'_>) -> Matters {
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
    Matters { parameters, importance, jobs: judged.len() }
}
