//! `SETUP.SAMPLERS`: how each parameter is drawn.

mod branches;
mod decimal;
mod decode;
mod distribution;
mod item;
mod law;
mod mistakes;
mod points;
mod ranges;
mod scope;
mod steps;
mod weights;

pub(super) use decode::{decode, kinds};
pub use law::{LawQuantum, LawShape, QuantileLaw, WeightedValues, quantile_place};
pub(super) use points::MOST_POINTS;
pub(super) use ranges::{LARGEST_WHOLE, WHOLE};
pub(super) use scope::SamplerScope;

use indexmap::IndexMap;

use crate::Value;
use crate::expr::Expression;
use crate::named::named;

/// Draws one parameter (or, composite, several).
#[derive(Debug, Clone, PartialEq)]
pub enum Sampler {
    /// `value_sampler`: one of `VALUES`, each as likely.
    Value(Vec<Value>),
    /// `int_sampler` and `float_sampler`.
    Scalar(Distribution, ScalarRange),
    /// `int_sampler` and `float_sampler` whose `RANGE` refers to other parameters.
    Ranged(DependentRange),
    /// `list_sampler`: `LENGTH` items, each drawn on its own.
    List {
        /// The number of items.
        length: ListLength,
        /// The sampler of each item.
        item: Box<Sampler>,
    },
    /// A distribution of Weights & Biases, of a `TREE`.
    Law(QuantileLaw),
    /// Values with probabilities, of a `TREE`.
    Weighted(WeightedValues),
    /// `regnet_sampler`: the six parameters of a RegNet.
    Regnet(RegnetRanges),
    /// `choice_sampler` and `union_sampler`: one of several branches.
    Choice(BranchChoice),
    /// `choice_sampler` and `union_sampler` as the item of a list: a mapping with what the branch sets.
    Mapping(MappingSampler),
    /// A sampler with `WHEN`.
    Conditional(ConditionalSampler),
    /// An entry of a branch's `DERIVED`: the value of an expression over what is drawn before.
    Derived(Expression),
}

/// A sampler that is drawn only where a condition holds; elsewhere a job lacks its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct ConditionalSampler {
    /// `WHEN`, over parameters that are drawn before.
    pub condition: Expression,
    /// The sampler; not a conditional one itself.
    pub sampler: Box<Sampler>,
}

/// A choice of one of several branches by name, with the branch's own parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct BranchChoice {
    /// The branches, with names that differ.
    pub branches: Vec<ChoiceBranch>,
    /// True if the job config gets the name of the branch under the sampler's key
    /// (`choice_sampler`), or only what describes the job (`union_sampler`).
    pub in_config: bool,
    /// The probability of each branch, in all 1; `None` where each is as likely.
    pub probabilities: Option<Vec<f64>>,
    /// `NUM_CONFIGS`: how many configs there are of each branch; `None` where that is left to chance.
    pub counts: Option<Vec<u64>>,
}

/// A choice that makes one mapping, an item of a list. Its parameters are paths within the item.
#[derive(Debug, Clone, PartialEq)]
pub struct MappingSampler {
    /// `KEY`: the key of the item that gets the name of the branch; `None` where it gets no name
    /// (`union_sampler`).
    pub key: Option<String>,
    /// The branches.
    pub choice: BranchChoice,
}

/// A branch of a choice.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceBranch {
    /// The name, which is the value of the choice's own parameter: text, or as it was written.
    pub name: Value,
    /// The parameters of the branch; a constant is a [`Sampler::Value`] of one value.
    pub samplers: IndexMap<String, Sampler>,
}

/// The length of a sampled list.
#[derive(Debug, Clone, PartialEq)]
pub enum ListLength {
    /// A fixed number of items.
    Fixed(usize),
    /// A whole number that is drawn.
    Sampled(Box<Sampler>),
    /// The value of an expression over parameters that are drawn before.
    Expr(Expression),
}

/// A range whose ends are expressions over parameters that are drawn before.
#[derive(Debug, Clone, PartialEq)]
pub struct DependentRange {
    /// `RAND_TYPE`.
    pub distribution: Distribution,
    /// `QUANTIZE`; it makes the values whole numbers or not.
    pub quantum: RangeQuantum,
    /// The least value; the next multiple of the quantum above it, where it is none.
    pub low: RangeBound,
    /// The greatest value; the next multiple of the quantum below it, where it is none.
    pub high: RangeBound,
}

/// `QUANTIZE`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RangeQuantum {
    /// The quantum or range of an `int_sampler`.
    Int(i64),
    /// The quantum or range of a `float_sampler`.
    Float(f64),
    /// A `float_sampler` without one: any number.
    Real,
}

