//! The record of an import.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::format::read_record;
use crate::fs::FsError;

/// `import.json`: where the jobs of a sweep come from that another tool ran.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRecord {
    /// [`FORMAT_VERSION`](super::FORMAT_VERSION) of the writer.
    pub format_version: u32,
    /// The version of the toolkit.
    pub tool_version: String,
    /// The store that was read, an absolute path.
    pub source: String,
    /// The kind of store: `mlflow`, `wandb`, `optuna`, `hydra` or `csv`.
    pub kind: String,
    /// The experiment or study of the store that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub experiment: Option<String>,
    /// The columns of a table that were named as parameters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<String>,
    /// The columns of a table that were named as metrics.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<String>,
    /// The digest of the sweep config that was written last; a file with another one was edited.
    pub config: String,
    /// The run of each job, by what identifies it in the store.
    pub runs: Vec<String>,
    /// The runs that became no job.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<OmittedRuns>,
}

/// Runs of a store that became no job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OmittedRuns {
    /// The reason.
    pub reason: String,
    /// Their number.
    pub runs: usize,
}

impl ImportRecord {
    /// Reads `import.json`; nothing where it does not exist, as in nearly all sweeps.
    ///
    /// # Errors
    ///
    /// When it is there and cannot be read, is damaged, or of a newer version.
    pub fn read(path: &Path) -> Result<Option<Self>, FsError> {
        read_record(path)
    }
}
