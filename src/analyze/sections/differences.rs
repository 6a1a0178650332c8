//! Shows the differences of a report's sweeps other than their results.

use std::collections::{BTreeMap, BTreeSet};

use sweep_config::{Map, Sweep, Value, yaml};

use super::empty;
use crate::analyze::group::JobGroup;
use crate::analyze::origin::{SweepOrigin, distinct, origins};
use crate::page::{PageSection, TableCell, TableHead, TableRow, TableView};

/// The greatest number of rows.
const MOST: usize = 40;
const INTRO: &str = "Differences in setup: samplers and constraints by key, config values shared by all jobs \
    of one sweep but not of another, and the commit of the code.";

/// Returns the section; `None` for a single sweep.
pub fn differences(sweep: &Sweep, groups: &[JobGroup<'_>]) -> Option<PageSection> {
    let sweeps = distinct(groups);
    if sweeps.len() < 2 {
        return None;
    }
    let origins = origins(sweep, groups);
    let facts: Vec<BTreeMap<String, String>> =
        sweeps.iter().zip(&origins).map(|(group, origin)| facts(group, origin)).collect();
    let keys: BTreeSet<&String> = facts.iter().flat_map(BTreeMap::keys).collect();
    let differs = |key: &&&String| facts.iter().any(|own| own.get(**key) != facts[0].get(**key));
    let differing: Vec<&String> = keys.iter().filter(differs).copied().collect();
    let mut section = empty("differences", "What differs between the sweeps");
    if differing.is_empty() {
        section.paragraphs.push("No known differences.".to_owned());
        return Some(section);
    }
    section.paragraphs.push(INTRO.to_owned());
    let head =
        |text: &str| TableHead { text: text.to_owned(), title: String::new(), numeric: false };
    let heads = std::iter::once("key").chain(sweeps.iter().map(|group| group.name.as_str()));
    let more = differing.len().saturating_sub(MOST);
    section.table = Some(TableView {
        heads: heads.map(head).collect(),
        rows: differing.iter().take(MOST).map(|key| row(key, &facts)).collect(),
        note: if more > 0 { format!("{more} more.") } else { String::new() },
    });
    Some(section)
}

fn row(key: &str, facts: &[BTreeMap<String, String>]) -> TableRow {
    let values = facts.iter().map(|own| own.get(key).map_or("–", String::as_str));
    let cell =
        |text: &str| TableCell { text: text.to_owned(), numeric: false, share: String::new() };
    let cells = std::iter::once(key).chain(values).map(cell);
    TableRow { id: String::new(), set_apart: false, cells: cells.collect() }
}

/// Returns the facts of a sweep's setup, by name.
fn facts(group: &JobGroup<'_>, origin: &SweepOrigin) -> BTreeMap<String, String> {
    let mut facts = constants(group);
    if let Some(Value::Map(config)) = origin.config.as_ref().map(Sweep::complete)
        && let Some(Value::Map(setup)) = config.get("SETUP")
    {
        for part in ["SAMPLERS", "CONSTRAINTS", "DERIVED"] {
            if let Some(value) = setup.get(part) {
                flatten(&format!("SETUP.{part}"), value, &mut facts);
            }
        }
    }
    facts.extend(origin.commit().map(|commit| ("code".to_owned(), commit)));
    facts
}

/// Adds an entry for each key; a sampler is one value.
fn flatten(key: &str, value: &Value, facts: &mut BTreeMap<String, String>) {
    match value {
        Value::Map(map) if !map.contains_key("TYPE") => {
            for (name, value) in map {
                flatten(&format!("{key}.{name}"), value, facts);
            }
        }
        Value::Map(sampler) => {
            facts.insert(key.to_owned(), in_a_line(sampler));
        }
        value => {
            facts.insert(key.to_owned(), yaml::write(value).trim().to_owned());
        }
    }
}

/// Returns a sampler in one line.
fn in_a_line(sampler: &Map) -> String {
    let text = yaml::write(&Value::Map(sampler.clone()));
    text.lines().map(str::trim).collect::<Vec<_>>().join(", ")
}

/// Returns the config values that all jobs of the sweep share.
fn constants(group: &JobGroup<'_>) -> BTreeMap<String, String> {
    let constants = group.population.table.shared_values().iter();
    constants.map(|(name, constant)| (name.clone(), constant.value.to_string())).collect()
}
