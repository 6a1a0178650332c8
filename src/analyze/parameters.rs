//! The sampled parameters as columns of numbers.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::group::Group;
use super::sampled::Parameters;

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
}

impl Parameter {
    /// The word that a number stands for; `None` of a parameter of numbers.
    pub fn word(&self, value: f64) -> Option<&str> {
        #[expect(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "a place")]
        self.words.get(value as usize).map(String::as_str)
    }
}

/// The parameters that differ between the group's jobs, in the order in which they were sampled.
pub fn parameters(group: &Group<'_>, known: &Parameters) -> Vec<Parameter> {
    let jobs = &group.population.jobs;
    let mut texts: IndexMap<&str, Vec<Option<&str>>> = IndexMap::new();
    for &row in group.rows() {
        for (key, value) in known.split(&jobs[row].sampled) {
            texts.entry(key).or_insert_with(|| vec![None; jobs.len()])[row] = Some(value);
        }
    }
    texts.retain(|_, column| varies(group, column));
    let names = short_names(&texts.keys().copied().collect::<Vec<_>>());
    let column = |((key, column), name): ((&str, Vec<Option<&str>>), String)| {
        let (values, words) = numbers(&column);
        Parameter { key: key.to_owned(), name, values, words }
    };
    texts.into_iter().zip(names).map(column).collect()
}

fn varies(group: &Group<'_>, column: &[Option<&str>]) -> bool {
    let mut rows = group.rows().iter();
    let first = rows.next().map(|&row| &column[row]);
    rows.any(|&row| Some(&column[row]) != first)
}

/// The values as numbers; as places among the words where one is no number.
fn numbers(column: &[Option<&str>]) -> (Vec<Option<f64>>, Vec<String>) {
    let parse = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    let parsed =
        column.iter().map(|text| text.map_or(Ok(None), |text| parse(text).map(Some).ok_or(())));
    if let Ok(values) = parsed.collect() {
        return (values, Vec::new());
    }
    let mut places: BTreeMap<&str, f64> =
        column.iter().flatten().map(|text| (*text, 0.0)).collect();
    let mut next = 0.0;
    for place in places.values_mut() {
        *place = next;
        next += 1.0;
    }
    let values = column.iter().map(|text| text.map(|text| places[text])).collect();
    (values, places.into_keys().map(str::to_owned).collect())
}

/// For each dotted name its shortest end that no other has.
pub fn short_names(keys: &[&str]) -> Vec<String> {
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
    use super::*;

    #[test]
    fn a_name_is_as_short_as_it_may_be() {
        assert_eq!(short_names(&["OPTIM.LR", "EMA.LR", "OPTIM.WD"]), ["OPTIM.LR", "EMA.LR", "WD"]);
        assert_eq!(short_names(&["A.A"]), ["A"]);
    }

    #[test]
    fn words_are_numbered_in_their_order() {
        let column = ["sgd", "adam", "sgd"].map(Some);
        let (values, words) = numbers(&column);
        assert_eq!(values, [Some(1.0), Some(0.0), Some(1.0)]);
        assert_eq!(words, ["adam", "sgd"]);
        let column = [Some("1e-3"), None];
        assert_eq!(numbers(&column), (vec![Some(0.001), None], Vec::new()));
    }
}
