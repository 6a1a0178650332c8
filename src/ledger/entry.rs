//! The entries of the ledger: one submission each, with the arrays that SLURM accepted.

use std::path::Path;

use sweep_config::fs::FsError;
use sweep_config::records::{
    AcceptedArray, AttemptStart, JobArray, SubmissionRecord, SubmissionStop, read_record,
    refuse_newer, stamped,
};
use sweep_config::{DirRelation, SubmissionId, SweepDir, fs};

use crate::app::Failure;
use crate::slurm::{AccountedTask, TaskId, WantedRun, may_be_one_cluster};

/// One submission, with what SLURM answered to it.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerEntry {
    /// The number of the submission.
    pub id: SubmissionId,
    /// The record that was written before anything was submitted.
    pub submission: SubmissionRecord,
    /// SLURM's answer to each array of the submission; none for an array that it did not accept.
    pub accepted: Vec<Option<AcceptedArray>>,
    /// The tasks that run one job each with more memory.
    pub memory_retries: Vec<AcceptedArray>,
    /// Why none of its jobs is started any more; none while the submission goes on.
    pub stopped: Option<SubmissionStop>,
    /// The directory that the submission was made in, beside this one.
    pub relation: DirRelation,
}

impl LedgerEntry {
    /// Returns the arrays that SLURM accepted.
    pub fn arrays(&self) -> impl Iterator<Item = (&JobArray, &AcceptedArray)> {
        let arrays = self.submission.arrays.iter().zip(&self.accepted);
        arrays.filter_map(|(array, accepted)| Some((array, accepted.as_ref()?)))
    }

    /// Returns the name of the cluster that has an array; none if it is not recorded.
    pub(super) fn cluster_of(&self, array: u64) -> Option<&str> {
        let mut ours = self.accepted_arrays().filter(|accepted| accepted.job_id == array);
        let told = ours.find_map(|accepted| accepted.cluster.as_deref());
        told.or(self.submission.cluster.as_deref())
    }

    /// Returns false if and only if an account is of a task that this submission does not have, or that a cluster other
    /// than its own has under the same number.
    pub(super) fn may_have(&self, account: &AccountedTask) -> bool {
        let array = account.task.array;
        let is_its = self.accepted_arrays().any(|accepted| accepted.job_id == array);
        is_its && may_be_one_cluster(&account.cluster, self.cluster_of(array))
    }

    /// Returns the arrays that SLURM accepted, and the tasks that run one job each with more memory.
    pub(super) fn accepted_arrays(&self) -> impl Iterator<Item = &AcceptedArray> {
        self.arrays().map(|(_, accepted)| accepted).chain(&self.memory_retries)
    }

    /// True if and only if its tasks are this sweep's own, and not those of a directory of which this is a copy.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.relation.is_own()
    }
}

/// Returns the relation of this directory to the one that a submission was made in. A copy has the very same record.
pub(super) fn relation(
    dir: &SweepDir,
    id: SubmissionId,
    submission: &SubmissionRecord,
) -> DirRelation {
    let Some(named) = &submission.sweep_dir else { return DirRelation::Same };
    DirRelation::judge(named.as_ref(), dir.path(), |named| {
        let there = read_record::<SubmissionRecord>(&named.submission_record(id))?;
        Ok(there.is_some_and(|there| there == *submission))
    })
}

/// Returns the directory in which an attempt was made, if this one is a copy of it, or may be. An attempt without a
/// record of its submission counts as one of this directory.
///
/// # Errors
///
/// When the record is there and cannot be read.
pub(crate) fn original_of_attempt(
    dir: &SweepDir,
    start: &AttemptStart,
) -> Result<Option<String>, FsError> {
    let Ok(id) = start.submission.parse() else { return Ok(None) };
    let record = read_record::<SubmissionRecord>(&dir.submission_record(id))?;
    let foreign = record.filter(|record| !relation(dir, id, record).is_own());
    Ok(foreign.and_then(|record| record.sweep_dir))
}

