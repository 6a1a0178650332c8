//! `int_sampler` and `float_sampler`: one of six laws over the multiples of a quantum.
//!
//! The laws are pycls's to the last detail, except that rounding errors never leave the range.

use sweep_config::{Distribution, ScalarRange, Value};

use super::TooFine;
use super::dice::Dice;
use super::grid::Grid;
use super::log_uniform::LogUniform;
use super::normal::Normal;
use super::power2::{Power2, Power2OrLog};
use super::uniform::Uniform;

/// A law with its range, ready to draw.
#[derive(Debug, Clone)]
pub(super) enum Scalar {
    Uniform(Uniform),
    LogUniform(LogUniform),
    Power2(Power2),
    Power2OrLog(Power2OrLog),
    Normal(Normal),
}

impl Scalar {
    /// The law over a range that the config's validation has let pass.
    pub(super) fn new(law: Distribution, range: ScalarRange) -> Result<Self, TooFine> {
        let (low, high) = ends(range);
        Ok(match law {
            Distribution::Uniform => Self::Uniform(Uniform { grid: Grid::new(range)? }),
            Distribution::LogUniform => {
                Self::LogUniform(LogUniform::new(Grid::new(range)?, low, high))
            }
            Distribution::Power2Uniform => Self::Power2(Power2::new(range)),
            Distribution::Power2OrLogUniform => Self::Power2OrLog(Power2OrLog::new(range)?),
            Distribution::Normal => Self::Normal(Normal::new(Grid::new(range)?, low, high)),
            Distribution::LogNormal => Self::Normal(Normal::new_log(Grid::new(range)?, low, high)),
        })
    }

    pub(super) fn draw(&self, dice: &mut Dice) -> Value {
        match self {
            Self::Uniform(law) => law.draw(dice),
            Self::LogUniform(law) => law.draw(dice),
            Self::Power2(law) => law.draw(dice),
            Self::Power2OrLog(law) => law.draw(dice),
            Self::Normal(law) => law.draw(dice),
        }
    }

    /// One of the values that it draws, in ascending order, from 0.
    pub(super) fn point(&self, number: i64) -> Value {
        match self {
            Self::Uniform(law) => law.grid.point(number),
            Self::LogUniform(law) => law.point(number),
            Self::Power2(law) => law.point(number),
            Self::Power2OrLog(law) => law.point(number),
            Self::Normal(law) => law.point(number),
        }
    }

    /// How many different values it draws.
    pub(super) fn support(&self) -> u128 {
        match self {
            Self::Uniform(law) => law.grid.len(),
            Self::LogUniform(law) => law.support(),
            Self::Power2(law) => law.support(),
            Self::Power2OrLog(law) => law.support(),
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
