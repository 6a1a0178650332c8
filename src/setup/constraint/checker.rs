//! Checks the constraints of a sweep, one after the other.

use std::ops::ControlFlow;

use sweep_config::{ClosedInterval, Constraints, Map, Value};

use super::condition::{CandidateFacts, WhereCondition};
use super::network::{check_stages, complexity, family, refuse_unknown, scaled};
use super::rejection::{LIMITS, Rejection};
use crate::app::Failure;
use crate::app::num::float;
use crate::models::scale::ScaledModel;
use crate::models::{Complexity, ModelError, ModelField};
use crate::setup::binding::{NetworkFields, NetworkSources};
use crate::setup::param_list::ParamList;

/// The constraints of a sweep, ready to be checked.
#[derive(Debug)]
pub(crate) struct ConstraintChecker<'a> {
    sources: NetworkSources<'a>,
    num_stages: (u32, u32),
    limits: [Option<ClosedInterval>; 3],
    conditions: Vec<WhereCondition<'a>>,
    /// True if a constraint asks for the complexity.
    counts: bool,
}

/// The findings of the check about the network of a candidate.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct CheckedNetwork {
    /// The keys that pycls's setup changes in the config; empty where it leaves the config as it is.
    pub(crate) changes: Vec<(ModelField, Value)>,
    /// Its cost, where a constraint asks for it.
    pub(crate) complexity: Option<Complexity>,
}

/// The network of a candidate, as pycls's setup sees it.
enum NetworkState {
    /// There is no such network.
    Impossible,
    /// Its config stays as it is.
    AsConfigured,
    /// Its config is rewritten.
    Scaled(ScaledModel),
}

impl<'a> ConstraintChecker<'a> {
    /// Prepares the constraints over candidates that have these parameters and this base config.
    ///
    /// # Errors
    ///
    /// When a constraint asks for the complexity and no candidate has one that is known, or for a
    /// parameter that does not exist.
    pub(crate) fn new(
        constraints: &'a Constraints,
        params: &ParamList,
        base: &'a Value,
    ) -> Result<Self, Failure> {
        let sources = NetworkSources::new(params, base);
        let limits = [constraints.flops, constraints.params, constraints.acts];
        let reports = !constraints.command.is_empty();
        let condition = |expr| WhereCondition::new(expr, params, base, reports);
        let conditions: Vec<WhereCondition<'a>> =
            constraints.conditions.iter().map(condition).collect::<Result<_, _>>()?;
        let where_key = |i| Rejection::Where(i).key().into_owned();
        let counting: Vec<String> = (limits.iter().zip(LIMITS))
            .filter(|(limit, _)| limit.is_some())
            .map(|(_, (key, _))| key.to_owned())
            .chain((0..conditions.len()).filter(|&i| conditions[i].counts()).map(where_key))
            .collect();
        if !counting.is_empty() {
            refuse_unknown(&sources, &counting)?;
        }
        let (num_stages, counts) = (constraints.num_stages, !counting.is_empty());
        Ok(Self { sources, num_stages, limits, conditions, counts })
    }

    /// Checks the candidate of these values.
    ///
    /// # Errors
    ///
    /// The first reason found to reject it.
    pub(crate) fn check(&self, values: &[Option<Value>]) -> Result<CheckedNetwork, Rejection> {
        match self.walk(values, |rejection, _| ControlFlow::Break(rejection)) {
            ControlFlow::Continue(network) => Ok(network),
            ControlFlow::Break(rejection) => Err(rejection),
        }
    }

    /// Finds everything that speaks against the candidate, each constraint on its own, and its network.
    pub(crate) fn examine(&self, values: &[Option<Value>]) -> (Vec<Rejection>, CheckedNetwork) {
        let mut against = Vec::new();
        let walked = self.walk(values, |rejection, _| {
            against.push(rejection);
            ControlFlow::<()>::Continue(())
        });
        (against, walked.continue_value().unwrap_or_default())
    }

    /// Says in words why the candidate of these values cannot be judged, or has no network.
    pub(crate) fn explain(&self, values: &[Option<Value>], wanted: Rejection) -> Option<String> {
        let walked = self.walk(values, |rejection, why| match why {
            Some(why) if rejection == wanted => ControlFlow::Break(why.to_owned()),
            _ => ControlFlow::Continue(()),
        });
        walked.break_value()
    }

