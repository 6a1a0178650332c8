//! The samplers of a sweep config, made ready to draw.
//!
//! [`Space`] is the whole of them. A law is a file; [`Dice`] is where the random numbers come from.

mod axes;
mod dice;
mod grid;
mod log_uniform;
mod normal;
mod power2;
mod regnet;
mod scalar;
mod uniform;

#[cfg(test)]
mod golden;

use std::collections::BTreeSet;

use indexmap::IndexMap;
use sweep_config::{Sampler, Value};

pub(crate) use axes::Axes;
pub(crate) use dice::Dice;
use scalar::Scalar;

use crate::app::Failure;
use crate::setup::text;

/// A range that holds more multiples of its quantum than a float can count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TooFine;

/// All samplers of a sweep: what a candidate is drawn from.
#[derive(Debug)]
pub(crate) struct Space {
    params: Vec<String>,
    draws: Vec<Draw>,
}

/// How one parameter is drawn.
#[derive(Debug)]
enum Draw {
    Value(Vec<Value>),
    Scalar(Scalar),
    List { length: usize, item: Box<Draw> },
}

impl Space {
    /// Prepares the samplers, in the order of the config.
    ///
    /// # Errors
    ///
    /// Names the parameter whose sampler cannot be drawn from.
    pub(crate) fn new(samplers: &IndexMap<String, Sampler>) -> Result<Self, Failure> {
        let (mut params, mut draws) = (Vec::new(), Vec::new());
        for (param, sampler) in samplers {
            let too_fine = |TooFine| too_fine(param);
            if let Sampler::Regnet(ranges) = sampler {
                for (name, scalar) in regnet::parameters(ranges).map_err(too_fine)? {
                    params.push(format!("{param}.{name}"));
                    draws.push(Draw::Scalar(scalar));
                }
            } else {
                params.push(param.clone());
                draws.push(Draw::new(param, sampler)?);
            }
        }
        Ok(Self { params, draws })
    }

    /// The dotted paths of the parameters, in the order in which they are drawn.
    pub(crate) fn params(&self) -> &[String] {
        &self.params
    }

    /// Draws a value for every parameter, after what is in `values`.
    pub(crate) fn draw(&self, dice: &mut Dice, values: &mut Vec<Value>) {
        values.extend(self.draws.iter().map(|draw| draw.draw(dice)));
    }

    /// How many different configs can be drawn; `None` if there are more than 2^128.
    pub(crate) fn support(&self) -> Option<u128> {
        self.draws.iter().try_fold(1_u128, |product, draw| product.checked_mul(draw.support()?))
    }
}

impl Draw {
    fn new(param: &str, sampler: &Sampler) -> Result<Self, Failure> {
        match sampler {
            Sampler::Value(values) => Ok(Self::Value(values.clone())),
            Sampler::Scalar(law, range) => {
                Scalar::new(*law, *range).map(Self::Scalar).map_err(|TooFine| too_fine(param))
            }
            Sampler::List { length, item } => {
                Ok(Self::List { length: *length, item: Box::new(Self::new(param, item)?) })
            }
            Sampler::Regnet(_) => Err(Failure::usage(
                format!("SETUP.SAMPLERS.{param}: a regnet_sampler cannot be the item of a list"),
                "it draws six parameters at once: put it under REGNET",
            )),
        }
    }

    fn draw(&self, dice: &mut Dice) -> Value {
        match self {
            Self::Value(values) => {
                let last = i64::try_from(values.len() - 1).expect("validated: not empty");
                let index = usize::try_from(dice.between(0, last)).expect("not negative");
                values[index].clone()
            }
            Self::Scalar(scalar) => scalar.draw(dice),
            Self::List { length, item } => {
                Value::List((0..*length).map(|_| item.draw(dice)).collect())
            }
        }
    }

    /// How many values a grid has of it; `None` if there are more than 2^128.
    fn points(&self) -> Option<u128> {
        match self {
            Self::Value(values) => Some(values.len() as u128),
            Self::Scalar(scalar) => Some(scalar.support()),
            Self::List { length, item } => {
                item.points()?.checked_pow(u32::try_from(*length).unwrap_or(u32::MAX))
            }
        }
    }

    /// One of them; of a list the last item changes fastest.
    fn point(&self, number: u128) -> Value {
        match self {
            Self::Value(values) => values[usize::try_from(number).unwrap_or(0)].clone(),
            Self::Scalar(scalar) => scalar.point(i64::try_from(number).unwrap_or(0)),
            Self::List { length, item } => {
                let points = item.points().unwrap_or(1).max(1);
                let mut rest = number;
                let mut items: Vec<Value> = (0..*length)
                    .map(|_| {
                        let value = item.point(rest % points);
                        rest /= points;
                        value
                    })
                    .collect();
                items.reverse();
                Value::List(items)
            }
        }
    }

    /// How many different values it draws, as their descriptions tell them apart.
    fn support(&self) -> Option<u128> {
        match self {
            Self::Value(values) => {
                let texts: BTreeSet<String> = values.iter().map(text::of).collect();
                Some(texts.len() as u128)
            }
            Self::Scalar(scalar) => Some(scalar.support()),
            Self::List { length, item } => {
                item.support()?.checked_pow(u32::try_from(*length).unwrap_or(u32::MAX))
            }
        }
    }
}

fn too_fine(param: &str) -> Failure {
    Failure::usage(
        format!("SETUP.SAMPLERS.{param}: RANGE holds more than 2^51 multiples of QUANTIZE"),
        "take a coarser QUANTIZE: no more than that can be told apart in a float",
    )
}
