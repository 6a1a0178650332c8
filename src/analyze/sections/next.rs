//! Proposes what to try next: the design space narrowed to where the best jobs were.

use sweep_config::{Map, Sweep, Value, yaml};

use super::empty;
use crate::analyze::group::JobGroup;
use crate::analyze::parameters::Parameter;
use crate::analyze::stats::{BestRange, best_range, draws};
use crate::app::num::{float, whole};
use crate::page::{FoldedText, PageSection};

/// Returns the section of the report's own sweep; `None` if no parameter has a sampler with a
/// range.
pub fn next(sweep: &Sweep, group: &JobGroup<'_>, parameters: &[Parameter]) -> Option<PageSection> {
    let narrowed = narrowed(sweep, group, parameters)?;
    let mut section = empty("next", "What to try next");
    section.paragraphs.push(format!(
        "Ranges in which the best of {} random jobs lies 95 times of 100, as samplers to paste into the \
         next sweep config. A range that is hardly narrower than before says that the parameter \
         matters little here, or that there are too few jobs to say.",
        draws(group.errors().len())
    ));
    let text = yaml::write(&Value::Map(Map::from_iter([("SAMPLERS".to_owned(), narrowed)])));
    let summary = "SETUP.SAMPLERS of the next sweep".to_owned();
    section.details.push(FoldedText { summary, text, open: true });
    Some(section)
}

/// Returns the samplers with the best ranges in place of theirs; `None` if none changes.
fn narrowed(sweep: &Sweep, group: &JobGroup<'_>, parameters: &[Parameter]) -> Option<Value> {
    let Value::Map(config) = sweep.complete() else { return None };
    let Some(Value::Map(setup)) = config.get("SETUP") else { return None };
    let Some(Value::Map(samplers)) = setup.get("SAMPLERS") else { return None };
    let ranges = ranges(group, parameters);
    let mut samplers = samplers.clone();
    let mut changed = false;
    for (key, sampler) in &mut samplers {
        let Value::Map(sampler) = sampler else { continue };
        changed |= narrow(key, sampler, &ranges);
    }
    changed.then_some(Value::Map(samplers))
}

/// Returns the best range of each parameter of numbers.
pub fn ranges<'p>(group: &JobGroup<'_>, parameters: &'p [Parameter]) -> Vec<(&'p str, BestRange)> {
    let numbers = parameters.iter().filter(|parameter| parameter.words.is_empty());
    let range = |parameter: &'p Parameter| {
        let pair = |&row: &usize| Some((group.loss(row)?, parameter.values[row]?));
        let pairs: Vec<(f64, f64)> = group.rows().iter().filter_map(pair).collect();
        Some((parameter.key.as_str(), best_range(&pairs)?))
    };
    numbers.filter_map(range).collect()
}

fn narrow(key: &str, sampler: &mut Map, ranges: &[(&str, BestRange)]) -> bool {
    let of = |key: &str| ranges.iter().find(|(name, _)| *name == key).map(|(_, range)| *range);
    if let (Some(best), Some(range)) = (of(key), sampler.get_mut("RANGE")) {
        return set(range, best);
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
