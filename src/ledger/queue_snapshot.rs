//! Takes a snapshot of the queue: which tasks of a sweep SLURM still has, and which jobs they will run.

use std::collections::{BTreeMap, BTreeSet};

use sweep_config::claim::SlurmEvidence;
use sweep_config::fs::FsError;
use sweep_config::records::{AcceptedArray, JobArray, JobState};
use sweep_config::{JobId, SubmissionId, SweepDir};

use super::entry::{LedgerEntry, read_entries, write_accepted};
use super::job_states::job_states;
use super::slurm_accounting::SlurmAccounting;
use crate::app::{Failure, count, find_program, now};
use crate::runtime::hasty_scheduler;
use crate::slurm::{Slurm, TaskQueue, TaskState, waiting_sentence};

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
    /// The indices of its tasks that wait.
    pub pending: BTreeSet<u32>,
    /// The indices of its tasks that run, or are about to end.
    pub active: BTreeSet<u32>,
    /// The number of waiting tasks for each of SLURM's reasons.
    pub reasons: BTreeMap<String, usize>,
}

/// The submissions of a sweep, and what SLURM has of them at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueueSnapshot {
    /// All arrays of all submissions, the finished ones too.
    pub arrays: Vec<ArraySnapshot>,
    /// All submissions.
    pub entries: Vec<LedgerEntry>,
}

impl QueueSnapshot {
    /// Reads the ledger and asks SLURM once; does not ask where nothing was ever submitted.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be read, or SLURM does not answer.
    pub fn take(dir: &SweepDir, slurm: &Slurm) -> Result<Self, Failure> {
        Self::of_entries(read_entries(dir)?, slurm)
    }

    /// Takes a snapshot as [`take`](Self::take) does if there is a SLURM to ask. If SLURM does not
    /// answer, the snapshot is empty, so that nothing follows from it for any job, and the second value
    /// says why.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be read.
    pub fn take_if_possible(dir: &SweepDir) -> Result<(Self, Option<Failure>), FsError> {
        let entries = read_entries(dir)?;
        if find_program("squeue").is_none() || known_arrays(&entries).next().is_none() {
            return Ok((Self { arrays: Vec::new(), entries }, None));
        }
        match Self::of_entries(entries, &hasty_scheduler()) {
            Ok(snapshot) => Ok((snapshot, None)),
            Err(failure) => Ok((Self::default(), Some(failure))),
        }
    }

    fn of_entries(entries: Vec<LedgerEntry>, slurm: &Slurm) -> Result<Self, Failure> {
        let names: Vec<String> =
            known_arrays(&entries).map(|known| known.name.to_owned()).collect();
        if names.is_empty() {
            return Ok(Self { arrays: Vec::new(), entries });
        }
        let queue = slurm.queue(&names)?;
        Ok(Self::new(entries, &queue))
    }

    fn new(entries: Vec<LedgerEntry>, queue: &TaskQueue) -> Self {
        let arrays =
            known_arrays(&entries).filter_map(|known| ArraySnapshot::new(known, queue)).collect();
        Self { arrays, entries }
    }

    /// Records the numbers of arrays whose acceptance was lost with the launch that submitted them, and
    /// that were found in the queue by their names.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be written.
    pub fn adopt_unrecorded(&self, dir: &SweepDir) -> Result<(), FsError> {
        for known in known_arrays(&self.entries).filter(|known| known.id.is_none()) {
            let found = self.arrays.iter().find(|array| array.name == known.name);
            let (Some(array), Some(record)) = (found, known.record) else { continue };
            let accepted = AcceptedArray {
                name: array.name.clone(),
                job_id: array.id,
                cluster: None,
                submitted: now(),
            };
            write_accepted(&dir.array_accepted(known.submission, record.number), &accepted)?;
        }
        Ok(())
    }

    /// Returns the jobs that nobody runs and that a task in the queue will run.
    ///
    /// # Errors
    ///
    /// When a journal or claim cannot be read.
    pub fn queued_jobs(&self, dir: &SweepDir, jobs: &[JobId]) -> Result<BTreeSet<JobId>, FsError> {
        if self.arrays.iter().all(|array| array.pending.is_empty() && array.active.is_empty()) {
            return Ok(BTreeSet::new());
        }
        let mut states = job_states(dir, jobs, &self.evidence())?;
        self.mark_queued(&mut states);
        let queued = states.into_iter().filter(|(_, state)| *state == JobState::Queued);
        Ok(queued.map(|(job, _)| job).collect())
    }

