//! Says in words what filters keep, and which named values no job has.

use std::collections::BTreeMap;

use sweep_config::{KeptValues, MetricFilter, Value, table};

use super::categories::{CategoryList, ValueOrder, cell_values, is_same, spelled};
use super::group::JobGroup;
use super::metrics::{Metric, MetricProblem};
use super::population::Population;
use crate::page::number::number;
use crate::trials::{CellValue, nearest};

/// The greatest number of values that a remark lists.
const LISTED: usize = 12;

/// Spells filters: `opt sgd or adam and error in [0, 30]`.
pub(super) fn in_words(filters: &[MetricFilter]) -> String {
    let word = |filter: &MetricFilter| match &filter.keep {
        KeptValues::Range(range) => {
            format!("{} in [{}, {}]", filter.metric, number(range.low), number(range.high))
        }
        KeptValues::Named(values) => {
            let names: Vec<String> = values.iter().map(|value| spelled(&cell(value))).collect();
            let key = filter.metric.strip_prefix(table::CFG).unwrap_or(&filter.metric);
            format!("{key} {}", alternatives(&names))
        }
    };
    filters.iter().map(word).collect::<Vec<_>>().join(" and ")
}

/// Spells alternatives: `a, b or c`.
pub(super) fn alternatives(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// Returns true if a value is one of those that a filter names.
pub(super) fn is_named(names: &[Value], value: Option<&CellValue>) -> bool {
    value.is_some_and(|value| names.iter().any(|name| is_same(&cell(name), value)))
}

/// Returns a remark on each value that filters name and no job of the groups' sweeps has.
pub(super) fn unknown_values<'f>(
    filters: impl Iterator<Item = &'f MetricFilter>,
    groups: &[JobGroup<'_>],
) -> Vec<String> {
    let mut remarks: BTreeMap<String, ()> = BTreeMap::new();
    for filter in filters {
        let KeptValues::Named(names) = &filter.keep else { continue };
        let metric = Metric::named(&filter.metric);
        let columns = groups.iter().map(|group| cell_values(group.population, &metric));
        // A metric that no job has is told of where the filter is applied.
        let Ok(columns) = columns.collect::<Result<Vec<_>, _>>() else { continue };
        let values = columns.iter().flatten().flatten();
        let order = groups.first().map_or_else(ValueOrder::default, |g| g.population.order.clone());
        let known = CategoryList::new(&metric, &order, values);
        for name in names.iter().map(cell).filter(|name| known.place(name).is_none()) {
            let (metric, hint) = (&filter.metric, hint(&name, &known.values));
            remarks.insert(format!("No job has `{metric}` {}.{hint}", spelled(&name)), ());
        }
    }
    remarks.into_keys().collect()
}

/// Returns what may have been meant by a value that no job has: a sentence with a space before it.
fn hint(name: &CellValue, known: &[CellValue]) -> String {
    let plain = name.spelled().to_lowercase();
    let twin = known.iter().find(|value| value.spelled().to_lowercase() == plain);
    if let Some(twin) = twin {
        let there = spelled(twin);
        return match twin {
            CellValue::Int(_) | CellValue::Float(_) => {
                format!(
                    " It is the number {there} there, which the range `[{there}, {there}]` keeps."
                )
            }
            CellValue::Bool(_) => format!(" It is the truth value {there} there, without quotes."),
            CellValue::Text(_) if matches!(name, CellValue::Bool(_)) => {
                format!(" It is the text {there} there, in quotes.")
            }
            _ => format!(" Did you mean `{there}`?"),
        };
    }
    let names: Vec<String> = known.iter().map(spelled).collect();
    let texts: Vec<&str> = names.iter().map(String::as_str).collect();
    let near = nearest(&spelled(name), &texts);
    if !near.is_empty() {
        return format!(" Did you mean {}?", near.join(" or "));
    }
    if names.len() <= LISTED {
        format!(" Jobs have {}.", alternatives(&names))
    } else {
        String::new()
    }
}

/// Returns the problem of a range over a metric that has no numbers, with the names that a filter may list instead.
pub(super) fn unranged(
    problem: MetricProblem,
    population: &Population,
    metric: &Metric,
) -> MetricProblem {
    let values = cell_values(population, metric).unwrap_or_default();
    let list = CategoryList::new(metric, &population.order, values.iter().flatten());
    let has_texts = list.values.iter().any(|value| matches!(value, CellValue::Text(_)));
    if !has_texts {
        return problem;
    }
    let some: Vec<String> = list.values.iter().take(2).map(spelled).collect();
    let hint = format!("A list of names keeps these: `{}: [{}]`.", metric.name, some.join(", "));
    MetricProblem { hint: Some(hint), ..problem }
}

fn cell(value: &Value) -> CellValue {
    CellValue::from(value.clone())
}
