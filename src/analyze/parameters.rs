//! The sampled parameters as columns of numbers.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::categories::spelled;
use super::group::JobGroup;
use crate::trials::CellValue;

/// A sampled parameter that varies.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its full name.
    pub key: String,
    /// The shortest end of the name that no other parameter has.
    pub name: String,
    /// One entry a job of the population: its value, or the place of its text among all texts;
    /// nothing where the job has no such parameter.
    pub values: Vec<Option<f64>>,
    /// The texts, sorted; empty of a parameter of numbers.
    pub words: Vec<String>,
    /// True if all values are whole numbers by their type: of those, all digits count.
    pub is_whole: bool,
}

impl Parameter {
    /// The word that a number stands for; `None` of a parameter of numbers.
    pub fn word(&self, value: f64) -> Option<&str> {
        #[expect(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "a place")]
        self.words.get(value as usize).map(String::as_str)
    }
}

/// The parameters that differ between the group's configs, in the order in which they were sampled: what differs within one
/// is its seed.
pub(crate) fn parameters(group: &JobGroup<'_>) -> Vec<Parameter> {
    let jobs = &group.population.trials.jobs;
    let mut sampled: IndexMap<&str, Vec<Option<&CellValue>>> = IndexMap::new();
    for &row in group.rows() {
        for (key, value) in jobs[row].sampled.iter() {
            sampled.entry(key).or_insert_with(|| vec![None; jobs.len()])[row] = Some(value);
        }
    }
    let columns: Vec<Parameter> = sampled
        .into_iter()
        .flat_map(|(key, column)| named(key, &column))
        .filter(|one| varies(group, &one.values) && !is_seed(group, &one.values))
        .collect();
    let names = short_names(&columns.iter().map(|column| column.key.as_str()).collect::<Vec<_>>());
    columns.into_iter().zip(names).map(|(column, name)| Parameter { name, ..column }).collect()
}

/// Returns a parameter, or one for each item of its lists; its short name is yet to be found.
fn named(key: &str, column: &[Option<&CellValue>]) -> Vec<Parameter> {
    let parameter = |key: String, values, words| Parameter {
        key,
        name: String::new(),
        values,
        words,
        is_whole: column.iter().flatten().all(|value| matches!(value, CellValue::Int(_))),
    };
    if let Some(items) = items(column) {
        let item = |(at, values)| parameter(format!("{key}[{at}]"), values, Vec::new());
        return items.into_iter().enumerate().map(item).collect();
    }
    let (values, words) = numbers(column);
    vec![parameter(key.to_owned(), values, words)]
}

fn varies(group: &JobGroup<'_>, column: &[Option<f64>]) -> bool {
    let mut rows = group.rows().iter();
    let first = rows.next().map(|&row| &column[row]);
    rows.any(|&row| Some(&column[row]) != first)
}

/// Returns true if replicates of one config have different values.
fn is_seed(group: &JobGroup<'_>, column: &[Option<f64>]) -> bool {
    let differ = |rows: &[usize]| rows.iter().any(|&row| column[row] != column[rows[0]]);
    group.configs().iter().any(|config| differ(&config.rows))
}

/// Returns lists of numbers as a column an item: what matters is the width of a stage, not which list it is in.
/// `None` where a value is no such list, or one is too long.
fn items(column: &[Option<&CellValue>]) -> Option<Vec<Vec<Option<f64>>>> {
    const LONGEST: usize = 8;
    let mut items: Vec<Vec<Option<f64>>> = Vec::new();
    for (row, value) in column.iter().enumerate() {
        let Some(value) = value else { continue };
        let list = value.numbers()?;
        if list.len() > LONGEST {
            return None;
        }
        items.resize_with(items.len().max(list.len()), || vec![None; column.len()]);
        items.iter_mut().zip(list).for_each(|(item, value)| item[row] = Some(value));
    }
    (!items.is_empty()).then_some(items)
}

/// Returns the values as numbers; as places among the words where one is no number.
fn numbers(column: &[Option<&CellValue>]) -> (Vec<Option<f64>>, Vec<String>) {
    let number = |value: &CellValue| value.number().map(Some).ok_or(());
    let numbers = column.iter().map(|value| value.map_or(Ok(None), number));
    if let Ok(values) = numbers.collect() {
        return (values, Vec::new());
    }
    let words: Vec<Option<String>> = column.iter().map(|value| value.map(spelled)).collect();
    let mut places: BTreeMap<&str, f64> =
        words.iter().flatten().map(|word| (word.as_str(), 0.0)).collect();
    let mut next = 0.0;
    for place in places.values_mut() {
        *place = next;
        next += 1.0;
    }
    let values = words.iter().map(|word| word.as_ref().map(|word| places[word.as_str()])).collect();
    (values, places.into_keys().map(str::to_owned).collect())
}

/// For each dotted name its shortest end that no other has.
pub(crate) fn short_names(keys: &[&str]) -> Vec<String> {
    let end = |key: &str, parts: usize| {
        let split: Vec<&str> = key.split('.').collect();
        split[split.len().saturating_sub(parts)..].join(".")
    };
    let name = |key: &&str| {
        let lengths = 1..=key.split('.').count();
        let unique =
            |parts: &usize| keys.iter().filter(|k| end(k, *parts) == end(key, *parts)).count() == 1;
        lengths.into_iter().find(unique).map_or_else(|| (*key).to_owned(), |parts| end(key, parts))
    };
    keys.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use sweep_config::Value;

    use super::*;

    #[test]
    fn a_name_is_as_short_as_it_may_be() {
        assert_eq!(short_names(&["OPTIM.LR", "EMA.LR", "OPTIM.WD"]), ["OPTIM.LR", "EMA.LR", "WD"]);
        assert_eq!(short_names(&["A.A"]), ["A"]);
    }

    fn list(items: &[f64]) -> CellValue {
        Value::List(items.iter().copied().map(Value::Float).collect()).into()
    }

    #[test]
    fn a_list_of_numbers_is_a_column_an_item() {
        let found = items(&[Some(&list(&[8.0, 16.5])), None, Some(&list(&[24.0]))]);
        let (first, second) = ([Some(8.0), None, Some(24.0)], [Some(16.5), None, None]);
        assert_eq!(found, Some(vec![first.to_vec(), second.to_vec()]));
        assert_eq!(items(&[Some(&list(&[8.0])), Some(&CellValue::Int(8))]), None);
        let words = CellValue::from(Value::List(vec![Value::Str("a".to_owned())]));
        assert_eq!(items(&[Some(&words)]), None);
        assert_eq!(items(&[None]), None);
        assert_eq!(items(&[Some(&list(&[1.0; 9]))]), None);
    }

    #[test]
    fn words_are_numbered_in_their_order() {
        let column = ["sgd", "adam", "sgd"].map(|word| CellValue::Text(word.into()));
        let (values, words) = numbers(&column.each_ref().map(Some));
        assert_eq!(values, [Some(1.0), Some(0.0), Some(1.0)]);
        assert_eq!(words, ["adam", "sgd"]);
        let column = [Some(&CellValue::Float(1e-3)), None];
        assert_eq!(numbers(&column), (vec![Some(0.001), None], Vec::new()));
    }
}
