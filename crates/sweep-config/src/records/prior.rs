//! The part of past sweeps in a sweep that is tuned: `suggestions/prior-DIGEST.json`, `suggestions/prior.json`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// All that suggestions take from past sweeps, sorted by their names. `V` are the values of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriorSnapshot<V> {
    /// The past sweeps, those that give nothing among them.
    pub sweeps: Vec<PriorSweep<V>>,
}

/// A past sweep, as far as it is used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriorSweep<V> {
    /// Its name: the path below `ROOT_DIR`, or the whole path of one that lies elsewhere.
    pub sweep: String,
    /// Its own objective in words: `minimize val_loss`.
    pub objective: String,
    /// The reason why it gives nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The parameters that both sweeps have.
    pub shared: Vec<String>,
    /// The number of its configs that have a result.
    pub configs: u64,
    /// The configs that are used, the best first.
    pub jobs: Vec<PriorJob<V>>,
    /// The number of configs that are not used, by reason.
    pub dropped: BTreeMap<String, u64>,
}

/// A config of a past sweep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriorJob<V> {
    /// Its number there.
    pub config: u64,
    /// Its place among the results there, 0 for the best; none where it failed.
    pub rank: Option<u64>,
    /// The values of the shared parameters.
    pub values: V,
}

/// The part of past sweeps in one suggestion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriorUse {
    /// The digest in the name of the snapshot.
    pub snapshot: String,
    /// The weight of each past sweep that gives anything.
    pub weights: Vec<PriorWeight>,
}

/// The weight of a past sweep, that of the sweep's own results being 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriorWeight {
    /// Its name.
    pub sweep: String,
    /// Its weight.
    pub weight: f64,
}

/// The snapshot that is current, and the files that it was made from.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PriorIndex {
    /// The digest in the name of the snapshot.
    pub snapshot: String,
    /// The number of the sweep's own jobs when the past sweeps were read.
    #[serde(default)]
    pub jobs: u64,
    /// The past sweeps, sorted by their names.
    pub sweeps: Vec<IndexedPrior>,
}

/// A past sweep as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexedPrior {
    /// Its name in the snapshot.
    pub sweep: String,
    /// Its directory.
    pub path: PathBuf,
    /// The item of `PRIOR_SWEEPS` that names it.
    pub source: String,
    /// The sizes and times of its files; empty where it is to be read again.
    pub stamp: String,
}
