//! The rules of each distribution for its range: pycls's `validate_rand`, one message a rule.

use super::Distribution;
use super::decimal::DecimalNumber;
use crate::config::given::GivenValue;

/// `RANGE` and `QUANTIZE` of a sampler.
pub(super) struct DecimalRange {
    low: DecimalNumber,
    high: DecimalNumber,
    quantum: DecimalNumber,
}

impl DecimalRange {
    pub(super) fn new<T: Into<DecimalNumber>>(low: T, high: T, quantum: T) -> Self {
        Self { low: low.into(), high: high.into(), quantum: quantum.into() }
    }
}

/// Checks a range against the rules of its distribution; `None` after the first that it breaks was reported.
pub(super) fn check(
    range: &GivenValue<'_>,
    distribution: Distribution,
    bounds: &DecimalRange,
) -> Option<()> {
    match broken_rule(distribution, bounds) {
        None => Some(()),
        Some((message, hint)) => {
            range.problem(message, Some(hint));
            None
        }
    }
}

/// The fault of a range, and what would be right.
type RangeFault = (String, String);

fn broken_rule(distribution: Distribution, bounds: &DecimalRange) -> Option<RangeFault> {
    let DecimalRange { low, high, .. } = bounds;
    if low.to_f64() > high.to_f64() {
        let message = format!("LOW {} is above HIGH {}", low.spell(), high.spell());
        return Some((message, "a range is [LOW, HIGH]".to_owned()));
    }
    if low.to_f64() <= 0.0 && !matches!(distribution, Distribution::Uniform | Distribution::Normal)
    {
        let message =
            format!("{} draws numbers above 0, but LOW is {}", distribution.name(), low.spell());
        return Some((message, "give a LOW above 0".to_owned()));
    }
    match distribution {
        Distribution::Power2OrLogUniform => odd_power(distribution, bounds),
        Distribution::Power2Uniform => {
            odd_power(distribution, bounds).or_else(|| odd_multiple(bounds))
        }
        _ => odd_multiple(bounds),
    }
}

fn odd_power(
    distribution: Distribution,
    DecimalRange { low, high, quantum }: &DecimalRange,
) -> Option<RangeFault> {
    let all = [("LOW", low), ("HIGH", high), ("QUANTIZE", quantum)];
    let (which, odd) = all.into_iter().find(|(_, number)| !number.is_power_of_two())?;
    let below = 2_f64.powf(odd.to_f64().log2().floor());
    let message =
        format!("{} wants powers of two, but {which} is {}", distribution.name(), odd.spell());
    let hint =
        format!("the nearest are {} and {}", odd.spell_like(below), odd.spell_like(2.0 * below));
    Some((message, hint))
}

fn odd_multiple(DecimalRange { low, high, quantum }: &DecimalRange) -> Option<RangeFault> {
    let both = [("LOW", low), ("HIGH", high)];
    let (which, odd) = both.into_iter().find(|(_, number)| !number.is_multiple_of(quantum))?;
    let [below, above] = odd.neighbours(quantum).map(|number| odd.spell_like(number));
    let message = format!("{which} {} is no multiple of QUANTIZE {}", odd.spell(), quantum.spell());
    Some((message, format!("the nearest are {below} and {above}")))
}
