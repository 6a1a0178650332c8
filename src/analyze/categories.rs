//! Values as categories: texts, truth values, and numbers of which there are few.
//!
//! Sampled values keep the type that they were sampled with, so that the text `'0'` is not the number 0. All others are those of
//! `sweep.parquet`.

use std::collections::BTreeMap;
use std::path::Path;

use sweep_config::{Value, table, yaml};

use super::metrics::{Metric, MetricProblem};
use super::population::Population;
use super::sampled::last_part;
use super::value_order::CategoryKey;
use crate::tables::PlainColumn;
use crate::trials::{CellValue, nearest};

/// Categories in their order: as the sampler lists them, then the others.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CategoryList {
    /// One value of each.
    pub(super) values: Vec<CellValue>,
    places: BTreeMap<CategoryKey, usize>,
}

impl CategoryList {
    /// Makes the list of all values that there are of a metric, in the order that the sweep of a population has.
    pub(super) fn of<'v>(
        metric: &Metric,
        population: &Population,
        values: impl Iterator<Item = &'v CellValue>,
    ) -> Self {
        let column = metric.column_in(&population.table);
        let key = column.as_deref().and_then(|column| column.strip_prefix(table::CFG));
        let listed = key.map(|key| population.order.listed(key)).unwrap_or_default();
        Self::new(listed, values)
    }

    fn new<'v>(listed: &[CategoryKey], values: impl Iterator<Item = &'v CellValue>) -> Self {
        let mut distinct: BTreeMap<CategoryKey, &CellValue> = BTreeMap::new();
        for value in values {
            distinct.entry(CategoryKey::of(value)).or_insert(value);
        }
        let mut keys: Vec<(CategoryKey, &CellValue)> = distinct.into_iter().collect();
        keys.sort_by_key(|(key, _)| listed.iter().position(|l| l == key).unwrap_or(listed.len()));
        let values = keys.iter().map(|(_, value)| (*value).clone()).collect();
        let places = keys.into_iter().enumerate().map(|(at, (key, _))| (key, at)).collect();
        Self { values, places }
    }

    /// Returns the place of a value's category; `None` of one that is in none.
    pub(super) fn place(&self, value: &CellValue) -> Option<usize> {
        self.places.get(&CategoryKey::of(value)).copied()
    }
}

/// Returns the value of each job of a population, by row; `None` where it has none.
///
/// # Errors
///
/// When no job has any.
pub(super) fn cell_values(
    population: &Population,
    metric: &Metric,
) -> Result<Vec<Option<CellValue>>, MetricProblem> {
    if let Some(sampled) = sampled_values(population, metric) {
        return Ok(sampled);
    }
    let column = metric.column_in(&population.table);
    let column = column.as_deref();
    let texts = column.map(|column| population.table.text_column(column)).unwrap_or_default();
    if texts.iter().any(Option::is_some) {
        return Ok(texts.iter().map(|text| Some(of_column(text.as_deref()?))).collect());
    }
    let is_truth = column.is_some_and(|column| population.table.is_truth(column));
    let cell = |number: f64| {
        if is_truth { CellValue::Bool(number != 0.0) } else { CellValue::Float(number) }
    };
    let numbers = metric.plain_values(&population.table);
    let numbers = numbers.map_err(|problem| with_texts(problem, population, metric))?;
    Ok(numbers.into_iter().map(|number| number.map(cell)).collect())
}

/// Returns the value that a column of texts has for a text or, as JSON, for a list.
fn of_column(text: &str) -> CellValue {
    let is_list = text.starts_with('[') && text.ends_with(']');
    let list = is_list.then(|| yaml::read(Path::new(""), text).ok()).flatten();
    list.map_or_else(|| CellValue::Text(text.into()), CellValue::from)
}

/// Returns the problem of a metric that no job has, with the nearest names, those of texts among them.
pub(super) fn with_texts(
    problem: MetricProblem,
    population: &Population,
    metric: &Metric,
) -> MetricProblem {
    let names: Vec<&str> = population.table.names().collect();
    if metric.column() != Some(&metric.name) || metric.column_in(&population.table).is_some() {
        return problem;
    }
    let near = nearest(&metric.name, &names);
    if near.is_empty() {
        return problem;
    }
    MetricProblem { hint: Some(format!("Did you mean {}?", near.join(" or "))), ..problem }
}

/// Returns what was sampled for each job, by row; `None` of what is no sampled parameter.
fn sampled_values(population: &Population, metric: &Metric) -> Option<Vec<Option<CellValue>>> {
    let column = metric.column_in(&population.table);
    let key = column.as_deref()?.strip_prefix(table::CFG)?;
    let jobs = population.trials.jobs.iter();
    let sampled: Vec<_> = jobs.map(|job| job.sampled.get(key).cloned()).collect();
    sampled.iter().any(Option::is_some).then_some(sampled)
}

