//! `int_sampler` and `float_sampler` whose range refers to other parameters.
//!
//! The ends are moved inwards to what the distribution and the quantum allow, since the value of another
//! parameter need not be a multiple of this one's quantum.

use sweep_config::{self as config, Distribution, RangeQuantum, ScalarRange, Value, python};

use super::candidate_rng::CandidateRng;
use super::failure::GridTooFine;
use super::scalar::ScalarSampler;
use crate::setup::binding::BoundExpr;
use crate::setup::param_list::ParamList;

/// Whole numbers up to here are floats exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A distribution whose range differs from candidate to candidate.
#[derive(Debug)]
pub(super) struct RangedSampler<'a> {
    distribution: Distribution,
    quantum: RangeQuantum,
    low: RangeEnd<'a>,
    high: RangeEnd<'a>,
}

#[derive(Debug)]
enum RangeEnd<'a> {
    Number(f64),
    Expr(BoundExpr<'a>),
}

impl<'a> RangedSampler<'a> {
    pub(super) fn new(
        ranged: &'a config::DependentRange,
        params: &ParamList,
        base: &'a Value,
    ) -> Self {
        let end = |bound: &'a config::RangeBound| match bound {
            config::RangeBound::Number(number) => RangeEnd::Number(*number),
            config::RangeBound::Expr(expr) => RangeEnd::Expr(BoundExpr::new(expr, params, base)),
        };
        let (low, high) = (end(&ranged.low), end(&ranged.high));
        Self { distribution: ranged.distribution, quantum: ranged.quantum, low, high }
    }

    pub(super) fn draw(
        &self,
        rng: &mut CandidateRng,
        values: &[Option<Value>],
    ) -> Result<Value, String> {
        let range = self.range(self.low.number(values)?, self.high.number(values)?)?;
        match ScalarSampler::new(self.distribution, range) {
            Ok(scalar) => Ok(scalar.draw(rng)),
            Err(GridTooFine) => {
                Err("its range holds more than 2^51 multiples of QUANTIZE".to_owned())
            }
        }
    }

    /// Returns the widest range of the distribution within two numbers.
    fn range(&self, low: f64, high: f64) -> Result<ScalarRange, String> {
        let above_zero = !matches!(self.distribution, Distribution::Uniform | Distribution::Normal);
        if above_zero && low <= 0.0 {
            return Err(format!(
                "{} draws numbers above 0, but LOW is {low}",
                self.distribution.name()
            ));
        }
        let quantum = match self.quantum {
            #[expect(clippy::cast_precision_loss, reason = "at most 2^53")]
            RangeQuantum::Int(quantum) => Some(quantum as f64),
            RangeQuantum::Float(quantum) => Some(quantum),
            RangeQuantum::Real => None,
        };
        let is_power = matches!(
            self.distribution,
            Distribution::Power2Uniform | Distribution::Power2OrLogUniform
        );
        let (first, last) = if is_power {
            let least = low.max(quantum.unwrap_or(low));
            (least.log2().ceil().exp2(), high.log2().floor().exp2())
        } else if let Some(quantum) = quantum {
            (multiple(low, quantum, f64::ceil), multiple(high, quantum, f64::floor))
        } else {
            (low, high)
        };
        if first > last {
            let what =
                quantum.map_or("number".to_owned(), |quantum| format!("multiple of {quantum}"));
            return Err(format!("its range [{low}, {high}] contains no {what}"));
        }
        match self.quantum {
            RangeQuantum::Float(quantum) => {
                Ok(ScalarRange::Float { low: first, high: last, quantum })
            }
            RangeQuantum::Real => Ok(ScalarRange::Real { low: first, high: last }),
            #[expect(clippy::cast_possible_truncation, reason = "checked: whole, at most 2^53")]
            RangeQuantum::Int(quantum) if first.abs().max(last.abs()) <= EXACT => {
                Ok(ScalarRange::Int { low: first as i64, high: last as i64, quantum })
            }
            RangeQuantum::Int(_) => Err(format!("its range [{low}, {high}] goes beyond 2^53")),
        }
    }
}

/// Returns the multiple of a quantum next to a number; a number that is a multiple but for rounding is
/// taken for it.
fn multiple(number: f64, quantum: f64, towards: fn(f64) -> f64) -> f64 {
    const ROUNDING: f64 = 1e-12;
    let quanta = number / quantum;
    let nearest = quanta.round();
    let is_one = (quanta - nearest).abs() <= ROUNDING * nearest.abs().max(1.0);
    (if is_one { nearest } else { towards(quanta) }) * quantum
}

impl RangeEnd<'_> {
    fn number(&self, values: &[Option<Value>]) -> Result<f64, String> {
        let expr = match self {
            Self::Number(number) => return Ok(*number),
            Self::Expr(expr) => expr,
        };
        let value = expr.value(values)?;
        match value.as_f64().filter(|number| number.is_finite()) {
            Some(number) => Ok(number),
            None => Err(format!("`{}` is {}, not a number", expr.text(), python::text(&value))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(
        distribution: Distribution,
        quantum: RangeQuantum,
        low: f64,
        high: f64,
    ) -> Result<ScalarRange, String> {
        RangedSampler {
            distribution,
            quantum,
            low: RangeEnd::Number(low),
            high: RangeEnd::Number(high),
        }
        .range(low, high)
    }

    #[test]
    fn the_ends_move_inwards_to_what_the_distribution_allows() {
        let int = |distribution, quantum, low, high| {
            range(distribution, RangeQuantum::Int(quantum), low, high)
        };
        let whole = |low, high, quantum| Ok(ScalarRange::Int { low, high, quantum });
        assert_eq!(int(Distribution::Uniform, 8, 9.5, 31.0), whole(16, 24, 8));
        assert_eq!(int(Distribution::Uniform, 8, -9.0, -8.0), whole(-8, -8, 8));
        assert_eq!(int(Distribution::Power2Uniform, 1, 3.0, 100.0), whole(4, 64, 1));
        let float = range(Distribution::LogUniform, RangeQuantum::Float(0.1), 0.3, 0.75);
        let Ok(ScalarRange::Float { low, high, .. }) = float else { panic!("{float:?}") };
        assert!((low - 0.3).abs() < 1e-12 && (high - 0.7).abs() < 1e-12, "{low} {high}");
    }

    #[test]
    fn a_range_that_holds_nothing_says_so() {
        let why = |distribution, low, high| {
            range(distribution, RangeQuantum::Int(4), low, high).unwrap_err()
        };
        assert_eq!(
            why(Distribution::Uniform, 5.0, 7.0),
            "its range [5, 7] contains no multiple of 4"
        );
        assert_eq!(
            why(Distribution::Power2Uniform, 9.0, 15.0),
            "its range [9, 15] contains no multiple of 4"
        );
        assert_eq!(
            why(Distribution::LogUniform, 0.0, 8.0),
            "log_uniform draws numbers above 0, but LOW is 0"
        );
        assert!(why(Distribution::Uniform, 0.0, 1e300).contains("2^53"));
    }
}
