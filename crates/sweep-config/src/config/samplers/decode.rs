//! Decodes samplers, every rule of which is checked before anything is drawn.

use std::ops::RangeInclusive;

use indexmap::IndexMap;

use super::decimal::DecimalNumber;
use super::distribution::{DecimalRange, check};
use super::scope::{LONGEST_LIST, MOST_NESTED, SamplerScope};
use super::{
    BranchChoice, DependentRange, Distribution, ListLength, RangeBound, RangeQuantum, RegnetRanges,
    Sampler, ScalarRange,
};
use crate::Value;
use crate::config::given::GivenValue;
use crate::config::section::ConfigSection;
use crate::yaml::NodeKind;

/// The greatest number up to which a float, in which samplers compute, tells each whole number from the next.
const LARGEST_WHOLE: i64 = 1 << 53;
const WHOLE: RangeInclusive<i64> = -LARGEST_WHOLE..=LARGEST_WHOLE;

#[derive(Clone, Copy)]
enum SamplerKind {
    Value,
    Float,
    Int,
    List,
    Regnet,
    Choice,
    Union,
}

const KINDS: [(&str, SamplerKind); 7] = [
    ("value_sampler", SamplerKind::Value),
    ("float_sampler", SamplerKind::Float),
    ("int_sampler", SamplerKind::Int),
    ("list_sampler", SamplerKind::List),
    ("regnet_sampler", SamplerKind::Regnet),
    ("choice_sampler", SamplerKind::Choice),
    ("union_sampler", SamplerKind::Union),
];

/// Decodes the sampler of a parameter; `None` after its problems were reported.
pub(in crate::config) fn decode(
    parameter: &str,
    given: &GivenValue<'_>,
    scope: &SamplerScope<'_>,
) -> Option<Sampler> {
    if let NodeKind::List(_) = given.node.kind {
        return listed(given);
    }
    let section = given.section();
    given.node.entries()?;
    let kind = section.required("TYPE", "it says how to sample, e.g. `float_sampler`")?;
    let sampler = match kind.one_of(&KINDS)? {
        SamplerKind::Value => {
            let given = section.required("VALUES", "a value_sampler draws one of them");
            given.and_then(|given| listed(&given))
        }

        SamplerKind::Float => float(&section, scope),
        SamplerKind::Int => int(&section, scope),
        SamplerKind::List => list(parameter, &section, scope),
        SamplerKind::Choice => choice(parameter, &section, scope, true),
        SamplerKind::Union => choice(parameter, &section, scope, false),
        SamplerKind::Regnet if parameter == "REGNET" => regnet(&section),
        SamplerKind::Regnet => {
            let hint =
                "give it the key `REGNET`: it sets REGNET.DEPTH, W0, WA, WM, GROUP_W and BOT_MUL";
            given.problem("a regnet_sampler samples no single parameter", Some(hint.to_owned()));
            return None;
        }
    };
    section.finish();
    sampler
}

/// Decodes a list of values as the sampler of one of them.
fn listed(given: &GivenValue<'_>) -> Option<Sampler> {
    let items = given.list("a list of values")?;
    if items.is_empty() {
        given.problem("holds no value to draw", None);
        return None;
    }
    Some(Sampler::Value(items.iter().map(|item| item.node.to_value()).collect()))
}

fn list(parameter: &str, section: &ConfigSection<'_>, scope: &SamplerScope<'_>) -> Option<Sampler> {
    let given = section.required("LENGTH", "how many items to draw");
    let length = given.and_then(|given| length(parameter, &given, scope));
    let item = section.required("ITEM_SAMPLER", "how to draw an item")?;
    if let Some(kind @ ("regnet_sampler" | "choice_sampler" | "union_sampler")) =
        kind_of(&item).as_deref()
    {
        item.problem(format!("a {kind} sets several parameters and cannot be an item"), None);
        return None;
    }
    let scope = scope.item(length.as_ref().map_or(1, |(_, longest)| *longest));
    let item = decode(parameter, &item, &scope)?;
    Some(Sampler::List { length: length?.0, item: Box::new(item) })
}

