//! `sweep_setup --preview`: what the configs would be like, parameter by parameter.

use std::collections::BTreeMap;
use std::fmt::Write;

use indexmap::IndexMap;
use rayon::prelude::*;
use sweep_config::{Setup, Value};

use super::plan::Population;
use super::text;
use crate::models::{Complexity, Model, Whole};

/// Values that are no numbers are listed one by one, up to so many.
const LISTED: usize = 6;

/// A table with a row for each parameter and each number of the complexity, over the configs that
/// were kept: of numbers their quantiles, of other values how often each was drawn.
pub(crate) fn table(setup: &Setup, population: &Population) -> String {
    let mut columns: IndexMap<String, Vec<Value>> = IndexMap::new();
    for candidate in &population.kept {
        for (param, value) in population.params.given(&candidate.values) {
            add(&mut columns, param, value);
        }
    }
    for complexity in complexities(setup, population) {
        let Complexity { flops, params, acts } = complexity;
        for (name, number) in [("flops", flops), ("params", params), ("acts", acts)] {
            add(&mut columns, name, &Value::Int(number));
        }
    }
    let width = columns.keys().map(String::len).max().unwrap_or(0).max("parameter".len());
    let mut table = format!("{:<width$}", "parameter");
    for title in ["configs", "distinct", "least", "25 %", "median", "75 %", "greatest"] {
        let _ = write!(table, "  {title:>10}");
    }
    for (name, values) in &columns {
        let _ = write!(table, "\n{name:<width$}  {}", row(values));
    }
    table
}

/// Items of a list are values of one row.
fn add(columns: &mut IndexMap<String, Vec<Value>>, name: &str, value: &Value) {
    match value {
        Value::List(items) => {
            let name = format!("{name}[*]");
            for item in items {
                add(columns, &name, item);
            }
        }
        value => columns.entry(name.to_owned()).or_default().push(value.clone()),
    }
}

/// The complexity of each config that is a network that we know.
fn complexities(setup: &Setup, population: &Population) -> Vec<Complexity> {
    let complexity = |candidate: &super::candidate::Candidate| {
        let config = candidate.job_config(&population.params, &setup.base_cfg);
        Model::read(&Whole(&config)).ok()?.complexity().ok()
    };
    population.kept.par_iter().filter_map(complexity).collect()
}

fn row(values: &[Value]) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(text::of(value)).or_default() += 1;
    }
    let mut row = format!("{:>10}  {:>10}", values.len(), counts.len());
    let numbers: Option<Vec<f64>> = values.iter().map(Value::as_f64).collect();
    if let Some(mut numbers) = numbers {
        numbers.sort_by(f64::total_cmp);
        for quarter in 0..=4 {
            let place = ((numbers.len() - 1) * quarter + 2) / 4;
            let _ = write!(row, "  {:>10}", short(numbers[place]));
        }
        return row;
    }
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let listed: Vec<String> =
        counts.iter().take(LISTED).map(|(value, count)| format!("{value} {count}")).collect();
    let more = if counts.len() > LISTED { ", …" } else { "" };
    let _ = write!(row, "  {}{more}", listed.join(", "));
    row
}

/// A number in four digits or so.
fn short(number: f64) -> String {
    match number.abs() {
        0.0 => "0".to_owned(),
        1e-4..1e6 => {
            let text = format!("{number:.4}");
            let text = text.trim_end_matches('0').trim_end_matches('.');
            if number.abs() < 0.1 { format!("{number:.3e}") } else { text.to_owned() }
        }
        _ => format!("{number:.3e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_quantiles_and_other_values_counts() {
        let numbers: Vec<Value> = (0..=100).map(Value::Int).collect();
        let row_of_numbers = row(&numbers);
        let words: Vec<&str> = row_of_numbers.split_whitespace().collect();
        assert_eq!(words, ["101", "101", "0", "25", "50", "75", "100"]);
        let names = ["b", "a", "b"].map(|name| Value::Str(name.into()));
        assert!(row(&names).ends_with("  b 2, a 1"), "{}", row(&names));
    }

    #[test]
    fn numbers_are_short() {
        let shorts = [0.0, 0.5, 12.345_678, 640.0, 1.5e-7, 0.01, 1.25e9].map(short);
        assert_eq!(shorts, ["0", "0.5", "12.3457", "640", "1.500e-7", "1.000e-2", "1.250e9"]);
    }
}