/// Returns the run of a task that an attempt was made in; none outside of SLURM's tasks, and where one of these
/// submissions made it in a directory of which this one is a copy.
pub(super) fn own_run(entries: &[LedgerEntry], start: &AttemptStart) -> Option<WantedRun> {
    let entry = entries.iter().find(|entry| entry.id.to_string() == start.submission);
    if entry.is_some_and(|entry| !entry.is_own()) { None } else { run_of_attempt(entry, start) }
}

/// Returns the run of a task that an attempt was made in; none outside of SLURM's tasks. `entry` is its submission's.
pub(crate) fn run_of_attempt(
    entry: Option<&LedgerEntry>,
    start: &AttemptStart,
) -> Option<WantedRun> {
    let task: TaskId = start.slurm.as_ref()?.parse().ok()?;
    let cluster = entry.and_then(|entry| entry.cluster_of(task.array)).map(str::to_owned);
    let mut arrays = entry.into_iter().flat_map(LedgerEntry::accepted_arrays);
    let array = arrays.find(|accepted| accepted.job_id == task.array);
    let submitted = array.and_then(|accepted| accepted.submitted.parse().ok());
    let (at, restarts) = (start.started.parse().ok(), start.restarts);
    Some(WantedRun { task, at, restarts, submitted, cluster })
}

/// Reads all entries, oldest first. Passes over an entry that a killed launch left unfinished before
/// anything was submitted.
///
/// # Errors
///
/// When a file exists and cannot be read or understood.
pub fn read_entries(dir: &SweepDir) -> Result<Vec<LedgerEntry>, FsError> {
    let entries = dir.submission_ids()?.into_iter().map(|id| read_entry(dir, id));
    entries.filter_map(Result::transpose).collect()
}

/// Reads one entry; returns none where it does not exist or is unfinished.
///
/// # Errors
///
/// Fails where [`read_entries`] fails.
pub fn read_entry(dir: &SweepDir, id: SubmissionId) -> Result<Option<LedgerEntry>, FsError> {
    let record = dir.submission_record(id);
    let Some(submission) = read_record::<SubmissionRecord>(&record)? else { return Ok(None) };
    let accepted =
        submission.arrays.iter().map(|array| read_record(&dir.array_accepted(id, array.number)));
    let accepted = accepted.collect::<Result<_, _>>()?;
    let memory_retries =
        if submission.arrays.is_empty() { Vec::new() } else { read_memory_retries(dir, id)? };
    let stopped = read_record(&dir.stopped(id))?;
    let relation = relation(dir, id, &submission);
    Ok(Some(LedgerEntry { id, submission, accepted, memory_retries, stopped, relation }))
}

/// Reads the record of a submission that must exist.
///
/// # Errors
///
/// When the record cannot be read, or is damaged; `hint` says what to do about a damaged one.
pub fn read_submission(
    dir: &SweepDir,
    id: SubmissionId,
    hint: Option<&str>,
) -> Result<SubmissionRecord, Failure> {
    let path = dir.submission_record(id);
    let bytes = fs::read(&path)?;
    refuse_newer(&path, &bytes)?;
    serde_json::from_slice(&bytes).map_err(|error| Failure::Damaged {
        message: format!("`{}` is damaged: {error}", path.display()),
        hint: hint.map(str::to_owned),
    })
}

/// Writes SLURM's answer to a submitted array.
///
/// # Errors
///
/// When the file cannot be written.
pub(crate) fn write_accepted(path: &Path, record: &AcceptedArray) -> Result<(), FsError> {
    fs::write_atomic(path, &stamped(record))
}

fn read_memory_retries(dir: &SweepDir, id: SubmissionId) -> Result<Vec<AcceptedArray>, FsError> {
    let folder = dir.submission_dir(id);
    let names = fs::list(&folder)?;
    let names = names.iter().filter(|name| name.starts_with("memory-"));
    names.filter_map(|name| read_record(&folder.join(name)).transpose()).collect()
}
