//! The samplers of a sweep config, made ready to draw.
//!
//! [`Space`] is the whole of them. A law is a file; [`Dice`] is where the random numbers come from.

mod axes;
mod dice;
mod grid;
mod log_uniform;
mod normal;
mod points;
mod power2;
mod regnet;
mod scalar;
mod sobol;
mod uniform;

#[cfg(test)]
mod golden;

use std::collections::BTreeSet;

use indexmap::IndexMap;
use sweep_config::{Sampler, Value};

pub(crate) use axes::Axes;
pub(crate) use dice::Dice;
pub(crate) use points::Spread;
use scalar::Scalar;

use crate::app::Failure;
use crate::setup::text;

/// A range that holds more multiples of its quantum than a float can count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TooFine;

/// The value of a parameter; `None` where the branch that has it was not chosen.
pub(crate) type Drawn = Option<Value>;

/// All samplers of a sweep: what a candidate is drawn from.
#[derive(Debug)]
pub(crate) struct Space {
    params: Vec<String>,
    nodes: Vec<Node>,
}

/// A sampler with the places of its parameters.
#[derive(Debug)]
enum Node {
    One { place: usize, draw: Draw },
    Choice { place: usize, branches: Vec<(Value, Vec<Node>)> },
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
        let mut params = Vec::new();
        let nodes = nodes(samplers, &mut params)?;
        Ok(Self { params, nodes })
    }

    /// The dotted paths of the parameters, in the order in which they are drawn.
    pub(crate) fn params(&self) -> &[String] {
        &self.params
    }

    /// Draws a value for every parameter, in place of what is in `values`.
    pub(crate) fn draw(&self, dice: &mut Dice, values: &mut Vec<Drawn>) {
        values.clear();
        values.resize(self.params.len(), None);
        for node in &self.nodes {
            node.draw(dice, values);
        }
    }

    /// How many different configs can be drawn; `None` if there are more than 2^128.
    pub(crate) fn support(&self) -> Option<u128> {
        product(&self.nodes, Draw::support)
    }
}

/// The samplers of one level.
fn nodes(
    samplers: &IndexMap<String, Sampler>,
    params: &mut Vec<String>,
) -> Result<Vec<Node>, Failure> {
    let mut nodes = Vec::new();
    for (param, sampler) in samplers {
        match sampler {
            Sampler::Regnet(ranges) => {
                let parameters = regnet::parameters(ranges).map_err(|TooFine| too_fine(param))?;
                for (name, scalar) in parameters {
                    let place = place(format!("{param}.{name}"), params);
                    nodes.push(Node::One { place, draw: Draw::Scalar(scalar) });
                }
            }
            Sampler::Choice(branches) => {
                let place = place(param.clone(), params);
                let branches = branches.iter().map(|(name, items)| {
                    Ok((Value::Str(name.clone()), self::nodes(items, params)?))
                });
                let branches = branches.collect::<Result<_, Failure>>()?;
                nodes.push(Node::Choice { place, branches });
            }
            _ => {
                let draw = Draw::new(param, sampler)?;
                nodes.push(Node::One { place: place(param.clone(), params), draw });
            }
        }
    }
    Ok(nodes)
}

/// The place of a parameter, which several branches may have.
fn place(param: String, params: &mut Vec<String>) -> usize {
    params.iter().position(|known| *known == param).unwrap_or_else(|| {
        params.push(param);
        params.len() - 1
    })
}

/// How many combinations some samplers have by a measure of each; `None` beyond 2^128.
fn product(nodes: &[Node], measure: fn(&Draw) -> Option<u128>) -> Option<u128> {
    nodes.iter().try_fold(1_u128, |product, node| product.checked_mul(node.size(measure)?))
}

impl Node {
    fn draw(&self, dice: &mut Dice, values: &mut [Drawn]) {
        match self {
            Self::One { place, draw } => values[*place] = Some(draw.draw(dice)),
            Self::Choice { place, branches } => {
                let (name, nodes) = &branches[pick(dice, branches.len())];
                values[*place] = Some(name.clone());
                for node in nodes {
                    node.draw(dice, values);
                }
            }
        }
    }

    fn size(&self, measure: fn(&Draw) -> Option<u128>) -> Option<u128> {
        match self {
            Self::One { draw, .. } => measure(draw),
            Self::Choice { branches, .. } => branches
                .iter()
                .try_fold(0_u128, |sum, (_, nodes)| sum.checked_add(product(nodes, measure)?)),
        }
    }

    /// How many points a grid has of it; `None` if there are more than 2^128.
    fn points(&self) -> Option<u128> {
        self.size(Draw::points)
    }

    /// Sets one of its points; of several parameters the last changes fastest, of a choice the
    /// branches follow each other.
    fn set_point(&self, number: u128, values: &mut [Drawn]) {
        match self {
            Self::One { place, draw } => values[*place] = Some(draw.point(number)),
            Self::Choice { place, branches } => {
                let mut rest = number;
                for (name, nodes) in branches {
                    let points = product(nodes, Draw::points).unwrap_or(u128::MAX);
                    if rest >= points {
                        rest -= points;
                        continue;
                    }
                    values[*place] = Some(name.clone());
                    for node in nodes.iter().rev() {
                        let points = node.points().unwrap_or(1).max(1);
                        node.set_point(rest % points, values);
                        rest /= points;
                    }
                    return;
                }
            }
        }
    }
}

/// One of so many, each as likely.
fn pick(dice: &mut Dice, count: usize) -> usize {
    let last = i64::try_from(count - 1).expect("validated: not empty");
    usize::try_from(dice.between(0, last)).expect("not negative")
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
            Sampler::Regnet(_) | Sampler::Choice(_) => Err(Failure::usage(
                format!("SETUP.SAMPLERS.{param}: several parameters cannot be the item of a list"),
                "put the sampler under a key of its own",
            )),
        }
    }

    fn draw(&self, dice: &mut Dice) -> Value {
        match self {
            Self::Value(values) => values[pick(dice, values.len())].clone(),
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
