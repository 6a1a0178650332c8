//! Decodes samplers that draw numbers from a range.

use std::ops::RangeInclusive;

use super::distribution::{DecimalRange, check};
use super::scope::SamplerScope;
use super::steps::warn_if_coarse;
use super::{
    DependentRange, Distribution, RangeBound, RangeQuantum, RegnetRanges, Sampler, ScalarRange,
};
use crate::Value;
use crate::config::given::GivenValue;
use crate::config::section::ConfigSection;
use crate::yaml::NodeKind;

/// The greatest number up to which a float, in which samplers compute, tells each whole number from the next.
pub(in crate::config) const LARGEST_WHOLE: i64 = 1 << 53;
pub(in crate::config) const WHOLE: RangeInclusive<i64> = -LARGEST_WHOLE..=LARGEST_WHOLE;

/// Decodes an `int_sampler`.
pub(super) fn int(section: &ConfigSection<'_>, scope: &SamplerScope<'_>) -> Option<Sampler> {
    let distribution = section.one_of("RAND_TYPE", Distribution::NAMED, Distribution::Uniform);
    let quantum = section.whole("QUANTIZE", 1..=LARGEST_WHOLE, 1);
    let range = section.required("RANGE", "the closed range [LOW, HIGH] to draw from")?;
    if is_dependent(&range) {
        check(&range, distribution, &DecimalRange::new(quantum, quantum, quantum))?;
        return ranged(&range, distribution, RangeQuantum::Int(quantum), scope);
    }
    let (low, high) = whole_pair(&range)?;
    let bounds = DecimalRange::new(low, high, quantum).unless_pyclss(scope.is_pycls);
    check(&range, distribution, &bounds)?;
    Some(Sampler::Scalar(distribution, ScalarRange::Int { low, high, quantum }))
}

/// True if an end of a range is an expression.
fn is_dependent(range: &GivenValue<'_>) -> bool {
    let NodeKind::List(ends) = &range.node.kind else { return false };
    ends.iter().any(|end| matches!(end.kind, NodeKind::Scalar(Value::Str(_))))
}

fn ranged(
    range: &GivenValue<'_>,
    distribution: Distribution,
    quantum: RangeQuantum,
    scope: &SamplerScope<'_>,
) -> Option<Sampler> {
    let bound = |given: &GivenValue<'_>| match (&given.node.kind, quantum) {
        (NodeKind::Scalar(Value::Str(_)), _) => scope.expression(given).map(RangeBound::Expr),
        (_, RangeQuantum::Int(_)) => {
            given.whole(WHOLE).map(|whole| RangeBound::Number(to_float(whole)))
        }
        (_, RangeQuantum::Float(_) | RangeQuantum::Real) => given.number().map(RangeBound::Number),
    };
    let [low, high] = range.pair()?;
    let (low, high) = (bound(&low), bound(&high));
    Some(Sampler::Ranged(DependentRange { distribution, quantum, low: low?, high: high? }))
}

#[expect(clippy::cast_precision_loss, reason = "checked: at most 2^53")]
fn to_float(whole: i64) -> f64 {
    whole as f64
}

fn whole_pair(range: &GivenValue<'_>) -> Option<(i64, i64)> {
    let [low, high] = range.pair()?;
    let whole = |given: &GivenValue<'_>| given.whole(WHOLE);
    let (low, high) = (whole(&low), whole(&high));
    Some((low?, high?))
}

/// The quantum that pycls has for a `float_sampler` without one.
const PYCLS_QUANTUM: f64 = 0.00001;

