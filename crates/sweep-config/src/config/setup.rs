//! `SETUP`: how to sample the job configs.

use indexmap::IndexMap;

use super::Interval;
use super::samplers::{self, Sampler};
use super::section::Section;
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
    /// `SAMPLERS`, in the order of the file: dotted parameter -> sampler.
    pub samplers: IndexMap<String, Sampler>,
    /// `CONSTRAINTS`.
    pub constraints: Constraints,
}

/// `SETUP.CONSTRAINTS`.
#[derive(Debug, Clone, PartialEq)]
pub struct Constraints {
    /// `CX.FLOPS`; `None` is off. An open side is infinite.
    pub flops: Option<Interval>,
    /// `CX.PARAMS`, likewise.
    pub params: Option<Interval>,
    /// `CX.ACTS`, likewise.
    pub acts: Option<Interval>,
    /// `REGNET.NUM_STAGES`: least and greatest number of stages; of regnets only.
    pub num_stages: (u32, u32),
}

pub(super) fn decode(section: Section<'_>) -> Setup {
    let num_configs = section
        .required("NUM_CONFIGS", "say how many job configs to sample")
        .and_then(|given| given.whole(1));
    let setup = Setup {
        num_configs: num_configs.unwrap_or(1),
        num_samples: section.whole("NUM_SAMPLES", 1, 1_000_000),
        chunk_size: section.whole("CHUNK_SIZE", 1, 5000),
        rng_seed: section.whole("RNG_SEED", 0, 0),
        base_cfg: base_cfg(&section),
        samplers: samplers(&section),
        constraints: constraints(section.section("CONSTRAINTS")),
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

fn constraints(section: Section<'_>) -> Constraints {
    let cx = section.section("CX");
    let (flops, params, acts) = (bounds(&cx, "FLOPS"), bounds(&cx, "PARAMS"), bounds(&cx, "ACTS"));
    cx.finish();
    let regnet = section.section("REGNET");
    let num_stages = stages(&regnet);
    regnet.finish();
    section.finish();
    Constraints { flops, params, acts, num_stages }
}

/// `[LOW, HIGH]`, where both 0 is off and one 0 leaves that side open.
fn bounds(section: &Section<'_>, key: &'static str) -> Option<Interval> {
    let given = section.get(key)?;
    let [low, high] = given.pair()?;
    let (low, high) = (low.number()?, high.number()?);
    if low == 0.0 && high == 0.0 {
        return None;
    }
    let low = if low == 0.0 { f64::NEG_INFINITY } else { low };
    let high = if high == 0.0 { f64::INFINITY } else { high };
    if low > high {
        given.problem(format!("LOW {low} is above HIGH {high}: nothing can fulfil it"), None);
        return None;
    }
    Some(Interval { low, high })
}

fn stages(section: &Section<'_>) -> (u32, u32) {
    const DEFAULT: (u32, u32) = (4, 4);
    let Some(given) = section.get("NUM_STAGES") else { return DEFAULT };
    let Some([low, high]) = given.pair() else { return DEFAULT };
    let (Some(low), Some(high)) = (low.whole::<u32>(1), high.whole::<u32>(1)) else {
        return DEFAULT;
    };
    if low > high {
        given.problem(format!("LOW {low} is above HIGH {high}: nothing can fulfil it"), None);
    }
    (low, high)
}
