//! Says in words what filters keep, and if a value is one that they name.

use sweep_config::{KeptValues, MetricFilter, Value, table};

use super::categories::{CategoryList, cell_values, is_same, spelled};
use super::metrics::{Metric, MetricProblem};
use super::population::Population;
use crate::page::number::number;
use crate::trials::CellValue;

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

/// Returns the problem of a range over a metric that has no numbers, with the names that a filter may list instead.
pub(super) fn unranged(
    problem: MetricProblem,
    population: &Population,
    metric: &Metric,
) -> MetricProblem {
    let values = cell_values(population, metric).unwrap_or_default();
    let list = CategoryList::of(metric, population, values.iter().flatten());
    let has_texts = list.values.iter().any(|value| matches!(value, CellValue::Text(_)));
    if !has_texts {
        return problem;
    }
    let some: Vec<String> = list.values.iter().take(2).map(spelled).collect();
    let hint =
        format!("To keep certain values, list them: `{}: [{}]`.", metric.name, some.join(", "));
    MetricProblem { hint: Some(hint), ..problem }
}

/// Returns a value of the config as a cell.
pub(super) fn cell(value: &Value) -> CellValue {
    CellValue::from(value.clone())
}
