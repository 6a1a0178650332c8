//! The distribution `log_uniform`: the logarithm is uniform, rounded up to a multiple of the quantum.

use sweep_config::Value;

use super::candidate_rng::CandidateRng;
use super::quantum_grid::QuantumGrid;

/// Draws a float from `(low - min(q, low / 2), high]` and rounds up.
///
/// The cell of `low` is thus as wide as the others (or reaches down to `low / 2`), which on a
/// logarithmic scale gives `low` more than its share: `[1, 2]` with quantum 1 is 1 half of the time.
/// The reference does the same.
#[derive(Debug, Clone)]
pub(super) struct LogUniformDistribution {
    grid: QuantumGrid,
    /// `-ln(high)`.
    from: f64,
    /// `ln(high) - ln(low - min(q, low / 2))`.
    span: f64,
}

impl LogUniformDistribution {
    /// Prepares the distribution over a grid whose ends are `low` and `high` as floats.
    pub(super) fn new(grid: QuantumGrid, low: f64, high: f64) -> Self {
        let from = -libm::log(high);
        let span = -libm::log(low - grid.quantum().min(low / 2.0)) - from;
        Self { grid, from, span }
    }

    pub(super) fn draw(&self, rng: &mut CandidateRng) -> Value {
        let f = libm::exp(-(self.from + self.span * rng.unit()));
        self.grid.clamped(self.grid.quanta(f).ceil())
    }

    /// Returns one of the values, by its number from 0.
    pub(super) fn point(&self, number: i64) -> Value {
        self.grid.point(number)
    }

    /// Returns the number of different values.
    pub(super) fn support(&self) -> u128 {
        self.grid.len()
    }
}
