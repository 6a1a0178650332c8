//! Finds the draws that give some values: the quantiles of each law, in the order in which a draw takes them.
//!
//! A law is asked for its values at quantiles until the cell of a value is found, so that whatever it draws, with its quantum,
//! its rounding and a range that other parameters set, is what is inverted.

use sweep_config::{Value, python};

use super::candidate_rng::CandidateRng;
use super::chance::BranchChances;
use super::node::{CombinationCount, SamplerNode};
use super::param::{LengthSampler, ParamSampler};
use super::scalar::ScalarSampler;
use crate::setup::given::is_branch;
use crate::suggest::{DrawTrace, QuantileCell};

/// Halvings that find the end of a cell: to one part of a billion.
const HALVINGS: usize = 30;

/// The greatest quantile.
const LAST: f64 = 1.0 - f64::EPSILON / 2.0;

/// The number of steps of a group that are compared with its values.
const MOST_STEPS: u64 = 10_000;

impl SamplerNode<'_> {
    /// Adds the draws that give its values.
    pub(super) fn trace(&self, values: &[Option<Value>], trace: &mut DrawTrace) {
        match self {
            Self::One { is_given: true, .. } | Self::Derived { .. } => {}
            Self::One { place, draw, .. } => {
                let cells = values[*place].as_ref().and_then(|value| draw.cells(value, values));
                trace.push(*place, cells.into_iter().flatten());
            }
            Self::Choice { place, branches, chances, .. } => {
                let Some(value) = &values[*place] else { return };
                let found = branches.iter().position(|(name, _)| is_branch(name, value));
                let Some(number) = found else { return };
                trace.push(*place, [chances.cell(number)]);
                for node in &*branches[number].1 {
                    node.trace(values, trace);
                }
            }
            Self::Conditional { nodes, .. } => {
                for node in &**nodes {
                    node.trace(values, trace);
                }
            }
            Self::Zip { .. } | Self::Follower { .. } => {
                let Some(place) = self.step_place() else { return };
                trace.push(place, self.step_cell(values));
            }
        }
    }

    /// Returns the cell of the step that gives the values of a group.
    pub(super) fn step_cell(&self, values: &[Option<Value>]) -> Option<QuantileCell> {
        let steps = self.countable_steps()?;
        let step = (0..steps).find(|step| self.is_at(*step, values))?;
        Some(even_cell(step, steps, false))
    }

    /// Returns the number of steps of a group, if they are few enough to be compared with values.
    pub(super) fn countable_steps(&self) -> Option<u64> {
        let steps = self.size(CombinationCount::Points).and_then(|steps| u64::try_from(steps).ok());
        steps.filter(|steps| *steps <= MOST_STEPS)
    }

    /// True if a step gives these values.
    fn is_at(&self, step: u64, values: &[Option<Value>]) -> bool {
        match self {
            Self::One { is_given: true, .. } | Self::Choice { .. } | Self::Derived { .. } => true,
            Self::One { place, draw, .. } => draw.point(step).is_ok_and(|point| {
                values[*place].as_ref().is_some_and(|value| is_same(&point, value))
            }),
            Self::Zip { nodes, .. } | Self::Conditional { nodes, .. } => {
                nodes.iter().all(|node| node.is_at(step, values))
            }
            Self::Follower { node, .. } => node.is_at(step, values),
        }
    }
}