    /// Returns SLURM's accounting of the tasks, which is asked for once somebody uses it.
    pub fn accounting(&self) -> SlurmAccounting {
        SlurmAccounting::of_entries(&self.entries)
    }

    /// Returns the evidence about the claims of workers: the tasks that SLURM has, and the arrays whose
    /// other tasks are therefore gone.
    pub fn evidence(&self) -> SlurmEvidence {
        let tasks = |array: &ArraySnapshot| {
            let id = array.id;
            let indices = array.pending.iter().chain(&array.active);
            indices.map(|index| format!("{id}_{index}")).collect::<Vec<_>>()
        };
        let ids = self.arrays.iter().map(|array| array.id).collect();
        SlurmEvidence::new(ids, self.arrays.iter().flat_map(tasks).collect())
    }

    /// Returns the number of jobs that the tasks in the queue may run at once.
    pub fn jobs_at_once(&self) -> usize {
        self.arrays.iter().map(ArraySnapshot::jobs_at_once).sum()
    }

    /// Returns a sentence for each array and reason for which tasks wait that is more than their turn;
    /// `launch` is the command line of `sweep_launch`.
    pub fn waiting(&self, launch: &str) -> Vec<String> {
        let reasons =
            self.arrays.iter().flat_map(|array| array.reasons.iter().map(move |it| (array, it)));
        let sentence = |(array, (reason, tasks)): (&ArraySnapshot, (&String, &usize))| {
            waiting_sentence(&count(*tasks, "task"), array.id, reason, launch)
        };
        reasons.filter_map(sentence).collect()
    }

    /// Marks as queued the jobs that nobody runs and that a task in the queue will run.
    ///
    /// Tasks stand in for each other, so what counts is how many jobs the tasks of a submission
    /// will still run; the jobs that a waiting task begins with are marked first.
    pub fn mark_queued(&self, states: &mut [(JobId, JobState)]) {
        for entry in &self.entries {
            let arrays = || self.arrays.iter().filter(|array| array.submission == entry.id);
            let mut capacity: usize =
                arrays().map(ArraySnapshot::capacity).fold(0, usize::saturating_add);
            let portions: BTreeSet<u32> = arrays().flat_map(ArraySnapshot::portions).collect();
            for own in [true, false] {
                for (job, state) in states.iter_mut() {
                    let free =
                        matches!(state, JobState::Waiting | JobState::NodeFailure | JobState::Lost);
                    if capacity > 0
                        && free
                        && portions.contains(&job.0) == own
                        && entry.submission.has(*job)
                    {
                        *state = JobState::Queued;
                        capacity -= 1;
                    }
                }
            }
        }
    }
}

/// An array as the ledger knows it.
#[derive(Debug, Clone, Copy)]
struct KnownArray<'a> {
    submission: SubmissionId,
    /// None for the task that runs one job with more memory.
    record: Option<&'a JobArray>,
    name: &'a str,
    /// None where SLURM refused it, or its answer was lost.
    id: Option<u64>,
}

/// Returns every array of the ledger.
fn known_arrays(entries: &[LedgerEntry]) -> impl Iterator<Item = KnownArray<'_>> {
    entries.iter().flat_map(|entry| {
        let submission = entry.id;
        let arrays = entry.submission.arrays.iter().zip(&entry.accepted);
        let arrays = arrays.map(move |(record, accepted)| {
            let id = accepted.as_ref().map(|accepted| accepted.job_id);
            KnownArray { submission, record: Some(record), name: &record.name, id }
        });
        let retries = entry.memory_retries.iter().map(move |task| KnownArray {
            submission,
            record: None,
            name: &task.name,
            id: Some(task.job_id),
        });
        arrays.chain(retries)
    })
}

impl ArraySnapshot {
    /// Returns none if SLURM never had the array, as far as is known.
    fn new(known: KnownArray<'_>, queue: &TaskQueue) -> Option<Self> {
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
            pending: indices(true),
            active: indices(false),
            reasons,
        })
    }

    /// Returns the number of jobs that its tasks may run at once.
    fn jobs_at_once(&self) -> usize {
        let tasks = self.pending.len() + self.active.len();
        let record = self.record.as_ref();
        let (parallel, slots) = record.map_or((1, 1), |record| (record.parallel, record.slots));
        tasks.min(parallel as usize) * slots as usize
    }

    /// Returns how many more jobs its tasks will take.
    fn capacity(&self) -> usize {
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
    fn portions(&self) -> Vec<u32> {
        let Some(record) = &self.record else { return Vec::new() };
        self.pending.iter().flat_map(|&index| record.portion(index)).collect()
    }
}

#[cfg(test)]
mod tests;
