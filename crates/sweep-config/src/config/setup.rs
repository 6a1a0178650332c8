//! `SETUP`: how to sample the job configs.

use indexmap::IndexMap;

use super::constraints::{self, Constraints};
use super::derived;
use super::names::Names;
use super::samplers::{self, Sampler};
use super::section::Section;
use crate::expr::Expr;
use crate::{Map, Value};

/// `SETUP`: how to sample the job configs.
#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    /// `NUM_CONFIGS`: how many unique configs at most.
    pub num_configs: u64,
    /// `NUM_SAMPLES`: how many candidates at most.
    pub num_samples: u64,
    /// `CHUNK_SIZE`: how many candidates a thread draws at a time; changes nothing in the result.
    pub chunk_size: u64,
    /// `RNG_SEED`.
    pub rng_seed: u64,
    /// `BASE_CFG`: the config that every job starts from; a mapping.
    pub base_cfg: Value,
    /// `DEFAULTS`: what completes every job config, and which keys it may have: `pycls`, a file, or
    /// nothing.
    pub defaults: String,
    /// `SAMPLERS`, in the order of the file: dotted parameter -> sampler.
    pub samplers: IndexMap<String, Sampler>,
    /// `DERIVED`: dotted parameter -> expression, each after those that it needs.
    pub derived: IndexMap<String, Expr>,
    /// `CONSTRAINTS`.
    pub constraints: Constraints,
}

/// As many as are held in memory at once; a directory of more files serves nobody.
const MOST_CONFIGS: i64 = 10_000_000;

pub(super) fn decode(section: Section<'_>) -> Setup {
    let num_configs = section
        .required("NUM_CONFIGS", "say how many job configs to sample")
        .and_then(|given| given.whole(1..=MOST_CONFIGS));
    let (base_cfg, samplers) = (base_cfg(&section), samplers(&section));
    let none = IndexMap::new();
    let names = Names { base_cfg: &base_cfg, samplers: &samplers, derived: &none };
    let derived = derived::decode(&section, &names);
    let names = Names { derived: &derived, ..names };
    let constraints = constraints::decode(section.section("CONSTRAINTS"), &names);
    let setup = Setup {
        num_configs: num_configs.unwrap_or(1),
        num_samples: section.whole("NUM_SAMPLES", 1..=1_000_000_000_000, 1_000_000),
        chunk_size: section.whole("CHUNK_SIZE", 1..=MOST_CONFIGS, 5000),
        rng_seed: section.whole("RNG_SEED", 0.., 0),
        defaults: section.text("DEFAULTS", ""),
        base_cfg,
        samplers,
        derived,
        constraints,
    };
    section.finish();
    setup
}

fn base_cfg(section: &Section<'_>) -> Value {
    let given = section.get("BASE_CFG");
    match given.as_ref().map(|given| given.node.to_value()) {
        Some(map @ Value::Map(_)) => map,
        None | Some(Value::Null) => Value::Map(Map::new()),
        Some(_) => {
            if let Some(given) = given {
                given.expected("a mapping: the config that every job starts from");
            }
            Value::Map(Map::new())
        }
    }
}

fn samplers(section: &Section<'_>) -> IndexMap<String, Sampler> {
    let Some(given) = section.get("SAMPLERS") else { return IndexMap::new() };
    let all = given.section();
    let decoded = all.all().filter_map(|(parameter, given)| {
        if given.node.entries().is_none() {
            given.expected("a sampler, e.g. {TYPE: value_sampler, VALUES: [1, 2]}");
            return None;
        }
        if parameter.split('.').any(str::is_empty) {
            given.problem("is no dotted parameter such as `OPTIM.BASE_LR`", None);
            return None;
        }
        Some((parameter.to_owned(), samplers::decode(parameter, &given)?))
    });
    decoded.collect()
}