/// Decodes a length, with the greatest that it may become as far as that is known.
fn length(
    parameter: &str,
    given: &GivenValue<'_>,
    scope: &SamplerScope<'_>,
) -> Option<(ListLength, usize)> {
    let (length, longest) = match &given.node.kind {
        NodeKind::Scalar(Value::Str(_)) => {
            return Some((ListLength::Expr(scope.expression(given)?), 1));
        }
        NodeKind::Map(_) | NodeKind::List(_) => {
            let sampler = decode(parameter, given, scope)?;
            let Some(longest) = longest_of(&sampler) else {
                let message = "must draw whole numbers that are not negative";
                given
                    .problem(message, Some("take an int_sampler, or a list of lengths".to_owned()));
                return None;
            };
            (ListLength::Sampled(Box::new(sampler)), longest)
        }
        _ => {
            let length = given.whole(0..)?;
            (ListLength::Fixed(length), length)
        }
    };
    if longest > scope.longest {
        given.problem(format!("would draw more than {LONGEST_LIST} items for one job"), None);
        return None;
    }
    Some((length, longest))
}

/// Returns the greatest length that a sampler draws, if it draws lengths.
fn longest_of(sampler: &Sampler) -> Option<usize> {
    match sampler {
        Sampler::Scalar(_, ScalarRange::Int { low: 0.., high, .. }) => usize::try_from(*high).ok(),
        Sampler::Value(values) => {
            let lengths = values.iter().map(|value| match value {
                Value::Int(length) => usize::try_from(*length).ok(),
                _ => None,
            });
            lengths.collect::<Option<Vec<usize>>>()?.into_iter().max()
        }
        _ => None,
    }
}

/// Returns the `TYPE` of a mapping that is a sampler.
fn kind_of(given: &GivenValue<'_>) -> Option<String> {
    let NodeKind::Map(entries) = &given.node.kind else { return None };
    match entries.iter().find(|entry| entry.key == "TYPE")?.node.to_value() {
        Value::Str(kind) if kind.ends_with("_sampler") => Some(kind),
        _ => None,
    }
}

/// Decodes branches, each with samplers and constants of its own.
fn choice(
    parameter: &str,
    section: &ConfigSection<'_>,
    scope: &SamplerScope<'_>,
    in_config: bool,
) -> Option<Sampler> {
    let given = section.required("BRANCHES", "what there is to choose from, by name")?;
    given.node.entries().or_else(|| {
        given.expected("a mapping from names to parameters, e.g. {sgd: {OPTIM.MOMENTUM: 0.9}}");
        None
    })?;
    let Some(nested) = scope.nested.checked_sub(1) else {
        given.problem(format!("choices within each other more than {MOST_NESTED} deep"), None);
        return None;
    };
    let scope = SamplerScope { nested, ..scope.after(&[parameter.to_owned()]) };
    let mut branches = IndexMap::new();
    for (name, given) in given.section().all() {
        branches.insert(name.to_owned(), branch(parameter, &given, &scope)?);
    }
    if branches.is_empty() {
        given.problem("holds no branch to choose", None);
        return None;
    }
    Some(Sampler::Choice(BranchChoice { branches, in_config }))
}

fn branch(
    parameter: &str,
    given: &GivenValue<'_>,
    scope: &SamplerScope<'_>,
) -> Option<IndexMap<String, Sampler>> {
    let mut items = IndexMap::new();
    let mut set = Vec::new();
    for (key, item) in given.section().all() {
        let sampler = if kind_of(&item).is_some() {
            decode(key, &item, &scope.after(&set))?
        } else {
            Sampler::Value(vec![item.node.to_value()])
        };
        let params = sampler.params(key);
        if let Some(twice) = params.iter().find(|param| set.contains(param) || *param == parameter)
        {
            item.problem(format!("`{twice}` is set twice in this branch"), None);
            return None;
        }
        set.extend(params);
        items.insert(key.to_owned(), sampler);
    }
    Some(items)
}

