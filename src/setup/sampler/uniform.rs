//! The distribution `uniform`: all multiples of the quantum are equally likely.

use sweep_config::Value;

use super::candidate_rng::CandidateRng;
use super::quantum_grid::QuantumGrid;

/// The multiples of a quantum, all equally likely.
///
/// The reference draws a float from `[low, high + q)` and rounds it down; each multiple then has a
/// cell of the same width. Drawing the multiple itself is that distribution without its rounding errors.
#[derive(Debug, Clone)]
pub(super) struct UniformDistribution {
    pub(super) grid: QuantumGrid,
}

impl UniformDistribution {
    pub(super) fn draw(&self, rng: &mut CandidateRng) -> Value {
        self.grid.value(rng.between(self.grid.first(), self.grid.last()))
    }
}