    /// Checks one constraint after the other, the cheapest first. `object` is called with each that
    /// speaks against the candidate, and may end the walk; where the candidate cannot be judged it is
    /// told in words why.
    fn walk<B>(
        &self,
        values: &[Option<Value>],
        mut object: impl FnMut(Rejection, Option<&str>) -> ControlFlow<B>,
    ) -> ControlFlow<B, CheckedNetwork> {
        let fields = self.sources.of_candidate(values);
        let scaled = match self.walk_network(&fields, &mut object)? {
            // Without a network there is nothing more to ask.
            NetworkState::Impossible => return ControlFlow::Continue(CheckedNetwork::default()),
            NetworkState::AsConfigured => None,
            NetworkState::Scaled(scaled) => Some(scaled),
        };
        let complexity = self.walk_complexity(&fields, scaled.as_ref(), &mut object)?;
        let changes = scaled.map(|scaled| scaled.changes).unwrap_or_default();
        let (view, reported) = (&fields, None);
        let facts = CandidateFacts { view, values, changes: &changes, complexity, reported };
        for asked in self.conditions.iter().enumerate().filter(|(_, c)| !c.needs_report()) {
            if let Some((rejection, why)) = unmet(asked, &facts) {
                object(rejection, why.as_deref())?;
            }
        }
        ControlFlow::Continue(CheckedNetwork { changes, complexity })
    }

    fn walk_network<B>(
        &self,
        fields: &NetworkFields<'_>,
        object: &mut impl FnMut(Rejection, Option<&str>) -> ControlFlow<B>,
    ) -> ControlFlow<B, NetworkState> {
        let family = family(fields);
        let stages =
            if family == "regnet" { check_stages(fields, self.num_stages) } else { Ok(None) };
        let built = match stages {
            Err(error) => Err(error),
            Ok(rejection) => {
                if let Some(rejection) = rejection {
                    object(rejection, None)?;
                }
                scaled(fields, family)
            }
        };
        match built {
            Ok(None) => ControlFlow::Continue(NetworkState::AsConfigured),
            Ok(Some(scaled)) => ControlFlow::Continue(NetworkState::Scaled(scaled)),
            Err(error) => {
                no_network(&error, object)?;
                ControlFlow::Continue(NetworkState::Impossible)
            }
        }
    }

    fn walk_complexity<B>(
        &self,
        fields: &NetworkFields<'_>,
        scaled: Option<&ScaledModel>,
        object: &mut impl FnMut(Rejection, Option<&str>) -> ControlFlow<B>,
    ) -> ControlFlow<B, Option<Complexity>> {
        if !self.counts {
            return ControlFlow::Continue(None);
        }
        let counted = match scaled {
            Some(scaled) => scaled.model.complexity(),
            None => complexity(fields),
        };
        match counted {
            Ok(complexity) => {
                for rejection in self.exceeded(&complexity) {
                    object(rejection, None)?;
                }
                ControlFlow::Continue(Some(complexity))
            }
            Err(error) => {
                no_network(&error, object)?;
                ControlFlow::Continue(None)
            }
        }
    }

    /// Finds the first expression that is not met once a program has reported numbers of the candidate,
    /// with words where it has no value.
    pub(crate) fn check_reported(
        &self,
        values: &[Option<Value>],
        network: &CheckedNetwork,
        reported: &Map,
    ) -> Option<(Rejection, Option<String>)> {
        let facts = CandidateFacts {
            view: &self.sources.of_candidate(values),
            values,
            changes: &network.changes,
            complexity: network.complexity,
            reported: Some(reported),
        };
        self.conditions
            .iter()
            .enumerate()
            .filter(|(_, condition)| condition.needs_report())
            .find_map(|asked| unmet(asked, &facts))
    }

    /// Returns the text of the expression that a rejection is about.
    pub(crate) fn text(&self, rejection: Rejection) -> Option<&str> {
        match rejection {
            Rejection::Where(i) | Rejection::NoValue(i) => Some(self.conditions[i].text()),
            _ => None,
        }
    }

    /// Returns the limits on complexity that are set, each with its number and range.
    pub(crate) fn limits(&self) -> impl Iterator<Item = (usize, ClosedInterval)> {
        self.limits.iter().enumerate().filter_map(|(i, limit)| Some((i, (*limit)?)))
    }

    /// Returns the limits that a complexity is outside of.
    fn exceeded<'b>(&'b self, complexity: &'b Complexity) -> impl Iterator<Item = Rejection> + 'b {
        let outside = |(i, limit): &(usize, ClosedInterval)| {
            let number = float(LIMITS[*i].1(complexity));
            number < limit.low || limit.high < number
        };
        self.limits().filter(outside).map(|(i, _)| Rejection::Limit(i))
    }
}

/// Objects to a candidate that has no network.
fn no_network<B>(
    error: &ModelError,
    object: &mut impl FnMut(Rejection, Option<&str>) -> ControlFlow<B>,
) -> ControlFlow<B> {
    object(Rejection::Network(error.field), Some(&error.why))
}

/// Returns why an expression is not met: it is not true, or it has no value, for which there are words.
fn unmet(
    (i, condition): (usize, &WhereCondition<'_>),
    facts: &CandidateFacts<'_>,
) -> Option<(Rejection, Option<String>)> {
    match condition.is_met(facts) {
        Ok(true) => None,
        Ok(false) => Some((Rejection::Where(i), None)),
        Err(why) => Some((Rejection::NoValue(i), Some(why))),
    }
}

#[cfg(test)]
mod tests;
