//! The record of a setup.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::format::read_record;
use crate::fs::FsError;

/// `setup.json`: where the configs of a sweep come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetupRecord {
    /// [`FORMAT_VERSION`](super::FORMAT_VERSION) of the writer.
    pub format_version: u32,
    /// The version of the toolkit.
    pub tool_version: String,
    /// `SETUP.RNG_SEED`.
    pub seed: u64,
    /// `SETUP.NUM_CONFIGS`.
    pub requested: u64,
    /// The number of configs that were written.
    pub kept: u64,
    /// The number of candidates that were drawn for them.
    pub candidates: u64,
    /// The number of candidates that repeated an earlier one.
    pub duplicates: u64,
    /// The number of candidates that each constraint rejected, by its key.
    pub rejections: BTreeMap<String, u64>,
    /// The `--set` arguments, as typed.
    pub overrides: Vec<String>,
    /// The `--sweep` arguments, as typed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sweeps: Vec<String>,
    /// The parameters that describe each job, dotted, in the order of the descriptions.
    #[serde(default)]
    pub params: Vec<String>,
    /// The difference between the jobs of a config that has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicates: Option<ReplicateRecord>,
    /// The sweeps whose results stand for jobs of this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reused: Vec<ReusedSweep>,
    /// The times that configs were appended, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<SetupExtension>,
    /// The rounds in which the configs were drawn, oldest first; none in a record of an older version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rounds: Vec<RoundRecord>,
}

/// One round of drawing: of the setup, or of an extension.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundRecord {
    /// The number of its first config.
    pub from: u64,
    /// The number behind that of its last config.
    pub to: u64,
    /// `SETUP.RNG_SEED`.
    pub seed: u64,
    /// The numbers of the candidates that were tried: from the first to before the second.
    pub candidates: (u64, u64),
    /// The digest of the design space; none where a user's program judges candidates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<String>,
    /// The digest of the config files, in their order.
    pub configs: String,
    /// Where the configs of the round come from, which were chosen and not drawn: `SETUP.POINTS: points.csv`,
    /// `--add points.csv`, or `SETUP.POINTS`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<String>,
    /// The numbers of chosen configs that this round drew, too, and did not make again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drawn_too: Vec<u64>,
    /// The numbers of the configs that the jobs of the round are further replicates of, each of as many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replicates_of: Vec<u64>,
}

/// Several jobs of each config, one behind the other; [`JobOrigins`](super::JobOrigins) tells the config of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplicateRecord {
    /// The number of jobs of each config, but for those that were added later.
    pub count: u32,
    /// The key of the job config that has their seed, the only one in which they differ.
    pub key: String,
}

/// Jobs that another sweep had done: their log directories are links into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReusedSweep {
    /// The sweep directory.
    pub sweep: String,
    /// The number of jobs.
    pub jobs: u64,
}

/// A call of `sweep_setup` that appended jobs: `--extend`, `--add` or `--extend-replicates`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupExtension {
    /// The number of configs before.
    pub from: u64,
    /// The number of configs after.
    pub to: u64,
    /// The keys of the sweep config by which its design space differs from the one before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// The file beside `sweep_cfg.yaml` that keeps the config before, if the two differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep_cfg_before: Option<String>,
    /// The version of the toolkit.
    pub tool_version: String,
}

impl RoundRecord {
    /// The value of `chosen` of configs that a search by results suggested.
    pub const SUGGESTED: &str = "--suggest";
}

impl SetupRecord {
    /// Reads `setup.json`; nothing where it does not exist, as in a sweep that another tool set up.
    ///
    /// # Errors
    ///
    /// When it is there and cannot be read, is damaged, or of a newer version.
    pub fn read(path: &Path) -> Result<Option<Self>, FsError> {
        read_record(path)
    }

    /// Returns the sources of chosen configs that no sweep config names, each with the number of its jobs.
    pub fn added(&self) -> impl Iterator<Item = (&str, u64)> {
        let rounds = self.rounds.iter();
        let added =
            rounds.filter_map(|round| Some((round.chosen.as_deref()?, round.to - round.from)));
        added.filter(|(source, _)| source.starts_with("--add "))
    }

    /// True if and only if both sweeps begin with the same round of drawing, however either was extended since;
    /// records of older versions have no rounds, and only their seeds tell.
    #[must_use]
    pub fn begins_as(&self, other: &Self) -> bool {
        match (self.rounds.first(), other.rounds.first()) {
            (Some(ours), Some(others)) => ours == others,
            _ => self.seed == other.seed,
        }
    }
}
