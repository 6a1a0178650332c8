//! `int_sampler` and `float_sampler`: one of six distributions over the multiples of a quantum, or over any numbers.
//!
//! The distributions are pycls's to the last detail, except that rounding errors never leave the range.

use sweep_config::{Distribution, ScalarRange, Value};

use super::candidate_rng::CandidateRng;
use super::failure::GridTooFine;
use super::log_uniform::LogUniformDistribution;
use super::normal::{NormalDistribution, NormalRounding};
use super::power2::{PowerOfTwo, PowerOrLog};
use super::quantum_grid::QuantumGrid;
use super::real::RealDistribution;
use super::short_decimal::ShortDecimals;
use super::uniform::UniformDistribution;

/// A distribution over a range, ready to be drawn from.
#[derive(Debug, Clone)]
pub(super) enum ScalarSampler {
    Real(RealDistribution),
    Uniform(UniformDistribution),
    LogUniform(LogUniformDistribution),
    PowerOfTwo(PowerOfTwo),
    PowerOrLog(PowerOrLog),
    Normal(NormalDistribution),
}

impl ScalarSampler {
    /// Prepares a distribution over a range that the validation of the config has let pass.
    pub(super) fn new(distribution: Distribution, range: ScalarRange) -> Result<Self, GridTooFine> {
        let (low, high) = ends(range);
        let is_real = matches!(range, ScalarRange::Real { .. });
        let rounding = |is_log| {
            Ok(if is_real {
                NormalRounding::Short(ShortDecimals::new(low, high, is_log))
            } else {
                NormalRounding::Grid(QuantumGrid::new(range)?)
            })
        };
        Ok(match distribution {
            Distribution::Uniform if is_real => Self::Real(RealDistribution::new(low, high)),
            Distribution::LogUniform if is_real => Self::Real(RealDistribution::new_log(low, high)),
            Distribution::Uniform => {
                Self::Uniform(UniformDistribution { grid: QuantumGrid::new(range)? })
            }
            Distribution::LogUniform => {
                Self::LogUniform(LogUniformDistribution::new(QuantumGrid::new(range)?, low, high))
            }
            Distribution::Power2Uniform => Self::PowerOfTwo(PowerOfTwo::new(range)),
            Distribution::Power2OrLogUniform => Self::PowerOrLog(PowerOrLog::new(range)?),
            Distribution::Normal => {
                Self::Normal(NormalDistribution::new(rounding(false)?, low, high))
            }
            Distribution::LogNormal => {
                Self::Normal(NormalDistribution::new_log(rounding(true)?, low, high))
            }
        })
    }

    pub(super) fn draw(&self, rng: &mut CandidateRng) -> Value {
        match self {
            Self::Real(scalar) => scalar.draw(rng),
            Self::Uniform(scalar) => scalar.draw(rng),
            Self::LogUniform(scalar) => scalar.draw(rng),
            Self::PowerOfTwo(scalar) => scalar.draw(rng),
            Self::PowerOrLog(scalar) => scalar.draw(rng),
            Self::Normal(scalar) => scalar.draw(rng),
        }
    }

    /// Returns one of the values, by its number from 0 in ascending order.
    pub(super) fn point(&self, number: i64) -> Value {
        match self {
            Self::Real(scalar) => Value::Float(scalar.decimals().low()),
            Self::Uniform(scalar) => scalar.grid.point(number),
            Self::LogUniform(scalar) => scalar.point(number),
            Self::PowerOfTwo(scalar) => scalar.point(number),
            Self::PowerOrLog(scalar) => scalar.point(number),
            Self::Normal(scalar) => scalar.point(number),
        }
    }

    /// Returns the number of different values; `None` without steps.
    pub(super) fn support(&self) -> Option<u128> {
        match self {
            Self::Real(scalar) => scalar.decimals().is_point().then_some(1),
            Self::Uniform(scalar) => Some(scalar.grid.len()),
            Self::LogUniform(scalar) => Some(scalar.support()),
            Self::PowerOfTwo(scalar) => Some(scalar.support()),
            Self::PowerOrLog(scalar) => Some(scalar.support()),
            Self::Normal(scalar) => scalar.support(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "as the reference, which draws floats")]
fn ends(range: ScalarRange) -> (f64, f64) {
    match range {
        ScalarRange::Int { low, high, .. } => (low as f64, high as f64),
        ScalarRange::Float { low, high, .. } | ScalarRange::Real { low, high } => (low, high),
    }
}