fn int(section: &ConfigSection<'_>, scope: &SamplerScope<'_>) -> Option<Sampler> {
    let distribution = section.one_of("RAND_TYPE", Distribution::NAMED, Distribution::Uniform);
    let quantum = section.whole("QUANTIZE", 1..=LARGEST_WHOLE, 1);
    let range = section.required("RANGE", "the closed range [LOW, HIGH] to draw from")?;
    if is_dependent(&range) {
        check(&range, distribution, &DecimalRange::new(quantum, quantum, quantum))?;
        return ranged(&range, distribution, RangeQuantum::Int(quantum), scope);
    }
    let (low, high) = whole_pair(&range)?;
    check(&range, distribution, &DecimalRange::new(low, high, quantum))?;
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
        (_, RangeQuantum::Float(_)) => given.number().map(RangeBound::Number),
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

fn float(section: &ConfigSection<'_>, scope: &SamplerScope<'_>) -> Option<Sampler> {
    let distribution = section.one_of("RAND_TYPE", Distribution::NAMED, Distribution::Uniform);
    let quantum = section.get("QUANTIZE").map_or(Some(0.00001), |given| positive(&given));
    let range = section.required("RANGE", "the closed range [LOW, HIGH] to draw from")?;
    if is_dependent(&range) {
        let quantum = quantum?;
        check(&range, distribution, &DecimalRange::new(quantum, quantum, quantum))?;
        return ranged(&range, distribution, RangeQuantum::Float(quantum), scope);
    }
    let (low, high) = number_pair(&range)?;
    let quantum = quantum?;
    check(&range, distribution, &DecimalRange::new(low, high, quantum))?;
    Some(Sampler::Scalar(distribution, ScalarRange::Float { low, high, quantum }))
}

/// Decodes a range of Weights & Biases: without `q` its quantum is the coarsest power of ten that
/// makes a hundred thousand steps of the range.
pub(in crate::config) fn continuous(
    distribution: Distribution,
    is_int: bool,
    (low, high): (&GivenValue<'_>, &GivenValue<'_>),
    quantum: Option<&GivenValue<'_>>,
) -> Option<Sampler> {
    if is_int {
        let (from, to) = (low.whole(WHOLE), high.whole(WHOLE));
        let quantum = quantum.map_or(Some(1), |given| given.whole(1..=LARGEST_WHOLE))?;
        let (from, to) = (from?, to?);
        check(high, distribution, &DecimalRange::new(from, to, quantum))?;
        return Some(Sampler::Scalar(
            distribution,
            ScalarRange::Int { low: from, high: to, quantum },
        ));
    }
    let (from, to) = (low.number(), high.number());
    let quantum = quantum.map_or(Some(None), |given| positive(given).map(Some))?;
    let (from, to) = (from?, to?);
    let quantum = quantum.unwrap_or_else(|| finest(from, to));
    check(high, distribution, &DecimalRange::new(from, to, quantum))?;
    Some(Sampler::Scalar(distribution, ScalarRange::Float { low: from, high: to, quantum }))
}

/// Returns the greatest power of ten that divides both ends and the range into 10^5 steps at least.
fn finest(low: f64, high: f64) -> f64 {
    const STEPS: f64 = 1e5;
    let ends = [DecimalNumber::from(low), DecimalNumber::from(high)];
    let fits = |ten: f64| {
        let quantum = DecimalNumber::from(ten);
        (high - low) / ten >= STEPS && ends.iter().all(|end| end.is_multiple_of(&quantum))
    };
    let tens = (-30..=15).rev().filter_map(|exponent| format!("1e{exponent}").parse().ok());
    tens.into_iter().find(|ten| fits(*ten)).unwrap_or(1e-30)
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

fn regnet(section: &ConfigSection<'_>) -> Option<Sampler> {
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
