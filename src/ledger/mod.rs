//! What the launches of a sweep left on disk, and what SLURM has of them.
//!
//! The ledger is written by `sweep_launch` (and, for a task with more memory, by the worker that
//! asks for it) before and right after each call of `sbatch`; everybody reads it here.
//!
//! - `mod`: the entries, each with the arrays that SLURM took,
//! - `accounts`: how tasks ended whose worker left no word,
//! - `nodes`: those that failed,
//! - `scan`: the state of every job, from its journal and its claim,
//! - `standing`: which of their tasks SLURM still has, and which jobs those will run.

mod accounts;
mod nodes;
mod scan;
mod standing;

use std::path::Path;

use sweep_config::fs::FsError;
use sweep_config::records::{AcceptedArray, JobArray, SubmissionRecord, SubmissionStop};
use sweep_config::{SubmissionId, SweepDir, fs};

pub use accounts::Accounts;
pub use nodes::{bad_nodes, note_failure};
pub use scan::scan;
pub use standing::{Array, Standing};

/// One submission.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its number.
    pub launch: SubmissionId,
    /// What was to be submitted.
    pub submission: SubmissionRecord,
    /// What SLURM said to each part; none to one that it did not take.
    pub accepted: Vec<Option<AcceptedArray>>,
    /// The tasks that run one job each with more memory.
    pub memory: Vec<AcceptedArray>,
    /// Why no job of it is started any more, where that is so.
    pub stopped: Option<SubmissionStop>,
}

impl Entry {
    /// The parts that SLURM took.
    pub fn arrays(&self) -> impl Iterator<Item = (&JobArray, &AcceptedArray)> {
        let parts = self.submission.parts.iter().zip(&self.accepted);
        parts.filter_map(|(part, accepted)| Some((part, accepted.as_ref()?)))
    }
}

/// All entries, oldest first. One that a killed launch left unfinished, before anything was
/// submitted, is passed over.
///
/// # Errors
///
/// When a file is there and cannot be read or understood.
pub fn read(dir: &SweepDir) -> Result<Vec<Entry>, FsError> {
    let entries = dir.submission_ids()?.into_iter().map(|launch| read_one(dir, launch));
    entries.filter_map(Result::transpose).collect()
}

/// One entry; nothing where there is none, or an unfinished one.
///
/// # Errors
///
/// As [`read`].
pub fn read_one(dir: &SweepDir, launch: SubmissionId) -> Result<Option<Entry>, FsError> {
    let Some(submission) = json::<SubmissionRecord>(&dir.submission_record(launch))? else {
        return Ok(None);
    };
    let accepted =
        submission.parts.iter().map(|part| json(&dir.array_accepted(launch, part.number)));
    let accepted = accepted.collect::<Result<_, _>>()?;
    let memory = if submission.parts.is_empty() { Vec::new() } else { memory(dir, launch)? };
    let stopped = json(&dir.stopped(launch))?;
    Ok(Some(Entry { launch, submission, accepted, memory, stopped }))
}

/// Writes down that SLURM took something.
pub(crate) fn write_accepted(path: &Path, record: &AcceptedArray) -> Result<(), FsError> {
    let text = serde_json::to_vec_pretty(record).expect("a record is plain data");
    fs::write_atomic(path, &text)
}

fn memory(dir: &SweepDir, launch: SubmissionId) -> Result<Vec<AcceptedArray>, FsError> {
    let folder = dir.submission_dir(launch);
    let names = fs::list(&folder)?;
    let names = names.iter().filter(|name| name.starts_with("memory-"));
    names.filter_map(|name| json(&folder.join(name)).transpose()).collect()
}

/// The record in a file; nothing where there is no file.
fn json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>, FsError> {
    match fs::read(path) {
        Err(e) if e.is_not_found() => Ok(None),
        Err(e) => Err(e),
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|e| FsError::new("understand", path, e.into())),
    }
}
