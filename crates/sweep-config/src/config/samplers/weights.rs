//! `WEIGHTS`: how often each value or branch is drawn beside the others.

use crate::Value;
use crate::config::given::GivenValue;
use crate::config::setup::MOST_CONFIGS;
use crate::config::suggest;

/// Decodes the weights of `count` values; returns their probabilities, in all 1.
pub(super) fn of_values(given: &GivenValue<'_>, count: usize) -> Option<Vec<f64>> {
    let items = given.list("a list with the weight of each value")?;
    if items.len() != count {
        given.problem(format!("has {} weights for {count} values", items.len()), None);
        return None;
    }
    probabilities(given, &items)
}

/// Decodes the weights of branches, by name or in their order; returns their probabilities, in all 1.
pub(super) fn of_branches(given: &GivenValue<'_>, names: &[&Value]) -> Option<Vec<f64>> {
    if given.node.entries().is_none() {
        return of_values(given, names.len());
    }
    probabilities(given, &by_name(given, names, "weight")?)
}

/// Decodes how many configs there are of each branch, by name or in their order.
pub(super) fn counts_of_branches(given: &GivenValue<'_>, names: &[&Value]) -> Option<Vec<u64>> {
    let items = if given.node.entries().is_some() {
        by_name(given, names, "number of configs")?
    } else {
        given.list("the number of configs of each branch, by name or in a list")?
    };
    if items.len() != names.len() {
        given.problem(format!("has {} numbers for {} branches", items.len(), names.len()), None);
        return None;
    }
    let counts: Vec<u64> =
        items.iter().map(|item| item.whole(0..=MOST_CONFIGS)).collect::<Option<_>>()?;
    let sum: u64 = counts.iter().sum();
    if !(1..=MOST_CONFIGS.unsigned_abs()).contains(&sum) {
        given.problem(
            format!("the numbers add up to {sum}; the sum must be 1 to {MOST_CONFIGS}"),
            None,
        );
        return None;
    }
    Some(counts)
}

/// Returns what a mapping has for each branch, in their order.
fn by_name<'a>(
    given: &GivenValue<'a>,
    names: &[&Value],
    what: &str,
) -> Option<Vec<GivenValue<'a>>> {
    let entries = given.node.entries()?;
    let texts: Vec<String> = names.iter().map(|name| crate::python::text(name)).collect();
    let mut items = vec![None; names.len()];
    for (entry, (key, item)) in entries.iter().zip(given.section().all()) {
        let Some(place) = names.iter().position(|name| **name == entry.key_value()) else {
            let known: Vec<&str> = texts.iter().map(String::as_str).collect();
            item.problem(format!("no branch is called `{key}`"), suggest::word(key, &known));
            return None;
        };
        items[place] = Some(item);
    }
    if let Some(place) = items.iter().position(Option::is_none) {
        given.problem(format!("has no {what} for the branch `{}`", texts[place]), None);
        return None;
    }
    Some(items.into_iter().flatten().collect())
}

fn probabilities(given: &GivenValue<'_>, items: &[GivenValue<'_>]) -> Option<Vec<f64>> {
    let weights: Vec<f64> = items.iter().map(GivenValue::number).collect::<Option<_>>()?;
    if let Some(place) = weights.iter().position(|weight| *weight < 0.0) {
        items[place].problem("a weight must not be negative", None);
        return None;
    }
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 || !sum.is_finite() {
        given.problem("the weights must add up to more than 0", None);
        return None;
    }
    Some(weights.iter().map(|weight| weight / sum).collect())
}
