//! The distributions `power2_uniform` and `power2_or_log_uniform`.

use sweep_config::{ScalarRange, Value};

use super::candidate_rng::CandidateRng;
use super::failure::GridTooFine;
use super::log_uniform::LogUniformDistribution;
use super::quantum_grid::QuantumGrid;
use crate::suggest::QuantileCell;

/// Powers of two, all equally likely.
///
/// The ends and the quantum are powers of two themselves, so that every draw is a multiple of the
/// quantum already.
#[derive(Debug, Clone)]
pub(super) struct PowerOfTwo {
    low: i32,
    high: i32,
    whole: bool,
}

impl PowerOfTwo {
    /// Prepares the powers of two from the range's low end to its high end.
    pub(super) fn new(range: ScalarRange) -> Self {
        match range {
            ScalarRange::Int { low, high, .. } => {
                Self { low: whole_exponent(low), high: whole_exponent(high), whole: true }
            }
            ScalarRange::Float { low, high, .. } | ScalarRange::Real { low, high } => {
                Self { low: libm::ilogb(low), high: libm::ilogb(high), whole: false }
            }
        }
    }

    pub(super) fn draw(&self, rng: &mut CandidateRng) -> Value {
        self.value(self.exponent(rng))
    }

    /// Returns one of the powers, by its number from 0.
    pub(super) fn point(&self, number: i64) -> Value {
        self.value(self.low.saturating_add(i32::try_from(number).unwrap_or(0)))
    }

    /// Returns the number of different values.
    pub(super) fn support(&self) -> u128 {
        u128::from(self.high.abs_diff(self.low)) + 1
    }

    #[expect(clippy::cast_possible_truncation, reason = "between two numbers of 32 bits")]
    fn exponent(&self, rng: &mut CandidateRng) -> i32 {
        rng.between(self.low.into(), self.high.into()) as i32
    }

    fn value(&self, exponent: i32) -> Value {
        if self.whole {
            Value::Int(1 << exponent)
        } else {
            Value::Float(libm::scalbn(1.0, exponent))
        }
    }
}

fn whole_exponent(power: i64) -> i32 {
    i32::try_from(power.ilog2()).expect("below 64")
}

/// Powers of two below the quantum, and from there on multiples of the quantum.
///
/// A power of two is drawn first; if it is not below the quantum, a log-uniform draw takes its
/// place. On a logarithmic scale the two parts join without a step.
#[derive(Debug, Clone)]
pub(super) struct PowerOrLog {
    powers: PowerOfTwo,
    /// The exponent of the quantum.
    quantum: i32,
    multiples: Option<LogUniformDistribution>,
}

impl PowerOrLog {
    /// Prepares the distribution over a range whose ends and quantum are powers of two.
    #[expect(clippy::cast_precision_loss, reason = "powers of two are floats exactly")]
    pub(super) fn new(range: ScalarRange) -> Result<Self, GridTooFine> {
        let powers = PowerOfTwo::new(range);
        let (quantum, upper, low, high) = match range {
            ScalarRange::Real { .. } => return Err(GridTooFine),
            ScalarRange::Int { low, high, quantum } => {
                let low = low.max(quantum);
                let upper = ScalarRange::Int { low, high, quantum };
                (whole_exponent(quantum), upper, low as f64, high as f64)
            }
            ScalarRange::Float { low, high, quantum } => {
                let low = low.max(quantum);
                let upper = ScalarRange::Float { low, high, quantum };
                (libm::ilogb(quantum), upper, low, high)
            }
        };
        // A quantum above the range is legal: then there are powers of two only.
        let multiples = if low <= high {
            Some(LogUniformDistribution::new(QuantumGrid::new(upper)?, low, high))
        } else {
            None
        };
        Ok(Self { powers, quantum, multiples })
    }

    pub(super) fn draw(&self, rng: &mut CandidateRng) -> Value {
        let exponent = self.powers.exponent(rng);
        match &self.multiples {
            Some(multiples) if exponent >= self.quantum => multiples.draw(rng),
            _ => self.powers.value(exponent),
        }
    }

    /// Returns the quantiles of the first draw that give a number, and the law of the second draw where that has one.
    pub(super) fn share_below(
        &self,
        number: f64,
    ) -> (QuantileCell, Option<&LogUniformDistribution>) {
        let count = f64::from(self.powers.high - self.powers.low) + 1.0;
        let end = |exponent: i32| f64::from((exponent - self.powers.low).max(0)) / count;
        let cell = |low, high| QuantileCell { low, high, is_ordered: true };
        let exponent = libm::ilogb(number);
        match &self.multiples {
            Some(multiples) if exponent >= self.quantum => {
                (cell(end(self.quantum), 1.0), Some(multiples))
            }
            _ => (cell(end(exponent), end(exponent + 1)), None),
        }
    }

    /// Returns one of the values, by its number from 0: the powers below the quantum, then its multiples.
    pub(super) fn point(&self, number: i64) -> Value {
        let below = i64::from((self.quantum - self.powers.low).max(0));
        match &self.multiples {
            Some(multiples) if number >= below => multiples.point(number - below),
            _ => self.powers.point(number),
        }
    }

    /// Returns the number of different values.
    pub(super) fn support(&self) -> u128 {
        let Some(multiples) = &self.multiples else { return self.powers.support() };
        let below = (self.quantum - self.powers.low).max(0).unsigned_abs();
        u128::from(below) + multiples.support()
    }
}
