//! Steps that are too coarse for their law, and those that would not be.

use super::decimal::DecimalNumber;
use super::{Distribution, ScalarRange};
use crate::Value;
use crate::config::given::GivenValue;
use crate::yaml;

/// The greatest share of the draws that one value may have of a law that is smooth.
const LARGEST_SHARE: f64 = 0.02;

/// Warns of steps that are coarse beside LOW where the law is one of logarithms: there it is drawn much more often
/// than the law says.
pub(super) fn warn_if_coarse(
    range: &GivenValue<'_>,
    distribution: Distribution,
    (low, high): (f64, f64),
    quantum: f64,
) {
    if distribution != Distribution::LogUniform || quantum * 10.0 <= low * (1.0 + 1e-12) {
        return;
    }
    let below = low - quantum.min(low / 2.0);
    let share = (low / below).ln() / (high / below).ln();
    if low < high && share > LARGEST_SHARE {
        let (low, high) = (DecimalNumber::from(low), DecimalNumber::from(high));
        let message = format!(
            "QUANTIZE {quantum:?} is too coarse for LOW {}: {:.0} % of the draws would be LOW itself, which \
             is not log-uniform",
            low.spell(),
            100.0 * share
        );
        let hint = format!("write {}, or remove it", finer(distribution, &low, &high));
        range.warn(message, Some(hint));
    }
}

/// Returns a QUANTIZE, as it is written, of which both ends are multiples, and which is fine beside LOW where that
/// matters.
pub(super) fn finer(
    distribution: Distribution,
    low: &DecimalNumber,
    high: &DecimalNumber,
) -> String {
    if low.is_whole() {
        return "`QUANTIZE: 1`".to_owned();
    }
    // A hundredth of LOW.
    let quantum = multiple_of_both(distribution, low, high, 2);
    format!("`QUANTIZE: {}`", yaml::flow(&Value::Float(quantum)))
}

/// Returns a power of ten of which both ends are multiples, so many digits below the first one of LOW where the law
/// is one of logarithms.
fn multiple_of_both(
    distribution: Distribution,
    low: &DecimalNumber,
    high: &DecimalNumber,
    digits: i32,
) -> f64 {
    let first = |number: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "a float has at most 324 places")]
        let place = libm::floor(libm::log10(number.abs())) as i32;
        place
    };
    let mut place = low.last_place().min(high.last_place());
    if matches!(distribution, Distribution::LogUniform | Distribution::LogNormal) {
        // No finer than floats are at HIGH.
        let finest = first(high.to_f64()).saturating_sub(15);
        place = place.min(first(low.to_f64()).saturating_sub(digits).max(finest));
    }
    format!("1e{place}").parse().unwrap_or(f64::MIN_POSITIVE)
}

impl ScalarRange {
    /// Returns a QUANTIZE, as it is written, with which draws of a law hardly repeat; `None` if there is none.
    #[must_use]
    pub fn finer(&self, distribution: Distribution) -> Option<String> {
        match *self {
            Self::Float { low, high, quantum } => {
                let finer = multiple_of_both(distribution, &low.into(), &high.into(), 6);
                let finer = finer.min(quantum / 1000.0);
                Some(yaml::flow(&Value::Float(finer)))
            }
            Self::Int { quantum, .. } => (quantum > 1).then(|| "1".to_owned()),
            Self::Real { .. } => None,
        }
    }
}