/// An end of a range.
#[derive(Debug, Clone, PartialEq)]
pub enum RangeBound {
    /// A number.
    Number(f64),
    /// The value of an expression.
    Expr(Expression),
}

impl Sampler {
    /// Returns how many configs there are of each of its branches, if it says so.
    #[must_use]
    pub fn counts(&self) -> Option<&[u64]> {
        match self {
            Self::Choice(choice) => choice.counts.as_deref(),
            _ => None,
        }
    }

    /// Returns the sampler without its `WHEN`.
    #[must_use]
    pub fn unconditional(&self) -> &Self {
        match self {
            Self::Conditional(conditional) => &conditional.sampler,
            _ => self,
        }
    }

    /// Returns the parameters that the sampler can set under its key, its own one included.
    #[must_use]
    pub fn params(&self, key: &str) -> Vec<String> {
        match self.unconditional() {
            Self::Regnet(_) => ["DEPTH", "W0", "WA", "WM", "GROUP_W", "BOT_MUL"]
                .map(|name| format!("{key}.{name}"))
                .to_vec(),
            Self::Choice(choice) => {
                let inner = choice.branches.iter().flat_map(|branch| &branch.samplers);
                let inner = inner.flat_map(|(key, sampler)| sampler.params(key));
                std::iter::once(key.to_owned()).chain(inner).collect()
            }
            _ => vec![key.to_owned()],
        }
    }

    /// True if what the sampler can draw depends on other parameters, but for whether it is drawn.
    #[must_use]
    pub fn is_dependent(&self) -> bool {
        match self {
            Self::Value(_)
            | Self::Scalar(..)
            | Self::Law(_)
            | Self::Weighted(_)
            | Self::Derived(_)
            | Self::Regnet(_) => false,
            Self::Conditional(conditional) => conditional.sampler.is_dependent(),
            Self::Ranged(_) => true,
            Self::List { length, item } => {
                let length_is = match length {
                    ListLength::Fixed(_) => false,
                    ListLength::Sampled(sampler) => sampler.is_dependent(),
                    ListLength::Expr(_) => true,
                };
                length_is || item.is_dependent()
            }
            Self::Choice(choice) | Self::Mapping(MappingSampler { choice, .. }) => {
                let mut inner = choice.branches.iter().flat_map(|branch| branch.samplers.values());
                inner.any(Self::is_dependent)
            }
        }
    }
}

/// The distribution of a scalar sampler (`RAND_TYPE`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distribution {
    /// `uniform`.
    Uniform,
    /// `log_uniform`.
    LogUniform,
    /// `power2_uniform`.
    Power2Uniform,
    /// `power2_or_log_uniform`.
    Power2OrLogUniform,
    /// `normal`.
    Normal,
    /// `log_normal`.
    LogNormal,
}

named!(pub Distribution {
    Uniform = "uniform",
    LogUniform = "log_uniform",
    Power2Uniform = "power2_uniform",
    Power2OrLogUniform = "power2_or_log_uniform",
    Normal = "normal",
    LogNormal = "log_normal",
});

/// A closed range: `RANGE` and `QUANTIZE` of a scalar sampler. Its values are multiples of the quantum or,
/// where the least one is none, whole quanta away from that.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ScalarRange {
    /// The quantum or range of an `int_sampler`.
    Int {
        /// The least value.
        low: i64,
        /// The greatest value.
        high: i64,
        /// The step from one value to the next.
        quantum: i64,
    },
    /// The quantum or range of a `float_sampler`.
    Float {
        /// The least value.
        low: f64,
        /// The greatest value.
        high: f64,
        /// The step from one value to the next, in decimal.
        quantum: f64,
    },
    /// The range of a `float_sampler` without a quantum: any number.
    Real {
        /// The least value.
        low: f64,
        /// The greatest value.
        high: f64,
    },
}

/// The ranges of a `regnet_sampler`; its distributions and quanta are fixed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegnetRanges {
    /// `DEPTH`: uniform, quantum 1.
    pub depth: (i64, i64),
    /// `W0`: log-uniform, quantum 8.
    pub w0: (i64, i64),
    /// `WA`: log-uniform, quantum 0.1.
    pub wa: (f64, f64),
    /// `WM`: log-uniform, quantum 0.001.
    pub wm: (f64, f64),
    /// `GROUP_W`: power of two or log-uniform, quantum 8.
    pub group_w: (i64, i64),
    /// `BOT_MUL`: power of two, quantum 1/128.
    pub bot_mul: (f64, f64),
}
