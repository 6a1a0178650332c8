//! `SETUP`: how to sample the job configs.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::constraints::{self, Constraints};
use super::derived;
use super::names::Names;
use super::samplers::{self, Sampler};
use super::section::Section;
use super::suggest;
use crate::expr::Expr;
use crate::{Map, Value};

/// `SETUP`: how to sample the job configs.
#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    /// `STRATEGY`: which candidates there are.
    pub strategy: Strategy,
    /// `ZIP`: groups of parameters that a grid takes step by step together.
    pub zip: Vec<Vec<String>>,
    /// `NUM_CONFIGS`: how many unique configs at most; of a grid by default all.
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

/// `SETUP.STRATEGY`: which candidates there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// Draws of the samplers' distributions, each on its own.
    Random,
    /// Every combination of the values that the samplers can draw, the last parameter fastest.
    Grid,
    /// Draws of the distributions from Halton's sequence, which fills the space evenly.
    Halton,
    /// Draws of the distributions from Sobol's sequence, which does so best with a power of two.
    Sobol,
    /// Draws of the distributions from a Latin hypercube of `NUM_CONFIGS` points.
    LatinHypercube,
}

const STRATEGIES: [(&str, Strategy); 5] = [
    ("random", Strategy::Random),
    ("grid", Strategy::Grid),
    ("halton", Strategy::Halton),
    ("sobol", Strategy::Sobol),
    ("lhs", Strategy::LatinHypercube),
];

impl Strategy {
    /// Its name in a config.
    #[must_use]
    pub fn name(self) -> &'static str {
        STRATEGIES[self as usize].0
    }
}

/// As many as are held in memory at once; a directory of more files serves nobody.
const MOST_CONFIGS: i64 = 10_000_000;

pub(super) fn decode(section: Section<'_>) -> Setup {
    let strategy = section.one_of("STRATEGY", &STRATEGIES, Strategy::Random);
    let num_configs = match strategy {
        Strategy::Grid => section.get("NUM_CONFIGS"),
        _ => section.required("NUM_CONFIGS", "say how many job configs to sample"),
    };
    let num_configs = num_configs.and_then(|given| given.whole(1..=MOST_CONFIGS));
    let base_cfg = base_cfg(&section);
    let (samplers, is_broken) = samplers(&section);
    let none = IndexMap::new();
    let names = Names {
        base_cfg: &base_cfg,
        samplers: &samplers,
        derived: &none,
        reports: false,
        is_broken,
    };
    let derived = derived::decode(&section, &names);
    let names = Names { derived: &derived, ..names };
    let constraints = constraints::decode(section.section("CONSTRAINTS"), &names);
    let setup = Setup {
        zip: zip(&section, &names, strategy),
        strategy,
        num_configs: num_configs.unwrap_or(MOST_CONFIGS.unsigned_abs()),
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

/// The samplers, and whether one of them is wrong and left out.
fn samplers(section: &Section<'_>) -> (IndexMap<String, Sampler>, bool) {
    let Some(given) = section.get("SAMPLERS") else { return (IndexMap::new(), false) };
    let all = given.section();
    let mut set = HashSet::new();
    let decoded = all.all().filter_map(|(parameter, given)| {
        if given.node.entries().is_none() {
            given.expected("a sampler, e.g. {TYPE: value_sampler, VALUES: [1, 2]}");
            return None;
        }
        if parameter.split('.').any(str::is_empty) {
            given.problem("is no dotted parameter such as `OPTIM.BASE_LR`", None);
            return None;
        }
        let sampler = samplers::decode(parameter, &given)?;
        let params = sampler.params(parameter);
        if let Some(twice) = params.iter().find(|param| set.contains(*param)) {
            given.problem(format!("`{twice}` is sampled elsewhere too"), None);
            return None;
        }
        set.extend(params);
        Some((parameter.to_owned(), sampler))
    });
    let decoded: IndexMap<String, Sampler> = decoded.collect();
    let is_broken = decoded.len() < all.all().count();
    (decoded, is_broken)
}

/// Groups of sampled parameters, each in one group at most.
fn zip(section: &Section<'_>, names: &Names<'_>, strategy: Strategy) -> Vec<Vec<String>> {
    let Some(given) = section.get("ZIP") else { return Vec::new() };
    let example = "a list of groups, e.g. [[OPTIM.BASE_LR, OPTIM.WEIGHT_DECAY]]";
    let mut seen = Vec::new();
    let mut groups = Vec::new();
    for group in given.list(example).unwrap_or_default() {
        let mut members = Vec::new();
        for given in group.list("a list of parameters").unwrap_or_default() {
            let Some(name) = given.text() else { continue };
            let samplers = names.samplers;
            if names.is_broken && !samplers.contains_key(&name) {
                // What is wrong with its sampler was told.
                continue;
            }
            if !samplers.contains_key(&name) {
                let known: Vec<&str> = samplers.keys().map(String::as_str).collect();
                given.problem(format!("`{name}` has no sampler"), suggest::word(&name, &known));
            } else if matches!(samplers[&name], Sampler::Regnet(_) | Sampler::Choice(_)) {
                given.problem("it sets several parameters and cannot be zipped", None);
            } else if seen.contains(&name) {
                given.problem(format!("`{name}` is in a group already"), None);
            }
            seen.push(name.clone());
            members.push(name);
        }
        groups.push(members);
    }
    if strategy != Strategy::Grid && !groups.is_empty() {
        given.problem("only a grid has groups", Some("add STRATEGY: grid".to_owned()));
    }
    groups
}
