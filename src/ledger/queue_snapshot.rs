//! Takes a snapshot of the queue: which tasks of a sweep SLURM still has, and which jobs they will run.

use std::collections::BTreeSet;

use sweep_config::claim::SlurmEvidence;
use sweep_config::fs::FsError;
use sweep_config::records::{AcceptedArray, AttemptStart, JobState};
use sweep_config::{JobId, SweepDir};

use super::array_snapshot::{ArraySnapshot, known_arrays};
use super::entry::{LedgerEntry, own_run, read_entries, write_accepted};
use super::job_states::job_states;
use super::original;
use super::queue_words::QueueAnswer;
use super::slurm_accounting::SlurmAccounting;
use crate::app::{Failure, find_program, now};
use crate::runtime::hasty_scheduler;
use crate::slurm::{Slurm, TaskQueue, WantedRun, waiting_sentence};

/// The submissions of a sweep, and what SLURM has of them at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueueSnapshot {
    /// All arrays of all submissions, the finished ones too.
    pub arrays: Vec<ArraySnapshot>,
    /// All submissions.
    pub entries: Vec<LedgerEntry>,
    answer: QueueAnswer,
    /// The tasks that are over by accounting, where the queue does not say all.
    ended: Vec<String>,
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
    /// answer, nothing is known of any task, and the second value says why.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be read.
    pub fn take_if_possible(dir: &SweepDir) -> Result<(Self, Option<Failure>), FsError> {
        let entries = read_entries(dir)?;
        if find_program("squeue").is_none() || known_arrays(&entries).next().is_none() {
            return Ok((Self { entries, ..Self::default() }, None));
        }
        match Self::of_entries(entries.clone(), &hasty_scheduler()) {
            Ok(snapshot) => Ok((snapshot, None)),
            Err(failure) => {
                let none = Self::new(entries, &TaskQueue::default(), QueueAnswer::default());
                Ok((none.with_accounting(), Some(failure)))
            }
        }
    }

    fn of_entries(entries: Vec<LedgerEntry>, slurm: &Slurm) -> Result<Self, Failure> {
        let names: Vec<String> =
            known_arrays(&entries).map(|known| known.name.to_owned()).collect();
        if names.is_empty() {
            return Ok(Self { entries, ..Self::default() });
        }
        let queue = slurm.queue(&names)?;
        let cluster = slurm.cluster();
        let user = if cluster.hides_jobs { slurm.user() } else { None };
        let answer = QueueAnswer { cluster, user, whole: queue.whole };
        let snapshot = Self::new(entries, &queue, answer);
        Ok(if queue.whole { snapshot } else { snapshot.with_accounting() })
    }

    /// Adds what accounting says, where the queue's answer was none, or not whole.
    fn with_accounting(mut self) -> Self {
        self.ended = self.accounting().ended_tasks();
        self
    }

    fn new(entries: Vec<LedgerEntry>, queue: &TaskQueue, answer: QueueAnswer) -> Self {
        let arrays =
            known_arrays(&entries).filter_map(|known| ArraySnapshot::new(known, queue)).collect();
        Self { arrays, entries, answer, ended: Vec::new() }
    }

    /// Returns sentences on submissions of which nothing is known here: this directory is a copy of theirs, or
    /// this cluster another one.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = original::sentences(&self.entries);
        remarks.extend(self.answer.remark(&self.arrays));
        remarks
    }

    /// Returns the run of a task that an attempt was made in; none outside of SLURM's tasks, and for an attempt that was
    /// made in another directory, of which this one is a copy.
    pub fn run_of(&self, start: &AttemptStart) -> Option<WantedRun> {
        own_run(&self.entries, start)
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
        SlurmAccounting::of_entries(self.entries.clone())
    }

    /// Returns the evidence about the claims of workers: what the queue says, and accounting where the
    /// queue's answer was none, or not whole.
    pub fn evidence(&self) -> SlurmEvidence {
        let mut evidence = self.answer.evidence(&self.arrays);
        original::add_foreign_arrays(&self.entries, &mut evidence);
        self.ended.iter().cloned().for_each(|task| evidence.add_end(task));
        evidence
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
            waiting_sentence(*tasks, array.id, reason, launch)
        };
        reasons.filter_map(sentence).collect()
    }

    /// Marks as queued the jobs that nobody runs and that a task in the queue will run.
    ///
    /// Tasks stand in for each other, so what counts is how many jobs the tasks of a submission
    /// will still run; the jobs that a waiting task begins with are marked first. Returns how many jobs more they would
    /// run, were these appended to the sweep.
    pub fn mark_queued(&self, states: &mut [(JobId, JobState)]) -> usize {
        let mut free_places: usize = 0;
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
            if entry.submission.takes_new {
                free_places = free_places.saturating_add(capacity);
            }
        }
        free_places
    }
}

#[cfg(test)]
mod tests;
