//! The parameters that points may set.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use sweep_config::paths::{PathFault, inside_of_value, is_within, near_path};
use sweep_config::{Sampler, SetupConfig, Value};

use crate::setup::given::{derived_in_branches, dotted_key};
use crate::trials::nearest;

/// The parameters that are known, with their samplers.
pub(super) struct PointNames<'a> {
    pub(super) setup: &'a SetupConfig,
    samplers: BTreeMap<String, Vec<&'a Sampler>>,
    /// Parameters that no sampler draws: of given values and of earlier points.
    others: &'a [String],
    /// True if the seed of replicates is no parameter of a point.
    is_replicated: bool,
}

impl<'a> PointNames<'a> {
    /// Gathers the names.
    pub(super) fn new(setup: &'a SetupConfig, others: &'a [String], is_replicated: bool) -> Self {
        let mut samplers = BTreeMap::new();
        gather(&setup.samplers, &mut samplers);
        Self { setup, samplers, others, is_replicated }
    }

    /// Returns the samplers that may draw a parameter.
    pub(super) fn samplers(&self, key: &str) -> &[&'a Sampler] {
        self.samplers.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the parameter that a column means; `adds` allows new ones.
    ///
    /// # Errors
    ///
    /// Says in words why it means none.
    pub(super) fn resolve(&self, name: &str, adds: bool) -> Result<String, String> {
        let base = &self.setup.base_cfg;
        let key = dotted_key(name, base).map_err(|why| format!("`{name}`: {why}"))?;
        // The column of `sweep.parquet`.
        let collected = key.strip_prefix(sweep_config::table::CFG);
        let collected = collected.filter(|path| !self.has(&key) && self.has(path));
        let key = collected.map_or_else(|| key.clone(), str::to_owned);
        self.refuse(&key)?;
        if self.has(&key) || adds || self.is_open() {
            return match inside_of_value(&key, base) {
                Some(PathFault { message, .. }) => Err(format!("`{key}` {message}")),
                None => Ok(key),
            };
        }
        let known: Vec<&str> = self.known().collect();
        let is_typo = |known: &&&str| strsim::levenshtein(known, &key) == 1;
        let near = known.iter().find(is_typo).map(|near| format!("`{near}`"));
        let near = near.or_else(|| near_path(&key, base).map(|near| format!("`{near}`")));
        let near = near.or_else(|| nearest(&key, &known).into_iter().next());
        let advice = near.map_or_else(
            || format!("write `+{key}` to add it to the job configs, or leave the column out"),
            |near| format!("did you mean {near}? To add a new key, write `+{key}`"),
        );
        Err(format!("`{key}` is neither in SETUP.SAMPLERS nor in BASE_CFG: {advice}"))
    }

    /// Refuses what something else sets.
    fn refuse(&self, key: &str) -> Result<(), String> {
        let around = |other: &str| is_within(other, key) || is_within(key, other);
        if self.is_replicated && around(&self.setup.seed_key) {
            return Err(format!(
                "`{key}` is the seed of the replicates (SETUP.SEED_KEY), which each config gets: leave it out"
            ));
        }
        let derived = self.setup.derived.keys();
        if let Some(derived) = derived.into_iter().find(|derived| around(derived)) {
            return Err(format!("`{derived}` is derived (SETUP.DERIVED): leave it out"));
        }
        let of_branches = derived_in_branches(&self.setup.samplers);
        if of_branches.into_iter().any(|derived| derived == key) {
            return Ok(());
        }
        match self.samplers.keys().find(|other| around(other) && *other != key) {
            Some(other) if !self.has(key) => Err(format!(
                "`{key}` and `{other}` (SETUP.SAMPLERS) overlap: give the parameter that is sampled"
            )),
            _ => Ok(()),
        }
    }

    fn has(&self, key: &str) -> bool {
        self.samplers.contains_key(key)
            || self.others.iter().any(|other| other == key)
            || self.setup.base_cfg.get_path(key).is_some()
    }

    /// Returns true if nothing says which parameters there are, so that the points do.
    fn is_open(&self) -> bool {
        let is_empty = matches!(&self.setup.base_cfg, Value::Map(map) if map.is_empty());
        is_empty && self.samplers.is_empty() && self.others.is_empty()
    }

    fn known(&self) -> impl Iterator<Item = &str> {
        self.samplers.keys().chain(self.others).map(String::as_str)
    }
}

fn gather<'a>(
    samplers: &'a IndexMap<String, Sampler>,
    into: &mut BTreeMap<String, Vec<&'a Sampler>>,
) {
    for (key, sampler) in samplers {
        match sampler.unconditional() {
            Sampler::Choice(choice) => {
                into.entry(key.clone()).or_default().push(sampler);
                choice.branches.iter().for_each(|branch| gather(&branch.samplers, into));
            }
            other => {
                for param in other.params(key) {
                    into.entry(param).or_default().push(sampler);
                }
            }
        }
    }
}
