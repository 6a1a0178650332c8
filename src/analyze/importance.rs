//! Importances of the sampled parameters, learnt by a forest.

use super::group::JobGroup;
use super::parameters::{Parameter, parameters};
use super::stats::{
    ImportanceColumn, MainEffect, PairEffect, ParameterImportance, importance, ranks,
};
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
    /// The number of jobs, or configs with several, that it was learnt from.
    pub jobs: usize,
}

/// The least share of the variance that a forest explains which has learnt anything to speak of.
const LEAST_EXPLAINED: f64 = 0.05;
/// The least share of the variance that a parameter explains which is named.
const LEAST_SHARE: f64 = 0.02;

impl ImportanceResult {
    /// Returns the importances, unless the forest has learnt next to nothing.
    pub fn learnt(&self) -> Option<&ParameterImportance> {
        self.importance.as_ref().filter(|found| found.explained >= LEAST_EXPLAINED)
    }

    /// Returns the parameters that matter, most first, with their effects: those beyond chance. None if the forest learnt
    /// nothing.
    pub fn named(&self) -> impl Iterator<Item = (&Parameter, &MainEffect)> {
        let effects = self.learnt().into_iter().flat_map(|found| &found.effects);
        let named = effects.filter(|e| e.beyond_chance && e.share >= LEAST_SHARE);
        named.map(|effect| (&self.parameters[effect.parameter], effect))
    }

    /// Returns the pair that does more together than both of its parameters alone, beyond chance.
    pub fn pair_of_note(&self) -> Option<&PairEffect> {
        let found = self.learnt()?;
        let alone = |parameter: usize| {
            let effect = found.effects.iter().find(|effect| effect.parameter == parameter);
            effect.map_or(0.0, |effect| effect.share)
        };
        found.pairs.iter().find(|pair| {
            let (a, b) = pair.parameters;
            pair.beyond_chance && pair.share >= LEAST_SHARE && pair.share > alone(a) + alone(b)
        })
    }
}

/// Learns from a group's configs what their objective depends on.
///
/// The outcome is the share of the configs that are better, from 0 to 1, so that one diverged job weighs
/// no more than another bad one; those that are lost share the last place, and those that are open take no part.
pub(super) fn learn_importance(group: &JobGroup<'_>) -> ImportanceResult {
    let mut parameters = parameters(group);
    parameters.truncate(MOST);
    let settled: Vec<(usize, f64)> = group.settled().collect();
    let losses: Vec<f64> = settled.iter().map(|(_, loss)| *loss).collect();
    let n = float(losses.len());
    let outcomes: Vec<f64> = ranks(&losses).iter().map(|rank| (rank - 0.5) / n).collect();
    let column = |parameter: &Parameter| ImportanceColumn {
        values: settled.iter().map(|&(row, _)| parameter.values[row]).collect(),
        are_words: !parameter.words.is_empty(),
    };
    let columns: Vec<ImportanceColumn> = parameters.iter().map(column).collect();
    let importance = importance(&columns, &outcomes);
    ImportanceResult { parameters, importance, jobs: settled.len() }
}