/// Decodes a `float_sampler`.
pub(super) fn float(section: &ConfigSection<'_>, scope: &SamplerScope<'_>) -> Option<Sampler> {
    let distribution = section.one_of("RAND_TYPE", Distribution::NAMED, Distribution::Uniform);
    let quantum = float_quantum(section, distribution, scope);
    let range = section.required("RANGE", "the closed range [LOW, HIGH] to draw from")?;
    if is_dependent(&range) {
        let quantum = quantum?;
        if let RangeQuantum::Float(quantum) = quantum {
            check(&range, distribution, &DecimalRange::new(quantum, quantum, quantum))?;
        }
        return ranged(&range, distribution, quantum, scope);
    }
    let (low, high) = number_pair(&range)?;
    let quantum = match quantum? {
        RangeQuantum::Float(quantum) => quantum,
        // A power of two between the ends is a multiple of the lower one.
        _ if distribution == Distribution::Power2Uniform => low,
        _ => {
            check(&range, distribution, &DecimalRange::without_steps(low, high))?;
            return Some(Sampler::Scalar(distribution, ScalarRange::Real { low, high }));
        }
    };
    let bounds = DecimalRange::new(low, high, quantum).unless_pyclss(scope.is_pycls);
    check(&range, distribution, &bounds)?;
    warn_if_coarse(&range, distribution, (low, high), quantum);
    Some(Sampler::Scalar(distribution, ScalarRange::Float { low, high, quantum }))
}

/// Decodes the quantum of a `float_sampler`; without one there is none, but for pycls's jobs.
fn float_quantum(
    section: &ConfigSection<'_>,
    distribution: Distribution,
    scope: &SamplerScope<'_>,
) -> Option<RangeQuantum> {
    match section.get("QUANTIZE") {
        Some(given) => positive(&given).map(RangeQuantum::Float),
        // Points are no steps.
        None if scope.is_pycls && !section.has("POINTS") => {
            Some(RangeQuantum::Float(PYCLS_QUANTUM))
        }
        None if distribution == Distribution::Power2OrLogUniform => {
            let why = "the power of two above which other multiples of it are drawn, too";
            section.problem("QUANTIZE", format!("is missing: {why}"), None);
            None
        }
        None => Some(RangeQuantum::Real),
    }
}

fn positive(given: &GivenValue<'_>) -> Option<f64> {
    let number = given.number()?;
    if number <= 0.0 {
        given.problem(format!("must be above 0, found `{number}`"), None);
        return None;
    }
    Some(number)
}

fn number_pair(range: &GivenValue<'_>) -> Option<(f64, f64)> {
    let [low, high] = range.pair()?;
    let (low, high) = (low.number(), high.number());
    Some((low?, high?))
}

/// Decodes a `regnet_sampler`.
pub(super) fn regnet(section: &ConfigSection<'_>) -> Option<Sampler> {
    let whole = |key, default, distribution, quantum: i64| {
        let Some(range) = section.get(key) else { return Some(default) };
        let (low, high) = whole_pair(&range)?;
        check(&range, distribution, &DecimalRange::new(low, high, quantum))?;
        Some((low, high))
    };
    let number = |key, default, distribution, quantum| {
        let Some(range) = section.get(key) else { return Some(default) };
        let (low, high) = number_pair(&range)?;
        check(&range, distribution, &DecimalRange::new(low, high, quantum))?;
        Some((low, high))
    };
    let depth = whole("DEPTH", (12, 28), Distribution::Uniform, 1);
    let w0 = whole("W0", (8, 256), Distribution::LogUniform, 8);
    let wa = number("WA", (8.0, 256.0), Distribution::LogUniform, 0.1);
    let wm = number("WM", (2.0, 3.0), Distribution::LogUniform, 0.001);
    let group_w = whole("GROUP_W", (8, 128), Distribution::Power2OrLogUniform, 8);
    let bot_mul = number("BOT_MUL", (1.0, 1.0), Distribution::Power2Uniform, 1.0 / 128.0);
    Some(Sampler::Regnet(RegnetRanges {
        depth: depth?,
        w0: w0?,
        wa: wa?,
        wm: wm?,
        group_w: group_w?,
        bot_mul: bot_mul?,
    }))
}
