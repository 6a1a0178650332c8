//! `SETUP.REPLICATES`: several jobs of each config, which differ in their seed alone.

use sweep_config::{SetupConfig, Value};

use super::candidate::Candidate;
use super::population::DrawnPopulation;

/// Returns the population with `REPLICATES` jobs in place of each, side by side. Their seeds count up
/// from that of the base config, or from 0.
pub(crate) fn expand(population: DrawnPopulation, setup: &SetupConfig) -> DrawnPopulation {
    if setup.replicates == 1 {
        return population;
    }
    let DrawnPopulation { mut params, kept, tally } = population;
    params.place(&setup.seed_key);
    let first = match setup.base_cfg.get_path(&setup.seed_key) {
        Some(Value::Int(seed)) => *seed,
        _ => 0,
    };
    let replicate = |(candidate, number): (&Candidate, u32)| {
        let mut values = candidate.values.clone();
        values.push(Some(Value::Int(first.saturating_add(number.into()))));
        Candidate::new(&params, values, candidate.changes.clone())
    };
    let jobs = kept.iter().flat_map(|config| (0..setup.replicates).map(move |n| (config, n)));
    let kept = jobs.map(replicate).collect();
    DrawnPopulation { params, kept, tally }
}
