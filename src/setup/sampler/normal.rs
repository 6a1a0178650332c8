//! The distributions `normal` and `log_normal`, clipped to the range by drawing again.

use sweep_config::Value;

use super::candidate_rng::CandidateRng;
use super::quantum_grid::QuantumGrid;
use super::short_decimal::ShortDecimals;
use crate::app::num::normal_below;

/// The number of draws after which the middle is taken.
///
/// The range is three standard deviations to either side, so that a draw misses it with
/// probability 0.0027; that 100 in a row do has probability 10^-257.
const MAX_DRAWS: u32 = 100;

/// A normal distribution with its mean in the middle of the range and a standard deviation of a sixth of
/// it, rounded to the nearest multiple of the quantum, half to even.
#[derive(Debug, Clone)]
pub(super) struct NormalDistribution {
    rounding: NormalRounding,
    low: f64,
    high: f64,
    mean: f64,
    sigma: f64,
    /// True if and only if mean and deviation are those of the logarithm.
    log: bool,
}

/// The values to which draws are rounded.
#[derive(Debug, Clone)]
pub(super) enum NormalRounding {
    Grid(QuantumGrid),
    Short(ShortDecimals),
}

impl NormalDistribution {
    /// Prepares the distribution `normal` over values whose ends are `low` and `high` as floats.
    pub(super) fn new(rounding: NormalRounding, low: f64, high: f64) -> Self {
        let width = high - low;
        let sigma = if width.is_finite() { width / 6.0 } else { high / 6.0 - low / 6.0 };
        Self { rounding, low, high, mean: f64::midpoint(low, high), sigma, log: false }
    }

    /// Prepares the distribution `log_normal` over such values.
    pub(super) fn new_log(rounding: NormalRounding, low: f64, high: f64) -> Self {
        let (log_low, log_high) = (libm::log(low), libm::log(high));
        let (mean, sigma) = (f64::midpoint(log_low, log_high), (log_high - log_low) / 6.0);
        Self { rounding, low, high, mean, sigma, log: true }
    }

    pub(super) fn draw(&self, rng: &mut CandidateRng) -> Value {
        if let Some(share) = rng.coordinate() {
            let f = self.transform(clipped_quantile(share)).clamp(self.low, self.high);
            return self.value(f);
        }
        let inside = (0..MAX_DRAWS)
            .map(|_| self.transform(rng.normal()))
            .find(|f| (self.low..=self.high).contains(f));
        // Where low is high, rounding may put `exp(ln(low))` just outside for ever: the reference
        // never returns then. The clamp of the middle is right in this case too.
        let f = inside.unwrap_or_else(|| self.transform(0.0));
        self.value(f)
    }

    /// Returns one of the values, by its number from 0.
    pub(super) fn point(&self, number: i64) -> Value {
        match &self.rounding {
            NormalRounding::Grid(grid) => grid.point(number),
            NormalRounding::Short(decimals) => Value::Float(decimals.low()),
        }
    }

    /// Returns the number of different values; `None` without steps.
    pub(super) fn support(&self) -> Option<u128> {
        match &self.rounding {
            NormalRounding::Grid(grid) => Some(grid.len()),
            NormalRounding::Short(decimals) => decimals.is_point().then_some(1),
        }
    }

    fn value(&self, f: f64) -> Value {
        match &self.rounding {
            NormalRounding::Grid(grid) => grid.clamped(grid.quanta(f).round_ties_even()),
            NormalRounding::Short(decimals) => decimals.value(f),
        }
    }

    fn transform(&self, z: f64) -> f64 {
        let f = self.mean + self.sigma * z;
        if self.log { libm::exp(f) } else { f }
    }
}

/// Computes the quantile of the standard normal distribution clipped to three deviations, found by halving.
fn clipped_quantile(share: f64) -> f64 {
    let (mut low, mut high) = (-3.0, 3.0);
    let wanted = normal_below(low) + share * (normal_below(high) - normal_below(low));
    // Each step halves the interval of 6: after 54 no float lies between its ends.
    for _ in 0..54 {
        let middle = f64::midpoint(low, high);
        if normal_below(middle) < wanted { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantiles_of_the_clipped_law_are_right() {
        assert!(clipped_quantile(0.5).abs() < 1e-15);
        // Of the distribution clipped to three deviations: 0.0013498980316301 of the whole is beyond each.
        let known = 0.841_344_746_068_543;
        let share = (known - 0.001_349_898_031_630_1) / (1.0 - 2.0 * 0.001_349_898_031_630_1);
        assert!((clipped_quantile(share) - 1.0).abs() < 1e-12);
        assert!((clipped_quantile(0.0) + 3.0).abs() < 1e-12);
    }
}
