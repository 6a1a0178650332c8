//! Results that were measured elsewhere: `told.jsonl`, a line each.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::JobState;
use crate::fs::{self, FsError};
use crate::{JobId, SweepDir};

/// The result of a job that no worker measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToldResult {
    /// The job.
    pub job: u32,
    /// The value of each objective by its METRIC.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, f64>,
    /// The state of a job without values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ToldState>,
}

/// The state of a job that has no values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToldState {
    /// It died by its own fault.
    Failed,
}

impl ToldResult {
    /// Reads what was told of a sweep, by job; of several results of one job the last counts.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or a line of it is damaged.
    pub fn all(dir: &SweepDir) -> Result<BTreeMap<JobId, Self>, FsError> {
        let (all, problem) = Self::readable(dir);
        problem.map_or(Ok(all), Err)
    }

    /// Reads what can be read of that, with the first problem.
    #[must_use]
    pub fn readable(dir: &SweepDir) -> (BTreeMap<JobId, Self>, Option<FsError>) {
        let path = dir.told_jsonl();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => return (BTreeMap::new(), Some(error).filter(|e| !e.is_not_found())),
        };
        let (mut all, mut problem) = (BTreeMap::new(), None);
        for (number, line) in (1..).zip(text.lines()) {
            match serde_json::from_str::<Self>(line) {
                Ok(told) => _ = all.insert(JobId(told.job), told),
                Err(error) => _ = problem.get_or_insert_with(|| damaged(&path, number, &error)),
            }
        }
        (all, problem)
    }

    /// Returns the state that a job has by it, as long as no worker ran it.
    #[must_use]
    pub fn job_state(&self) -> JobState {
        if self.state.is_some() { JobState::Failed } else { JobState::Done }
    }
}

fn damaged(path: &Path, number: u32, error: &serde_json::Error) -> FsError {
    let why = format!("{error}; remove the line, and tell its result again");
    let place = format!("{}:{number}", path.display());
    FsError::new("read", Path::new(&place), io::Error::new(io::ErrorKind::InvalidData, why))
}
