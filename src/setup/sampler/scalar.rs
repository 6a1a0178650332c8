//! `int_sampler` and `float_sampler`: one of six laws over the multiples of a quantum.
//!
//! The laws are pycls's to the last detail, except that rounding errors never leave the range.

use sweep_config::{Distribution, ScalarRange, Value};

use super::candidate_rng::CandidateRng;
use super::failure::GridTooFine;
use super::log_uniform::LogUniformDistribution;
use super::normal::NormalDistribution;
use super::power2::{PowerOfTwo, PowerOrLog};
use super::quantum_grid::QuantumGrid;
use super::uniform::UniformDistribution;

/// A law with its range, ready to draw.
#[derive(Debug, Clone)]
pub(super) enum ScalarSampler {
    Uniform(UniformDistribution),
    LogUniform(LogUniformDistribution),
    PowerOfTwo(PowerOfTwo),
    PowerOrLog(PowerOrLog),
    Normal(NormalDistribution),
}

impl ScalarSampler {
    /// The law over a range that the config's validation has let pass.
    pub(super) fn new(law: Distribution, range: ScalarRange) -> Result<Self, GridTooFine> {
        let (low, high) = ends(range);
        Ok(match law {
            Distribution::Uniform => {
                Self::Uniform(UniformDistribution { grid: QuantumGrid::new(range)? })
            }
            Distribution::LogUniform => {
                Self::LogUniform(LogUniformDistribution::new(QuantumGrid::new(range)?, low, high))
            }
            Distribution::Power2Uniform => Self::PowerOfTwo(PowerOfTwo::new(range)),
            Distribution::Power2OrLogUniform => Self::PowerOrLog(PowerOrLog::new(range)?),
            Distribution::Normal => {
                Self::Normal(NormalDistribution::new(QuantumGrid::new(range)?, low, high))
            }
            Distribution::LogNormal => {
                Self::Normal(NormalDistribution::new_log(QuantumGrid::new(range)?, low, high))
            }
        })
    }

    pub(super) fn draw(&self, rng: &mut CandidateRng) -> Value {
        match self {
            Self::Uniform(law) => law.draw(rng),
            Self::LogUniform(law) => law.draw(rng),
            Self::PowerOfTwo(law) => law.draw(rng),
            Self::PowerOrLog(law) => law.draw(rng),
            Self::Normal(law) => law.draw(rng),
        }
    }

    /// One of the values that it draws, in ascending order, from 0.
    pub(super) fn point(&self, number: i64) -> Value {
        match self {
            Self::Uniform(law) => law.grid.point(number),
            Self::LogUniform(law) => law.point(number),
            Self::PowerOfTwo(law) => law.point(number),
            Self::PowerOrLog(law) => law.point(number),
            Self::Normal(law) => law.point(number),
        }
    }

    /// How many different values it draws.
    pub(super) fn support(&self) -> u128 {
        match self {
            Self::Uniform(law) => law.grid.len(),
            Self::LogUniform(law) => law.support(),
            Self::PowerOfTwo(law) => law.support(),
            Self::PowerOrLog(law) => law.support(),
            Self::Normal(law) => law.support(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "as the reference, which draws floats")]
fn ends(range: ScalarRange) -> (f64, f64) {
    match range {
        ScalarRange::Int { low, high, .. } => (low as f64, high as f64),
        ScalarRange::Float { low, high, .. } => (low, high),
    }
}
