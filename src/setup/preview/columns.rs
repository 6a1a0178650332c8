//! Collects the drawn values of each parameter over the configs that were kept.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use rayon::prelude::*;
use sweep_config::{SetupConfig, Value, python};

use crate::models::{Complexity, NetworkModel, WholeConfig};
use crate::setup::candidate::Candidate;
use crate::setup::population::DrawnPopulation;

/// The drawn values of a population, by parameter.
#[derive(Debug, Default)]
pub(crate) struct PreviewColumns {
    /// The parameters, in the order in which they are met. Items of a list are values of one column,
    /// whose name ends in `[*]`, and those under a key of such items, `[*].kernel`.
    pub(crate) params: IndexMap<String, PreviewColumn>,
    /// The complexities of the configs that are networks of a known family.
    pub(crate) complexity: IndexMap<String, PreviewColumn>,
}

/// The values drawn for one parameter.
#[derive(Debug, Default)]
pub(crate) struct PreviewColumn {
    /// The values, in the order of the configs.
    pub(crate) values: Vec<Value>,
    /// The number of configs that have it.
    pub(crate) configs: usize,
    /// The number of the last config that has it.
    last: Option<usize>,
}

impl PreviewColumns {
    /// Gathers the values of a population. Runs on the threads of the caller's pool.
    pub(crate) fn of(setup: &SetupConfig, population: &DrawnPopulation) -> Self {
        let mut columns = Self::default();
        for (config, candidate) in population.kept.iter().enumerate() {
            for (param, value) in population.params.given(&candidate.values) {
                add(&mut columns.params, param, value, config);
            }
        }
        for (config, complexity) in complexities(setup, population).into_iter().enumerate() {
            let Some(Complexity { flops, params, acts }) = complexity else { continue };
            for (name, number) in [("flops", flops), ("params", params), ("acts", acts)] {
                add(&mut columns.complexity, name, &Value::Int(number), config);
            }
        }
        columns
    }
}

fn add(columns: &mut IndexMap<String, PreviewColumn>, name: &str, value: &Value, config: usize) {
    match value {
        Value::List(items) => {
            let name = format!("{name}[*]");
            for item in items {
                match item {
                    Value::Map(map) => map.iter().for_each(|(key, value)| {
                        add(columns, &format!("{name}.{key}"), value, config);
                    }),
                    item => add(columns, &name, item, config),
                }
            }
        }
        value => {
            let column = columns.entry(name.to_owned()).or_default();
            column.values.push(value.clone());
            if column.last.replace(config) != Some(config) {
                column.configs += 1;
            }
        }
    }
}

/// Returns the complexity of each config, `None` if it is not a network of a known family.
fn complexities(setup: &SetupConfig, population: &DrawnPopulation) -> Vec<Option<Complexity>> {
    let complexity = |candidate: &Candidate| {
        let config = candidate.job_config(&population.params, &setup.base_cfg);
        NetworkModel::read(&WholeConfig(&config)).ok()?.complexity().ok()
    };
    population.kept.par_iter().map(complexity).collect()
}

impl PreviewColumn {
    /// Returns the values as sorted numbers; `None` if one of them is not a number.
    pub(crate) fn numbers(&self) -> Option<Vec<f64>> {
        let mut numbers: Vec<f64> = self.values.iter().map(Value::as_f64).collect::<Option<_>>()?;
        numbers.sort_by(f64::total_cmp);
        Some(numbers)
    }

    /// Counts how often each value was drawn, the most frequent first.
    pub(crate) fn counts(&self) -> Vec<(String, usize)> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for value in &self.values {
            *counts.entry(python::text(value)).or_default() += 1;
        }
        let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts
    }
}

/// Returns the least of sorted numbers, their quartiles and the greatest; `None` if there are none.
pub(crate) fn quarters(sorted: &[f64]) -> Option<[f64; 5]> {
    let last = sorted.len().checked_sub(1)?;
    Some([0, 1, 2, 3, 4].map(|quarter| sorted[(last * quarter + 2) / 4]))
}

#[cfg(test)]
impl PreviewColumn {
    /// Creates a column of values, each of a config of its own.
    pub(super) fn of(values: Vec<Value>) -> Self {
        Self { configs: values.len(), last: None, values }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_a_list_are_values_of_one_column_and_their_configs_are_counted_once() {
        let mut columns = IndexMap::new();
        let list = |items: &[i64]| Value::List(items.iter().copied().map(Value::Int).collect());
        add(&mut columns, "W", &list(&[8, 16]), 0);
        add(&mut columns, "W", &Value::List(vec![list(&[1, 2, 3])]), 1);
        add(&mut columns, "W", &list(&[8]), 2);
        let found: Vec<(&str, usize, usize)> =
            columns.iter().map(|(name, c)| (name.as_str(), c.values.len(), c.configs)).collect();
        assert_eq!(found, [("W[*]", 3, 2), ("W[*][*]", 3, 1)]);
    }

    #[test]
    fn quarters_are_numbers_that_were_drawn() {
        assert_eq!(quarters(&[1.0, 2.0]), Some([1.0, 1.0, 2.0, 2.0, 2.0]));
        assert_eq!(quarters(&[]), None);
    }
}
