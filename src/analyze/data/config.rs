//! The configs of all jobs: what is the same in all is written once, what varies is a packed column.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};
use sweep_config::table::CFG;

use super::pack::{bits, numbers, words};
use crate::analyze::population::Population;
use crate::tables::{PlainColumn, ScalarValue, SharedValue};
use crate::trials::Trial;

/// Stands in a text for the job's number, six digits.
const NUMBER: &str = "\u{1}";
/// Stands in a text for what was sampled.
const SAMPLED: &str = "\u{2}";

/// The configs of all jobs, divided into fixed and varying keys.
#[derive(Debug, Default)]
struct PackedConfigs {
    /// The values that are the same in all jobs that have them: by the jobs that have them (packed bits, empty if
    /// all have them), then by key.
    fixed: BTreeMap<String, Map<String, Json>>,
    /// The keys whose values vary, with the packed values.
    varying: Vec<(String, Json)>,
    /// The keys for which there is no room.
    left: Vec<String>,
}

/// Returns the configs as the page's script takes them, in at most `room` bytes of varying values. `known` are the
/// page's columns, which are not written twice: a sampled parameter is in the config too.
pub(super) fn config(population: &Population, known: &[Json], room: usize) -> Json {
    let PackedConfigs { fixed, mut varying, mut left } = configs(population);
    for (_, values) in &mut varying {
        if let Some(same) = known.iter().find(|column| column["values"] == *values) {
            *values = json!({ "same": same["name"] });
        }
    }
    // The shortest first: as many keys as there is room for.
    let mut sized: Vec<(usize, String, Json)> =
        varying.into_iter().map(|(key, values)| (values.to_string().len(), key, values)).collect();
    sized.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let mut used = 0;
    let mut kept = Map::new();
    for (size, key, values) in sized {
        used += size;
        if used <= room {
            kept.insert(key, values);
        } else {
            left.push(key);
        }
    }
    left.sort();
    let is_truth = |key: &&String| population.table.is_truth(&format!("{CFG}{key}"));
    let truths: Vec<&String> = kept.keys().filter(is_truth).collect();
    let fixed = fixed.into_iter().map(|(rows, values)| json!({ "rows": rows, "values": values }));
    json!({
        "fixed": fixed.collect::<Vec<_>>(),
        "varying": kept,
        "truths": truths,
        "left": left,
    })
}

fn configs(population: &Population) -> PackedConfigs {
    let mut configs = PackedConfigs::default();
    let table = &population.table;
    for name in table.names() {
        let Some(key) = name.strip_prefix(CFG) else { continue };
        if let Some(SharedValue { value, present }) = table.shared_values().get(name) {
            configs.fix(key, json(value), present.as_deref());
            continue;
        }
        match table.get(name) {
            Some(PlainColumn::Numbers(values)) if values.iter().any(Option::is_some) => {
                configs.varying.push((key.to_owned(), numbers(values)));
            }
            Some(PlainColumn::Texts(texts)) => {
                configs.add_texts(key, texts, &population.trials.jobs);
            }
            _ => {}
        }
    }
    configs
}

fn json(value: &ScalarValue) -> Json {
    match value {
        ScalarValue::Number(number) => json!(number),
        ScalarValue::Truth(truth) => json!(truth),
        ScalarValue::Text(text) => json!(text),
    }
}

impl PackedConfigs {
    /// A key that is the same in all jobs that have it.
    fn fix(&mut self, key: &str, value: Json, present: Option<&[bool]>) {
        let rows = present.map_or_else(String::new, |present| {
            let there = present.iter().enumerate().filter(|(_, is)| **is);
            bits(there.map(|(row, _)| row), present.len())
        });
        self.fixed.entry(rows).or_default().insert(key.to_owned(), value);
    }

    /// Texts that differ, if only by what tells the jobs apart.
    fn add_texts(&mut self, key: &str, texts: &[Option<String>], jobs: &[Trial]) {
        if let Some(common) = common(texts, jobs) {
            let present: Vec<bool> = texts.iter().map(Option::is_some).collect();
            let is_everywhere = present.iter().all(|is| *is);
            return self.fix(key, common, (!is_everywhere).then_some(present.as_slice()));
        }
        let texts: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
        match words(&texts) {
            _ if texts.iter().all(Option::is_none) => {}
            Some(packed) => self.varying.push((key.to_owned(), packed)),
            None => self.left.push(key.to_owned()),
        }
    }
}

/// The value that all are; `None` of different ones, and of none.
fn the_one<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

/// The text that all jobs have, but for their number and what was sampled for them.
fn common(texts: &[Option<String>], jobs: &[Trial]) -> Option<Json> {
    let common = |(text, job): (&Option<String>, &Trial)| {
        let text = text.as_ref()?;
        let text = if job.sentence.is_empty() {
            text.clone()
        } else {
            text.replace(&job.sentence, SAMPLED)
        };
        Some(text.replace(&job.id.to_string(), NUMBER))
    };
    the_one(texts.iter().zip(jobs).filter_map(common)).map(Json::String)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sweep_config::JobId;
    use sweep_config::records::JobState;

    fn job(id: u32, sentence: &str) -> Trial {
        Trial { sentence: sentence.to_owned(), ..Trial::new(JobId(id), JobState::Done) }
    }

    #[test]
    fn a_text_that_repeats_the_number_or_the_sample_is_the_same_in_all_jobs() {
        let jobs = [job(0, "LR 0.1"), job(1, "LR 0.2"), job(2, "")];
        let texts = |texts: [&str; 2]| texts.map(|text| Some(text.to_owned()));
        let of = |pair| common(&texts(pair), &jobs);
        assert_eq!(of(["out/000000", "out/000001"]), Some(json!("out/\u{1}")));
        assert_eq!(of(["a: LR 0.1", "a: LR 0.2"]), Some(json!("a: \u{2}")));
        assert_eq!(of(["out/000000", "out/000003"]), None);
        assert_eq!(common(&[None, None], &jobs), None);
    }

    #[test]
    fn who_has_a_value_is_bits_unless_all_have() {
        let mut configs = PackedConfigs::default();
        configs.fix("A", json!(1), None);
        configs.fix("B", json!(2), Some(&[true, false]));
        let keys: Vec<&String> = configs.fixed.keys().collect();
        assert_eq!(keys, [&String::new(), &bits([0], 2)]);
    }
}
