//! The laws `normal` and `log_normal`, clipped to the range by drawing again.

use sweep_config::Value;

use super::dice::Dice;
use super::grid::Grid;

/// How often to draw before the law gives up and takes the middle.
///
/// The range is three standard deviations to either side, so that a draw misses it with
/// probability 0.0027; that 100 in a row do has probability 10^-257.
const MAX_DRAWS: u32 = 100;

/// A normal law with its mean in the middle of the range and a standard deviation of a sixth of
/// it, rounded to the nearest multiple of the quantum, half to even.
#[derive(Debug, Clone)]
pub(super) struct Normal {
    grid: Grid,
    low: f64,
    high: f64,
    mean: f64,
    sigma: f64,
    /// True if and only if mean and deviation are those of the logarithm.
    log: bool,
}

impl Normal {
    /// The law `normal` over a grid whose ends are `low` and `high` as floats.
    pub(super) fn new(grid: Grid, low: f64, high: f64) -> Self {
        let (mean, sigma) = (f64::midpoint(low, high), (high - low) / 6.0);
        Self { grid, low, high, mean, sigma, log: false }
    }

    /// The law `log_normal`, likewise.
    pub(super) fn new_log(grid: Grid, low: f64, high: f64) -> Self {
        let (log_low, log_high) = (libm::log(low), libm::log(high));
        let (mean, sigma) = (f64::midpoint(log_low, log_high), (log_high - log_low) / 6.0);
        Self { grid, low, high, mean, sigma, log: true }
    }

    pub(super) fn draw(&self, dice: &mut Dice) -> Value {
        let inside = (0..MAX_DRAWS)
            .map(|_| self.transform(dice.normal()))
            .find(|f| (self.low..=self.high).contains(f));
        // Where low is high, rounding may put `exp(ln(low))` just outside for ever: the reference
        // never returns then. The clamp of the middle is right in this case too.
        let f = inside.unwrap_or_else(|| self.transform(0.0));
        self.grid.clamped((f / self.grid.quantum()).round_ties_even())
    }

    /// One of the values that it draws, from 0.
    pub(super) fn point(&self, number: i64) -> Value {
        self.grid.point(number)
    }

    /// How many different values it draws.
    pub(super) fn support(&self) -> u128 {
        self.grid.len()
    }

    fn transform(&self, z: f64) -> f64 {
        let f = self.mean + self.sigma * z;
        if self.log { libm::exp(f) } else { f }
    }
}
