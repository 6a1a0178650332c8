//! The rules of each distribution for its range: pycls's `validate_rand`, one message a rule.

use super::Distribution;
use super::decimal::DecimalNumber;
use super::steps;
use crate::config::given::GivenValue;

/// `RANGE` and `QUANTIZE` of a sampler.
pub(super) struct DecimalRange {
    low: DecimalNumber,
    high: DecimalNumber,
    /// `None`: any number of the range.
    quantum: Option<DecimalNumber>,
    rule: StepRule,
}

/// The values that a range has with a quantum.
#[derive(Clone, Copy, PartialEq)]
enum StepRule {
    /// Multiples of it, as always with a `regnet_sampler`.
    Multiples,
    /// Multiples of it, since the jobs are pycls's.
    PyclsMultiples,
    /// Multiples of it, or steps from LOW where that is none.
    FromLow,
}

impl DecimalRange {
    /// Combines a range with its quantum, of which the ends are multiples.
    pub(super) fn new<T: Into<DecimalNumber>>(low: T, high: T, quantum: T) -> Self {
        let quantum = Some(quantum.into());
        Self { low: low.into(), high: high.into(), quantum, rule: StepRule::Multiples }
    }

    /// Makes a range of any numbers.
    pub(super) fn without_steps(low: f64, high: f64) -> Self {
        Self { low: low.into(), high: high.into(), quantum: None, rule: StepRule::FromLow }
    }

    /// Lets steps count from LOW, unless the jobs are pycls's.
    pub(super) fn unless_pyclss(self, is_pycls: bool) -> Self {
        let rule = if is_pycls { StepRule::PyclsMultiples } else { StepRule::FromLow };
        Self { rule, ..self }
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
    let quantum = bounds.quantum.as_ref()?;
    match distribution {
        Distribution::Power2OrLogUniform => odd_power(distribution, bounds, quantum),
        Distribution::Power2Uniform => odd_power(distribution, bounds, quantum)
            .or_else(|| odd_multiple(distribution, bounds, quantum)),
        _ => odd_multiple(distribution, bounds, quantum),
    }
}

fn odd_power(
    distribution: Distribution,
    DecimalRange { low, high, .. }: &DecimalRange,
    quantum: &DecimalNumber,
) -> Option<RangeFault> {
    let all = [("LOW", low), ("HIGH", high), ("QUANTIZE", quantum)];
    let (which, odd) = all.into_iter().find(|(_, number)| !number.is_power_of_two())?;
    let below = 2_f64.powf(odd.to_f64().log2().floor());
    let message =
        format!("{} needs powers of two, but {which} is {}", distribution.name(), odd.spell());
    let hint =
        format!("the nearest are {} and {}", odd.spell_like(below), odd.spell_like(2.0 * below));
    Some((message, hint))
}

fn odd_multiple(
    distribution: Distribution,
    bounds: &DecimalRange,
    quantum: &DecimalNumber,
) -> Option<RangeFault> {
    let DecimalRange { low, high, rule, .. } = bounds;
    let near = |odd: &DecimalNumber, origin: Option<&DecimalNumber>| {
        let from = origin.map_or(0.0, DecimalNumber::to_f64);
        let offset = origin.and_then(|origin| odd.minus(origin)).unwrap_or_else(|| odd.clone());
        let [below, above] = offset.neighbours(quantum).map(|number| odd.spell_like(from + number));
        format!("the nearest are {below} and {above}")
    };
    if *rule == StepRule::FromLow && !low.is_multiple_of(quantum) {
        if high.minus(low).is_some_and(|width| width.is_multiple_of(quantum)) {
            return None;
        }
        let message = format!(
            "HIGH {} is not a whole number of QUANTIZE {} steps from LOW {}",
            high.spell(),
            quantum.spell(),
            low.spell()
        );
        return Some((message, near(high, Some(low))));
    }
    let both = [("LOW", low), ("HIGH", high)];
    let (which, odd) = both.into_iter().find(|(_, number)| !number.is_multiple_of(quantum))?;
    let message =
        format!("{which} {} is not a multiple of QUANTIZE {}", odd.spell(), quantum.spell());
    let mut hint = near(odd, None);
    if *rule == StepRule::PyclsMultiples {
        let finer = steps::finer(distribution, low, high);
        hint = format!("{hint}; pycls draws only multiples of it: {finer} would fit");
    }
    Some((message, hint))
}
