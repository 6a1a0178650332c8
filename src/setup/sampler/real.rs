//! The laws `uniform` and `log_uniform` over any numbers of a range: those of a sampler without a quantum.

use sweep_config::Value;

use super::candidate_rng::CandidateRng;
use super::short_decimal::ShortDecimals;

/// Any number of a range, each as likely, or its logarithm.
#[derive(Debug, Clone, Copy)]
pub(super) struct RealDistribution {
    decimals: ShortDecimals,
    is_log: bool,
    low: f64,
    high: f64,
}

impl RealDistribution {
    /// Prepares the law `uniform`.
    pub(super) fn new(low: f64, high: f64) -> Self {
        Self { decimals: ShortDecimals::new(low, high, false), is_log: false, low, high }
    }

    /// Prepares the law `log_uniform`.
    pub(super) fn new_log(low: f64, high: f64) -> Self {
        let decimals = ShortDecimals::new(low, high, true);
        Self { decimals, is_log: true, low: libm::log(low), high: libm::log(high) }
    }

    pub(super) fn draw(&self, rng: &mut CandidateRng) -> Value {
        let share = rng.unit();
        // No difference of the ends: it may be beyond the greatest float.
        let number = (1.0 - share) * self.low + share * self.high;
        self.decimals.value(if self.is_log { libm::exp(number) } else { number })
    }

    /// Returns the decimals that it draws.
    pub(super) fn decimals(&self) -> &ShortDecimals {
        &self.decimals
    }
}