impl ParamSampler<'_> {
    /// Returns the cells of the draws that give a value, beside those of other parameters; `None` if it gives no such
    /// value, or by draws that are not known one by one.
    pub(super) fn cells(
        &self,
        value: &Value,
        values: &[Option<Value>],
    ) -> Option<Vec<QuantileCell>> {
        match self {
            Self::Value(list) => {
                let at = list.iter().position(|known| is_same(known, value))?;
                Some(vec![even_cell(at as u64, list.len() as u64, is_ordered(list))])
            }
            Self::Weighted(weighted) => {
                let at = weighted.values.iter().position(|known| is_same(known, value))?;
                let is_ordered = is_ordered(&weighted.values);
                Some(vec![weighted_cell(&weighted.probabilities, at, is_ordered)])
            }
            Self::Scalar(scalar) => scalar_cells(scalar, value),
            Self::Law(_) | Self::Ranged(_) => self.found_cell(value, values).map(|cell| vec![cell]),
            Self::Mapping(_) => None,
            Self::List { length, item, .. } => {
                let Value::List(items) = value else { return None };
                let mut cells = match length {
                    LengthSampler::Sampled(length) => {
                        let count = i64::try_from(items.len()).ok()?;
                        length.cells(&Value::Int(count), values)?
                    }
                    LengthSampler::Fixed(_) | LengthSampler::Expr(_) => Vec::new(),
                };
                for value in items {
                    cells.extend(item.cells(value, values)?);
                }
                Some(cells)
            }
        }
    }

    /// Finds the cell of a number of a law.
    fn found_cell(&self, value: &Value, values: &[Option<Value>]) -> Option<QuantileCell> {
        let number = value.as_f64()?;
        find_cell(number, |quantile| {
            self.draw(&mut CandidateRng::at_quantile(quantile), values).ok()?.as_f64()
        })
    }
}

/// Finds the cells of a number of a distribution; one of them draws a power of two first, and in its stead a multiple of
/// the quantum from there on.
fn scalar_cells(scalar: &ScalarSampler, value: &Value) -> Option<Vec<QuantileCell>> {
    let number = value.as_f64()?;
    let found = |scalar: &ScalarSampler| {
        find_cell(number, |quantile| scalar.draw(&mut CandidateRng::at_quantile(quantile)).as_f64())
    };
    match scalar {
        ScalarSampler::PowerOrLog(power) => match power.share_below(number) {
            (below, None) => Some(vec![below]),
            (above, Some(multiples)) => {
                Some(vec![above, found(&ScalarSampler::LogUniform(multiples.clone()))?])
            }
        },
        other => found(other).map(|cell| vec![cell]),
    }
}

/// Finds the quantiles at which a law, rising or falling, gives a number; `None` of a number beyond its ends.
fn find_cell(number: f64, law: impl Fn(f64) -> Option<f64>) -> Option<QuantileCell> {
    let (first, last) = (law(0.0)?, law(LAST)?);
    let sign = if first <= last { 1.0 } else { -1.0 };
    if !(first.min(last)..=first.max(last)).contains(&number) {
        return None;
    }
    let cut = |is_before: &dyn Fn(f64) -> bool| {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            let is_low = law(middle).is_some_and(is_before);
            if is_low { low = middle } else { high = middle }
        }
        // Halving comes near the ends and never reaches them.
        match (low > 0.0, high < 1.0) {
            (false, _) => 0.0,
            (true, false) => 1.0,
            (true, true) => f64::midpoint(low, high),
        }
    };
    let low = cut(&|at| sign * at < sign * number);
    let high = cut(&|at| sign * at <= sign * number);
    Some(QuantileCell { low, high: high.max(low), is_ordered: true })
}

impl BranchChances<'_> {
    /// Returns the cell of a branch.
    fn cell(&self, number: usize) -> QuantileCell {
        match self {
            Self::Even(branches) => even_cell(number as u64, *branches as u64, false),
            Self::Weighted(probabilities) => weighted_cell(probabilities, number, false),
        }
    }
}

/// True if two values are one: a whole number is the same with a fraction.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a.to_bits() == b.to_bits() || (a == 0.0 && b == 0.0),
        (None, None) => a == b || python::text(a) == python::text(b),
        _ => false,
    }
}

/// True if values are numbers that rise or fall.
fn is_ordered(values: &[Value]) -> bool {
    let numbers: Option<Vec<f64>> = values.iter().map(Value::as_f64).collect();
    numbers.is_some_and(|numbers| {
        numbers.is_sorted_by(|a, b| a < b) || numbers.is_sorted_by(|a, b| a > b)
    })
}

#[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 values")]
fn even_cell(number: u64, count: u64, is_ordered: bool) -> QuantileCell {
    let end = |number: u64| number as f64 / count as f64;
    QuantileCell { low: end(number), high: end(number + 1), is_ordered }
}

fn weighted_cell(probabilities: &[f64], number: usize, is_ordered: bool) -> QuantileCell {
    let low: f64 = probabilities[..number].iter().sum();
    QuantileCell { low, high: (low + probabilities[number]).min(1.0), is_ordered }
}

#[cfg(test)]
mod tests;
