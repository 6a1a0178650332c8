//! Distributions of Weights & Biases, in their own meaning: a quantile of a uniform number, rounded to the nearest
//! multiple of `q`.

use crate::Value;

/// A distribution by its quantiles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantileLaw {
    /// The shape of the distribution.
    pub shape: LawShape,
    /// `q`: values are multiples of it; whole numbers if it is one.
    pub quantum: Option<LawQuantum>,
}

/// The shape of a distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LawShape {
    /// Uniform between two numbers.
    Uniform {
        /// The least number.
        low: f64,
        /// The greatest number.
        high: f64,
    },
    /// Uniform between two natural logarithms.
    LogUniform {
        /// The logarithm of the least number.
        low: f64,
        /// The logarithm of the greatest number.
        high: f64,
    },
    /// Normal.
    Normal {
        /// The mean.
        mu: f64,
        /// The standard deviation.
        sigma: f64,
    },
    /// Normal in the natural logarithm.
    LogNormal {
        /// The mean of the logarithm.
        mu: f64,
        /// The standard deviation of the logarithm.
        sigma: f64,
    },
    /// Beta.
    Beta {
        /// The first parameter, which pulls towards 1.
        a: f64,
        /// The second parameter, which pulls towards 0.
        b: f64,
    },
}

/// `q`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LawQuantum {
    /// A whole number, which makes the values whole.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
}

/// Values with their probabilities.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightedValues {
    /// The values.
    pub values: Vec<Value>,
    /// The probability of each, in all 1.
    pub probabilities: Vec<f64>,
}

impl WeightedValues {
    /// Returns the values that can be drawn: one without probability is in no grid either.
    pub(in crate::config) fn new(values: Vec<Value>, probabilities: Vec<f64>) -> Self {
        let drawn = values.into_iter().zip(probabilities).filter(|(_, share)| *share > 0.0);
        let (values, probabilities) = drawn.unzip();
        Self { values, probabilities }
    }

    /// Returns the value at a share of the probability, from 0 to below 1.
    #[must_use]
    pub fn quantile(&self, share: f64) -> &Value {
        &self.values[quantile_place(&self.probabilities, share)]
    }
}

/// Returns the number of the one of several things, of which these are the probabilities, at a share of the
/// probability, from 0 to below 1.
#[must_use]
pub fn quantile_place(probabilities: &[f64], share: f64) -> usize {
    let mut sum = 0.0;
    let below = |probability: &f64| {
        sum += probability;
        share < sum
    };
    let place = probabilities.iter().position(below);
    // Where rounding leaves the sum below 1, the last one that can be drawn is meant.
    let last = || probabilities.iter().rposition(|probability| *probability > 0.0);
    place.or_else(last).unwrap_or(0)
}

impl LawShape {
    /// Returns the least and the greatest number, if there are any.
    #[must_use]
    pub fn ends(&self) -> Option<(f64, f64)> {
        match *self {
            Self::Uniform { low, high } => Some((low, high)),
            Self::LogUniform { low, high } => Some((libm::exp(low), libm::exp(high))),
            Self::Beta { .. } => Some((0.0, 1.0)),
            Self::Normal { .. } | Self::LogNormal { .. } => None,
        }
    }
}

impl QuantileLaw {
    /// Returns the multiples of `q`, as counts of it, from the first to the last; `None` where there is no end
    /// of them.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a count beyond 2^53 saturates, and is no grid"
    )]
    pub fn counts(&self) -> Option<(i64, i64)> {
        let quantum = self.quantum?.to_f64();
        let (low, high) = self.shape.ends()?;
        let count = |end: f64| (end / quantum).round_ties_even() as i64;
        Some((count(low), count(high)))
    }

    /// Returns the value of a quantile: rounded to the nearest multiple of `q`, half to even.
    #[must_use]
    pub fn value(&self, quantile: f64) -> Value {
        match self.quantum {
            None => Value::Float(quantile),
            Some(quantum) => quantum.multiple((quantile / quantum.to_f64()).round_ties_even()),
        }
    }
}

impl LawQuantum {
    #[expect(clippy::cast_precision_loss, reason = "a quantum beyond 2^53 is none")]
    fn to_f64(self) -> f64 {
        match self {
            Self::Int(quantum) => quantum as f64,
            Self::Float(quantum) => quantum,
        }
    }

    /// Returns a multiple.
    #[must_use]
    pub fn multiple(self, count: f64) -> Value {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let multiple = count * self.to_f64();
        match self {
            #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
            Self::Int(_) if multiple.abs() <= EXACT => Value::Int(multiple as i64),
            _ => Value::Float(multiple),
        }
    }
}
