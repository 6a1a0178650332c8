//! The arrays of the ledger, each with the tasks that a queue has of it (pure).

use std::collections::{BTreeMap, BTreeSet};

use sweep_config::SubmissionId;
use sweep_config::records::{AcceptedArray, JobArray};

use super::entry::LedgerEntry;
use crate::slurm::{TaskQueue, TaskState};

/// One job array with the tasks that SLURM still has of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ArraySnapshot {
    /// The submission that it belongs to.
    pub submission: SubmissionId,
    /// Its record; none for the task that runs one job with more memory.
    pub record: Option<JobArray>,
    /// The number that SLURM gave it.
    pub id: u64,
    /// Its job name, which no other array has.
    pub name: String,
    /// Where it was submitted.
    pub origin: ArrayOrigin,
    /// The indices of its tasks that wait.
    pub pending: BTreeSet<u32>,
    /// The indices of its tasks that run, or are about to end.
    pub active: BTreeSet<u32>,
    /// The number of waiting tasks for each of SLURM's reasons.
    pub reasons: BTreeMap<String, usize>,
}

/// The origin of an array: where and by whom it was submitted, as far as that is recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArrayOrigin {
    /// The cluster's name.
    pub cluster: Option<String>,
    /// The user's name.
    pub user: Option<String>,
}

/// An array as the ledger knows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownArray<'a> {
    pub(super) submission: SubmissionId,
    /// None for the task that runs one job with more memory.
    pub(super) record: Option<&'a JobArray>,
    pub(super) name: &'a str,
    /// None where SLURM refused it, or its answer was lost.
    pub(super) id: Option<u64>,
    /// The cluster and the user, if they are recorded.
    cluster: Option<&'a str>,
    user: Option<&'a str>,
}

/// Returns every array of the ledger whose tasks are this directory's own.
pub(super) fn known_arrays(entries: &[LedgerEntry]) -> impl Iterator<Item = KnownArray<'_>> {
    entries.iter().filter(|entry| entry.is_own()).flat_map(|entry| {
        let submission = entry.id;
        let user = entry.submission.user.as_deref();
        let arrays = entry.submission.arrays.iter().zip(&entry.accepted);
        let arrays = arrays.map(move |(record, accepted)| {
            let id = accepted.as_ref().map(|accepted| accepted.job_id);
            let cluster = cluster_of(entry, accepted.as_ref());
            KnownArray { submission, record: Some(record), name: &record.name, id, cluster, user }
        });
        let retries = entry.memory_retries.iter().map(move |task| KnownArray {
            submission,
            record: None,
            name: &task.name,
            id: Some(task.job_id),
            cluster: cluster_of(entry, Some(task)),
            user,
        });
        arrays.chain(retries)
    })
}

/// Returns the name of the cluster that took an array.
fn cluster_of<'a>(entry: &'a LedgerEntry, accepted: Option<&'a AcceptedArray>) -> Option<&'a str> {
    let told = accepted.and_then(|accepted| accepted.cluster.as_deref());
    told.or(entry.submission.cluster.as_deref())
}

impl ArraySnapshot {
    /// Returns none if SLURM never had the array, as far as is known.
    pub(super) fn new(known: KnownArray<'_>, queue: &TaskQueue) -> Option<Self> {
        let tasks = || queue.tasks.iter().filter(|task| task.name == known.name);
        let id = known.id.or_else(|| tasks().map(|task| task.id.array).min())?;
        let indices = |waits: bool| {
            let ours = tasks().filter(|task| task.id.array == id && task.state != TaskState::Over);
            let ours = ours.filter(|task| (task.state == TaskState::Pending) == waits);
            ours.filter_map(|task| task.id.index).collect()
        };
        let mut reasons = BTreeMap::new();
        for task in tasks().filter(|task| task.id.array == id && task.state == TaskState::Pending) {
            *reasons.entry(task.reason.clone()).or_default() += 1;
        }
        Some(Self {
            submission: known.submission,
            record: known.record.cloned(),
            id,
            name: known.name.to_owned(),
            origin: ArrayOrigin {
                cluster: known.cluster.map(str::to_owned),
                user: known.user.map(str::to_owned),
            },
            pending: indices(true),
            active: indices(false),
            reasons,
        })
    }

    /// Returns the number of jobs that its tasks may run at once.
    pub(super) fn jobs_at_once(&self) -> usize {
        let tasks = self.pending.len() + self.active.len();
        let record = self.record.as_ref();
        let (parallel, slots) = record.map_or((1, 1), |record| (record.parallel, record.slots));
        tasks.min(parallel as usize) * slots as usize
    }

    /// Returns how many more jobs its tasks will take.
    pub(super) fn capacity(&self) -> usize {
        let Some(record) = &self.record else { return self.pending.len() };
        let slots = record.slots as usize;
        match record.quota {
            0 if self.pending.is_empty() && self.active.is_empty() => 0,
            0 => usize::MAX,
            quota => {
                let quota = quota as usize;
                self.pending.len() * quota * slots + self.active.len() * (quota - 1) * slots
            }
        }
    }

    /// Returns the jobs that its waiting tasks begin with.
    pub(super) fn portions(&self) -> Vec<u32> {
        let Some(record) = &self.record else { return Vec::new() };
        self.pending.iter().flat_map(|&index| record.portion(index)).collect()
    }
}
