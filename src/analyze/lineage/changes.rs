//! Compares stored sweep configs, key by key, and the commits of the code.

use std::collections::BTreeMap;

use serde::Serialize;
use sweep_config::records::{CodeRecord, GitRecord};
use sweep_config::{Sweep, Value, yaml};

/// The greatest number of characters of a value.
const MOST_LETTERS: usize = 60;
/// The keys in which two sweeps are not compared: names, and how the report looks.
const IGNORED: [&str; 5] = ["ROOT_DIR", "NAME", "DESC", "NUM_PROC", "ANALYZE"];
/// The keys of `SETUP` that say how many configs are drawn and how, but not from which design space.
const DRAWING: [&str; 9] = [
    "STRATEGY",
    "TUNE",
    "NUM_CONFIGS",
    "NUM_SAMPLES",
    "CHUNK_SIZE",
    "RNG_SEED",
    "FORMAT",
    "REPLICATES",
    "SEED_KEY",
];

/// A sweep config by key, each value in a line.
pub(super) type FlatConfig = BTreeMap<String, String>;

/// A key in which two configs differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ChangedKey {
    /// The key, dotted.
    pub(crate) key: String,
    /// The value before; missing where there was none.
    pub(crate) from: Option<String>,
    /// The value after; missing where there is none.
    pub(crate) to: Option<String>,
}

impl ChangedKey {
    /// Returns `KEY: old → new`.
    pub(crate) fn words(&self) -> String {
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
        format!("`{}`: {} → {}", self.key, value(&self.from), value(&self.to))
    }

    /// Returns true if it is a part of the design space that configs are drawn from.
    pub(super) fn is_of_space(&self) -> bool {
        let mut parts = self.key.split('.');
        parts.next() == Some("SETUP") && !parts.next().is_some_and(|part| DRAWING.contains(&part))
    }
}

/// Returns a config by key, without what is no difference between sweeps.
pub(super) fn flat(sweep: &Sweep) -> FlatConfig {
    let mut keys = FlatConfig::new();
    if let Value::Map(config) = sweep.masked().complete() {
        for (name, value) in config.iter().filter(|(name, _)| !IGNORED.contains(&name.as_str())) {
            flatten(name, value, &mut keys);
        }
    }
    keys
}

fn flatten(key: &str, value: &Value, keys: &mut FlatConfig) {
    match value {
        Value::Map(map) if !map.is_empty() => {
            for (name, value) in map {
                flatten(&format!("{key}.{name}"), value, keys);
            }
        }
        value => {
            let text = yaml::write(value);
            let line = text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
            keys.insert(key.to_owned(), line.trim().to_owned());
        }
    }
}

/// Returns the keys in which two configs differ, those of the setup first.
pub(super) fn changes(from: &FlatConfig, to: &FlatConfig) -> Vec<ChangedKey> {
    let short = |value: Option<&String>| {
        let cut = |value: &String| {
            let is_long = value.chars().count() > MOST_LETTERS;
            let start = || value.chars().take(MOST_LETTERS - 1).chain(['…']).collect();
            if is_long { start() } else { value.clone() }
        };
        value.map(cut)
    };
    let keys: std::collections::BTreeSet<&String> = from.keys().chain(to.keys()).collect();
    let differing = keys.into_iter().filter(|key| from.get(*key) != to.get(*key));
    let mut changed: Vec<ChangedKey> = differing
        .map(|key| ChangedKey {
            key: key.clone(),
            from: short(from.get(key)),
            to: short(to.get(key)),
        })
        .collect();
    changed.sort_by_key(|change| !change.key.starts_with("SETUP."));
    changed
}

/// The commits that the code of two sweeps was copied at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct CodeChange {
    /// The range for `git log` and `git diff`, such as `0123456789ab..ba9876543210`; missing if both are the same.
    pub(crate) range: Option<String>,
    /// The commit of the sweep that the other grew out of.
    pub(crate) from: String,
    /// True if not all of it was committed.
    pub(crate) from_dirty: bool,
    /// The commit of the sweep itself.
    pub(crate) to: String,
    /// True if not all of it was committed.
    pub(crate) to_dirty: bool,
}

impl CodeChange {
    /// Compares the records of two snapshots; `None` if the commit of one is not known.
    pub(super) fn between(from: Option<&CodeRecord>, to: Option<&CodeRecord>) -> Option<Self> {
        let git = |record: Option<&CodeRecord>| -> Option<GitRecord> { record?.git.clone() };
        let (from, to) = (git(from)?, git(to)?);
        let [old, new] = [&from.commit, &to.commit].map(|commit| format!("{commit:.12}"));
        let range = (from.commit != to.commit).then(|| format!("{old}..{new}"));
        Some(Self { range, from: old, from_dirty: from.is_dirty, to: new, to_dirty: to.is_dirty })
    }

    /// Returns the commits as words.
    pub(crate) fn words(&self) -> String {
        let commits = match &self.range {
            Some(range) => format!("`{range}`"),
            None => format!("the same commit `{}`", self.to),
        };
        let dirty = match (self.from_dirty, self.to_dirty) {
            (false, false) => "",
            (true, false) => ", the former with changes that were not committed",
            (false, true) => ", the latter with changes that were not committed",
            (true, true) => ", both with changes that were not committed",
        };
        commits + dirty
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::origin::tests::{code, config};

    #[test]
    fn changed_keys_have_their_old_and_new_values() {
        let of = |text: &str| flat(&config(text));
        let sampler = "SETUP: {NUM_CONFIGS: 4, SAMPLERS: {lr: {TYPE: float_sampler, RANGE: [0, 1]";
        let from = of(&format!("{sampler}}}}}}}\nDESC: a"));
        let to = of(&format!("{sampler}, QUANTIZE: 0.5}}}}}}\nDESC: b"));
        let changed = changes(&from, &to);
        let keys: Vec<&str> = changed.iter().map(|change| change.key.as_str()).collect();
        assert_eq!(keys, ["SETUP.SAMPLERS.lr.QUANTIZE"], "{changed:?}");
        assert_eq!(changed[0].to.as_deref(), Some("0.5"));
        assert!(changed[0].is_of_space());
        let more = of(&format!("{}}}}}}}", sampler.replace('4', "8")));
        let changed = changes(&from, &more);
        assert_eq!(changed[0].words(), "`SETUP.NUM_CONFIGS`: 4 → 8");
        assert!(!changed[0].is_of_space());
    }

    #[test]
    fn commits_are_a_range_with_what_was_not_committed() {
        let (old, new) = (code("0123456789abcdef", false), code("fedcba9876543210", true));
        let change = CodeChange::between(Some(&old), Some(&new)).unwrap();
        let words = "`0123456789ab..fedcba987654`, the latter with changes that were not committed";
        assert_eq!(change.words(), words);
        let same = CodeChange::between(Some(&old), Some(&old)).unwrap();
        assert_eq!((same.words().as_str(), same.range), ("the same commit `0123456789ab`", None));
        assert_eq!(CodeChange::between(None, Some(&new)), None);
    }
}