/// Returns the numbers of each job for a range, by row: of a parameter with texts those that were sampled as numbers, since a
/// text that reads as a number is none; of other metrics `values`.
///
/// # Errors
///
/// When no job has any, or as `values`.
pub(super) fn ranged_values(
    population: &Population,
    metric: &Metric,
    values: impl FnOnce() -> Result<Vec<Option<f64>>, MetricProblem>,
) -> Result<Vec<Option<f64>>, MetricProblem> {
    let is_text = |value: &CellValue| matches!(value, CellValue::Text(_));
    match sampled_values(population, metric) {
        Some(sampled) if sampled.iter().flatten().any(is_text) => {
            let numbers: Vec<Option<f64>> =
                sampled.iter().map(|value| value.as_ref()?.number()).collect();
            let any = numbers.iter().any(Option::is_some);
            any.then_some(numbers).ok_or_else(|| metric.problem("contains text, not numbers", None))
        }
        _ => values(),
    }
}

/// Returns true if a metric of a population is drawn by category: it holds texts, lists or truth values. A column that was
/// logged is one of numbers if any of its texts is a number: the word of one job takes nothing from the others.
pub(super) fn is_categorical(population: &Population, metric: &Metric) -> bool {
    let table = &population.table;
    let Some(column) = metric.column_in(table) else { return false };
    if table.is_truth(&column) {
        return true;
    }
    if !matches!(table.get(&column), Some(PlainColumn::Texts(_))) {
        return false;
    }
    sampled_values(population, metric).is_some() || metric.plain_values(table).is_err()
}

/// Returns true if two values are of one category.
pub(super) fn is_same(a: &CellValue, b: &CellValue) -> bool {
    CategoryKey::of(a) == CategoryKey::of(b)
}

/// Spells a value so that no other one is spelled alike: a text as it is, in quotes where it reads as something else.
pub(super) fn spelled(value: &CellValue) -> String {
    match value {
        CellValue::Int(int) => int.to_string(),
        CellValue::Float(float) if float.fract() == 0.0 && float.abs() < 1e15 => {
            format!("{float:.0}")
        }
        CellValue::Float(_) => value.spelled().into_owned(),
        _ => yaml::flow(&Value::from(value.clone())),
    }
}

/// Names a value of a parameter: a text says enough by itself, another value needs the parameter's name.
pub(super) fn name(metric: &Metric, value: &CellValue) -> String {
    let spelled = spelled(value);
    match value {
        CellValue::Text(text) if **text == *spelled => spelled,
        _ => format!("{} {spelled}", last_part(&metric.label)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::value_order::ValueOrder;

    fn cells(values: &[Value]) -> Vec<CellValue> {
        values.iter().cloned().map(CellValue::from).collect()
    }

    fn text(text: &str) -> Value {
        Value::Str(text.to_owned())
    }

    #[test]
    fn categories_are_in_the_samplers_order_and_others_follow_by_kind_and_value() {
        let mut order = ValueOrder::default();
        order.extend("opt", [text("sgd"), Value::Int(2), text("adam")].iter());
        let values = cells(&[
            text("zero"),
            text("adam"),
            Value::Int(10),
            Value::Float(2.0),
            Value::Float(-1.5),
            text("sgd"),
            Value::Bool(true),
            Value::Null,
            text("2"),
        ]);
        let list = CategoryList::new(order.listed("opt"), values.iter().chain(&values));
        let names: Vec<String> = list.values.iter().map(spelled).collect();
        assert_eq!(names, ["sgd", "2", "adam", "null", "true", "-1.5", "10", "\"2\"", "zero"]);
        assert_eq!(list.place(&CellValue::Int(2)), Some(1), "2 and 2.0 are one number");
        assert_eq!(list.place(&CellValue::Text("2".into())), Some(7));
        assert_eq!(list.place(&CellValue::Text("lion".into())), None);
    }

    #[test]
    fn a_text_is_a_name_and_what_is_none_has_its_parameters() {
        let metric = Metric::named("cfg.OPTIM.DEPTH");
        let values = cells(&[text("deep"), Value::Int(3), Value::Bool(false), text("3"), text("")]);
        let names: Vec<String> = values.iter().map(|value| name(&metric, value)).collect();
        assert_eq!(names, ["deep", "DEPTH 3", "DEPTH false", "DEPTH \"3\"", "DEPTH \"\""]);
    }
}
