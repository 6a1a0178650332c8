//! Proposes what to try next: the design space narrowed to where the best jobs were.

use sweep_config::{Map, Sweep, Value, yaml};

use super::empty;
use crate::analyze::group::JobGroup;
use crate::analyze::importance::ImportanceResult;
use crate::analyze::parameters::Parameter;
use crate::analyze::stats::{BestRange, MainEffect, ValueSpan, best_range, draws};
use crate::analyze::tunability::DefaultOutcome;
use crate::app::num::{float, whole};
use crate::page::number::rounded;
use crate::page::{FoldedText, PageSection};

/// The fewest jobs that say where good values are.
const FEWEST: usize = 20;

/// Returns the section of the report's own sweep; `None` if no parameter that matters has a sampler with a range, or there
/// are too few jobs to say.
pub(in crate::analyze) fn next(
    title: &str,
    sweep: &Sweep,
    group: &JobGroup<'_>,
    matters: &ImportanceResult,
    default: Option<&DefaultOutcome>,
) -> Option<PageSection> {
    let narrowed = narrowed(sweep, group, matters)?;
    let mut section = empty("next", title);
    let unit = group.unit();
    section.paragraphs.push(format!(
        "The best of {} random {unit}s lies in these ranges in 95 % of draws. Paste them into the next sweep \
         config. Parameters without evidence of an effect keep their ranges.",
        draws(group.losses().len())
    ));
    let line = |(key, sampler): (&String, &Value)| {
        yaml::flow(&Value::Map(Map::from_iter([(key.clone(), sampler.clone())])))
    };
    let lines: Vec<String> = narrowed.iter().map(line).collect();
    let lines: Vec<&str> = lines.iter().map(|line| line[1..line.len() - 1].trim()).collect();
    let text = format!("SAMPLERS:\n  {}\n", lines.join("\n  "));
    let summary = "SETUP.SAMPLERS of the next sweep".to_owned();
    section.details.push(FoldedText { summary, text, open: true });
    if let Some(DefaultOutcome::Missing(text)) = default {
        let summary = "The values of BASE_CFG were not run, so the gain from tuning is unknown. This command \
            adds them as a config:";
        section.details.push(FoldedText {
            summary: summary.to_owned(),
            text: text.clone(),
            open: false,
        });
    }
    Some(section)
}

/// Returns the samplers with the best ranges of what matters in place of theirs; `None` if none changes.
fn narrowed(sweep: &Sweep, group: &JobGroup<'_>, matters: &ImportanceResult) -> Option<Map> {
    let Value::Map(config) = sweep.complete() else { return None };
    let Some(Value::Map(setup)) = config.get("SETUP") else { return None };
    let Some(Value::Map(samplers)) = setup.get("SAMPLERS") else { return None };
    let good = |(parameter, _): (&'_ Parameter, &'_ MainEffect)| {
        Some((parameter.key.clone(), good_range(group, parameter)?.0))
    };
    let ranges: Vec<(String, BestRange)> = matters.named().filter_map(good).collect();
    let mut samplers = samplers.clone();
    let mut changed = false;
    for (key, sampler) in &mut samplers {
        let Value::Map(sampler) = sampler else { continue };
        changed |= narrow(key, sampler, &ranges);
    }
    changed.then_some(samplers)
}

/// Returns the best range of each parameter of numbers.
pub fn ranges<'p>(group: &JobGroup<'_>, parameters: &'p [Parameter]) -> Vec<(&'p str, BestRange)> {
    let range =
        |parameter: &'p Parameter| Some((parameter.key.as_str(), good_range(group, parameter)?.0));
    parameters.iter().filter_map(range).collect()
}

/// Returns true if a group has enough jobs to say where good values are.
pub(super) fn says_ranges(group: &JobGroup<'_>) -> bool {
    group.settled().count() >= FEWEST
}

/// Returns the range of a parameter's values in the best configs, and that of all; `None` of words, of too few jobs to say,
/// and where most of the best configs have no such parameter: what is best among losers is not good.
pub(super) fn good_range(
    group: &JobGroup<'_>,
    parameter: &Parameter,
) -> Option<(BestRange, ValueSpan)> {
    if !parameter.words.is_empty() || !says_ranges(group) {
        return None;
    }
    let has_it = |row: usize| Some(f64::from(u8::from(parameter.values[row].is_some())));
    if best_range(&group.config_pairs(has_it))?.median < 1.0 {
        return None;
    }
    let pairs = group.config_pairs(|row| parameter.values[row]);
    let all = ValueSpan::of(pairs.iter().map(|pair| pair.1))?;
    Some((best_range(&pairs)?, all))
}

fn narrow(key: &str, sampler: &mut Map, ranges: &[(String, BestRange)]) -> bool {
    let of = |key: &str| ranges.iter().find(|(name, _)| name == key).map(|(_, range)| *range);
    let quantum = sampler.get("QUANTIZE").and_then(as_number);
    if let (Some(best), Some(range)) = (of(key), sampler.get_mut("RANGE")) {
        return set(range, short(best, quantum));
    }
    if let (Some(best), Some(Value::List(values))) = (of(key), sampler.get_mut("VALUES")) {
        let before = values.len();
        values.retain(|value| {
            as_number(value).is_none_or(|value| best.low <= value && value <= best.high)
        });
        return values.len() < before;
    }
    // A composite sampler: regnet's W0 is the parameter REGNET.W0.
    let mut changed = false;
    for (part, range) in sampler.iter_mut() {
        if let Some(best) = of(&format!("{key}.{part}")) {
            changed |= set(range, best);
        }
    }
    changed
}

/// Returns a range whose ends have four digits, where these are still multiples of the sampler's quantum.
fn short(best: BestRange, quantum: Option<f64>) -> BestRange {
    let short = |end: f64| {
        let short = rounded(end, 4);
        let steps = quantum.filter(|quantum| *quantum > 0.0).map_or(0.0, |quantum| short / quantum);
        if (steps - steps.round()).abs() <= 1e-6 * steps.abs().max(1.0) { short } else { end }
    };
    BestRange { low: short(best.low), high: short(best.high), ..best }
}

/// Puts the range in place, in the numbers' own types; like the sampled values, its ends are
/// multiples of the sampler's quantum.
fn set(range: &mut Value, best: BestRange) -> bool {
    let Value::List(ends) = range else { return false };
    let [low, high] = ends.as_mut_slice() else { return false };
    let replace = |end: &mut Value, with: f64| {
        let with = match end {
            Value::Int(_) if with.fract() == 0.0 => Value::Int(whole(with)),
            Value::Float(_) => Value::Float(with),
            _ => return false,
        };
        let is_new = *end != with;
        *end = with;
        is_new
    };
    let lower = replace(low, best.low);
    replace(high, best.high) || lower
}

fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(number) => Some(float(*number)),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}
