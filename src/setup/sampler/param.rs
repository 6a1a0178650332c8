//! The sampler of one parameter.

use std::collections::BTreeSet;

use sweep_config::{
    self as config, MappingSampler, QuantileLaw, Sampler, Value, WeightedValues, python,
};

use super::candidate_rng::CandidateRng;
use super::failure::{GridTooFine, too_fine};
use super::law;
use super::ranged::RangedSampler;
use super::scalar::ScalarSampler;
use crate::app::Failure;
use crate::setup::binding::BoundExpr;
use crate::setup::param_list::ParamList;

/// A list of more items is no parameter.
const LONGEST_LIST: i64 = 100_000;

/// The sampler of one parameter, ready to be drawn from.
#[derive(Debug)]
pub(super) enum ParamSampler<'a> {
    Value(&'a [Value]),
    Weighted(&'a WeightedValues),
    Law(&'a QuantileLaw),
    Scalar(ScalarSampler),
    Ranged(RangedSampler<'a>),
    /// A mapping, the item of a list.
    Mapping(Box<dyn MappingDraw + 'a>),
    List {
        length: LengthSampler<'a>,
        item: Box<ParamSampler<'a>>,
        /// The number of points of the item; 1 where it has none that can be counted.
        points: u64,
    },
}

/// Draws mappings, items of a list.
pub(super) trait MappingDraw: std::fmt::Debug + Send + Sync {
    /// Draws one, or says in words why there is none.
    fn draw(&self, rng: &mut CandidateRng) -> Result<Value, String>;

    /// Returns the number of values that a grid has of it, where they can be counted.
    fn points(&self) -> Option<u64>;

    /// Returns one of these, or says in words why there is none.
    fn point(&self, number: u64) -> Result<Value, String>;

    /// Returns the number of different values, if it is known.
    fn support(&self) -> Option<u128>;

    /// Returns true if a part of it is any number of a range.
    fn is_stepless(&self) -> bool;
}

/// Prepares the sampler of a mapping.
pub(super) type MappingBuilder =
    for<'a> fn(&str, &'a MappingSampler) -> Result<Box<dyn MappingDraw + 'a>, Failure>;

/// The number of items that a list gets.
#[derive(Debug)]
pub(super) enum LengthSampler<'a> {
    Fixed(usize),
    Sampled(Box<ParamSampler<'a>>),
    Expr(BoundExpr<'a>),
}

/// Picks one of `count`, all equally likely.
pub(super) fn pick(rng: &mut CandidateRng, count: usize) -> usize {
    let last = i64::try_from(count - 1).expect("validated: not empty");
    usize::try_from(rng.between(0, last)).expect("not negative")
}

impl<'a> ParamSampler<'a> {
    /// Prepares the sampler of one parameter, whose expressions see `params` and `base`.
    pub(super) fn new(
        param: &str,
        sampler: &'a Sampler,
        params: &ParamList,
        base: &'a Value,
        mapping: MappingBuilder,
    ) -> Result<Self, Failure> {
        let inner = |sampler| Self::new(param, sampler, params, base, mapping).map(Box::new);
        match sampler {
            Sampler::Value(values) => Ok(Self::Value(values)),
            Sampler::Weighted(weighted) => Ok(Self::Weighted(weighted)),
            Sampler::Law(law) => Ok(Self::Law(law)),
            Sampler::Scalar(distribution, range) => ScalarSampler::new(*distribution, *range)
                .map(Self::Scalar)
                .map_err(|GridTooFine| too_fine(param)),
            Sampler::Ranged(ranged) => Ok(Self::Ranged(RangedSampler::new(ranged, params, base))),
            Sampler::List { length, item } => {
                let length = match length {
                    config::ListLength::Fixed(length) => LengthSampler::Fixed(*length),
                    config::ListLength::Sampled(sampler) => LengthSampler::Sampled(inner(sampler)?),
                    config::ListLength::Expr(expr) => {
                        LengthSampler::Expr(BoundExpr::new(expr, params, base))
                    }
                };
                let item = inner(item)?;
                let points = item.points().and_then(|points| u64::try_from(points).ok());
                Ok(Self::List { length, item, points: points.unwrap_or(1).max(1) })
            }
            Sampler::Mapping(choice) => mapping(param, choice).map(Self::Mapping),
            Sampler::Regnet(_)
            | Sampler::Choice(_)
            | Sampler::Conditional(_)
            | Sampler::Derived(_) => Err(Failure::usage(
                format!(
                    "SETUP.SAMPLERS.{param}: an item of a list cannot consist of several parameters"
                ),
                "give this sampler its own key",
            )),
        }
    }

    /// Draws a value, given those that were drawn before.
    ///
    /// # Errors
    ///
    /// Why there is none, in words.
    pub(super) fn draw(
        &self,
        rng: &mut CandidateRng,
        values: &[Option<Value>],
    ) -> Result<Value, String> {
        match self {
            Self::Value(list) => Ok(list[pick(rng, list.len())].clone()),
            Self::Weighted(weighted) => Ok(weighted.quantile(rng.unit()).clone()),
            Self::Law(law) => Ok(law::draw(law, rng)),
            Self::Scalar(scalar) => Ok(scalar.draw(rng)),
            Self::Ranged(ranged) => ranged.draw(rng, values),
            Self::Mapping(mapping) => mapping.draw(rng),
            Self::List { length, item, .. } => {
                let length = length.draw(rng, values)?;
                let items: Result<_, _> = (0..length).map(|_| item.draw(rng, values)).collect();
                items.map(Value::List)
            }
        }
    }

    /// Returns the number of values that a grid has of it; `None` if there are more than 2^128, or it depends
    /// on others.
    pub(super) fn points(&self) -> Option<u128> {
        match self {
            Self::Value(values) => Some(values.len() as u128),
            Self::Weighted(weighted) => Some(weighted.values.len() as u128),
            Self::Law(law) => law::points(law),
            Self::Scalar(scalar) => scalar.support(),
            Self::Ranged(_) => None,
            Self::Mapping(mapping) => mapping.points().map(u128::from),
            Self::List { length, item, .. } => {
                let points = item.points()?;
                length.each()?.try_fold(0_u128, |sum, length| {
                    sum.checked_add(points.checked_pow(u32::try_from(length).ok()?)?)
                })
            }
        }
    }

    /// Returns true if it draws any number of a range, or lists of such.
    pub(super) fn is_stepless(&self) -> bool {
        match self {
            Self::Scalar(scalar) => scalar.support().is_none(),
            Self::Mapping(mapping) => mapping.is_stepless(),
            Self::List { item, .. } => item.is_stepless(),
            _ => false,
        }
    }

    /// Returns one of the values of a grid; shorter lists come first, and the last item changes fastest.
    ///
    /// # Errors
    ///
    /// Why it has no such value, in words.
    pub(super) fn point(&self, number: u64) -> Result<Value, String> {
        let place = || usize::try_from(number).unwrap_or(0);
        Ok(match self {
            Self::Value(values) => values[place()].clone(),
            Self::Weighted(weighted) => weighted.values[place()].clone(),
            Self::Law(law) => law::point(law, number),
            Self::Scalar(scalar) => scalar.point(i64::try_from(number).unwrap_or(0)),
            // It has no points, so that this is never called.
            Self::Ranged(_) => Value::Null,
            Self::Mapping(mapping) => return mapping.point(number),
            Self::List { length, item, points } => {
                let mut rest = number;
                for length in length.each().into_iter().flatten() {
                    let lists = points.saturating_pow(u32::try_from(length).unwrap_or(u32::MAX));
                    if rest < lists {
                        return item.items(length, *points, rest).map(Value::List);
                    }
                    rest -= lists;
                }
                Value::List(Vec::new())
            }
        })
    }

    /// Returns a list of `length` of its points.
    fn items(&self, length: usize, points: u64, number: u64) -> Result<Vec<Value>, String> {
        let mut rest = number;
        let mut item = || {
            let value = self.point(rest % points);
            rest /= points;
            value
        };
        let mut items: Vec<Value> = (0..length).map(|_| item()).collect::<Result<_, _>>()?;
        items.reverse();
        Ok(items)
    }

    /// Returns the number of different values, as their descriptions tell them apart; `None` if there are
    /// more than 2^128, or it depends on others.
    pub(super) fn support(&self) -> Option<u128> {
        match self {
            Self::Value(values) => Some(different(values)),
            Self::Weighted(weighted) => Some(different(&weighted.values)),
            Self::Law(law) => law::points(law),
            Self::Scalar(scalar) => scalar.support(),
            Self::Ranged(_) => None,
            Self::Mapping(mapping) => mapping.support(),
            Self::List { length, item, .. } => {
                let support = item.support()?;
                let lengths: BTreeSet<usize> = length.each()?.collect();
                lengths.into_iter().try_fold(0_u128, |sum, length| {
                    sum.checked_add(support.checked_pow(u32::try_from(length).ok()?)?)
                })
            }
        }
    }
}

/// Returns how many of some values differ.
fn different(values: &[Value]) -> u128 {
    values.iter().map(python::text).collect::<BTreeSet<String>>().len() as u128
}

impl LengthSampler<'_> {
    fn draw(&self, rng: &mut CandidateRng, values: &[Option<Value>]) -> Result<usize, String> {
        let length = match self {
            Self::Fixed(length) => return Ok(*length),
            Self::Sampled(draw) => draw.draw(rng, values)?,
            Self::Expr(expr) => expr.value(values)?,
        };
        match length {
            Value::Int(length @ 0..=LONGEST_LIST) => Ok(usize::try_from(length).unwrap_or(0)),
            other => Err(format!(
                "LENGTH is {}, not an integer from 0 to {LONGEST_LIST}",
                python::text(&other)
            )),
        }
    }

    /// Returns every length that a list can have; `None` if that depends on others.
    fn each(&self) -> Option<Box<dyn Iterator<Item = usize> + '_>> {
        match self {
            Self::Fixed(length) => Some(Box::new(std::iter::once(*length))),
            Self::Sampled(draw) => {
                let points = draw.points()?;
                let points = u64::try_from(points).ok()?;
                let lengths = (0..points).map(|number| match draw.point(number) {
                    Ok(Value::Int(length)) => usize::try_from(length).unwrap_or(0),
                    _ => 0,
                });
                Some(Box::new(lengths))
            }
            Self::Expr(_) => None,
        }
    }
}
