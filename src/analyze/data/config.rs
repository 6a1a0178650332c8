//! The configs of all jobs: what is the same in all is written once, what varies is a packed column.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};
use sweep_config::table::CFG;

use super::pack::{bits, numbers, words};
use crate::analyze::frame::{Column, Job, Population, truths};

/// Stands in a text for the job's number, six digits.
const NUMBER: &str = "\u{1}";
/// Stands in a text for what was sampled.
const SAMPLED: &str = "\u{2}";

/// What the jobs' configs are made of.
#[derive(Debug, Default)]
struct Configs {
    /// What all jobs that have it have alike, by key; by which jobs have it: bits, or empty of all.
    fixed: BTreeMap<String, Map<String, Json>>,
    /// What varies: its key, packed.
    varying: Vec<(String, Json)>,
    /// The keys for which there is no room.
    left: Vec<String>,
}

/// The configs as the page's script takes them, in at most `room` bytes of what varies. `known` are the
/// page's columns, which are not written twice: a sampled parameter is in the config too.
pub(super) fn config(population: &Population, known: &[Json], room: usize) -> Json {
    let truths = truths(&population.dir.sweep_parquet()).unwrap_or_default();
    let truths: BTreeSet<&str> = truths.iter().filter_map(|name| name.strip_prefix(CFG)).collect();
    let Configs { fixed, mut varying, mut left } = configs(population, &truths);
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
    let fixed = fixed.into_iter().map(|(rows, values)| json!({ "rows": rows, "values": values }));
    json!({
        "fixed": fixed.collect::<Vec<_>>(),
        "varying": kept,
        "truths": truths.into_iter().filter(|key| kept.contains_key(*key)).collect::<Vec<_>>(),
        "left": left,
    })
}

fn configs(population: &Population, truths: &BTreeSet<&str>) -> Configs {
    let mut configs = Configs::default();
    for name in population.table.names() {
        let (Some(key), Some(column)) = (name.strip_prefix(CFG), population.table.get(name)) else {
            continue;
        };
        let (value, has) = match column {
            Column::Numbers(values) => {
                let one = the_one(values.iter().flatten());
                let is_truth = truths.contains(key);
                let one = one.map(|&v| if is_truth { json!(v != 0.0) } else { json!(v) });
                (one, presence(values))
            }
            Column::Texts(texts) => (common(texts, &population.jobs), presence(texts)),
        };
        match (value, column) {
            (Some(value), _) => {
                configs.fixed.entry(has).or_default().insert(key.to_owned(), value);
            }
            (None, Column::Numbers(values)) if values.iter().any(Option::is_some) => {
                configs.varying.push((key.to_owned(), numbers(values)));
            }
            (None, Column::Texts(texts)) if texts.iter().any(Option::is_some) => {
                let texts: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
                match words(&texts) {
                    Some(packed) => configs.varying.push((key.to_owned(), packed)),
                    None => configs.left.push(key.to_owned()),
                }
            }
            _ => {}
        }
    }
    configs
}

/// The value that all are; `None` of different ones, and of none.
fn the_one<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

/// Which jobs have a value: bits, or empty if all have.
fn presence<T>(values: &[Option<T>]) -> String {
    if values.iter().all(Option::is_some) {
        return String::new();
    }
    let there = values.iter().enumerate().filter(|(_, value)| value.is_some());
    bits(there.map(|(row, _)| row), values.len())
}

/// The text that all jobs have, but for their number and what was sampled for them.
fn common(texts: &[Option<String>], jobs: &[Job]) -> Option<Json> {
    let common = |(text, job): (&Option<String>, &Job)| {
        let text = text.as_ref()?;
        let text =
            if job.sampled.is_empty() { text.clone() } else { text.replace(&job.sampled, SAMPLED) };
        Some(text.replace(&job.id.to_string(), NUMBER))
    };
    // Most texts of a config are the same in all jobs as they are.
    let plain = the_one(texts.iter().flatten()).cloned();
    plain.or_else(|| the_one(texts.iter().zip(jobs).filter_map(common))).map(Json::String)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sweep_config::JobId;
    use sweep_config::records::JobState;

    fn job(id: u32, sampled: &str) -> Job {
        let (state, reason) = (JobState::Done, String::new());
        Job { id: JobId(id), state, sampled: sampled.to_owned(), reason }
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
        assert_eq!(presence(&[Some(1), Some(2)]), "");
        assert_eq!(presence(&[Some(1), None]), bits([0], 2));
    }
}
