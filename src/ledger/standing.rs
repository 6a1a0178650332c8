//! Which tasks of a sweep SLURM still has, and which jobs they will run.

use std::collections::BTreeSet;

use sweep_config::claim::SlurmEvidence;
use sweep_config::fs::FsError;
use sweep_config::records::{AcceptedArray, JobArray, JobState};
use sweep_config::{JobId, SubmissionId, SweepDir};

use super::accounts::Accounts;
use super::{Entry, scan};
use crate::app::{Failure, find_program, now};
use crate::runtime::hasty_scheduler;
use crate::slurm::{Queue, Slurm, TaskState};

/// One array as SLURM has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// The submission.
    pub launch: SubmissionId,
    /// The part of it; none for the task that runs one job with more memory.
    pub part: Option<JobArray>,
    /// SLURM's number of it.
    pub id: u64,
    /// The unique job name.
    pub name: String,
    /// The indices of its tasks that wait.
    pub pending: BTreeSet<u32>,
    /// The indices of its tasks that run, or are about to end.
    pub active: BTreeSet<u32>,
}

/// What SLURM has of a sweep.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Standing {
    /// All arrays of all submissions, the finished ones too.
    pub arrays: Vec<Array>,
    /// All submissions.
    pub entries: Vec<Entry>,
}

impl Standing {
    /// Reads the ledger and asks SLURM, once; does not ask where nothing was ever submitted.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be read, or SLURM does not answer.
    pub fn ask(dir: &SweepDir, slurm: &Slurm) -> Result<Self, Failure> {
        Self::of(super::read(dir)?, slurm)
    }

    fn of(entries: Vec<Entry>, slurm: &Slurm) -> Result<Self, Failure> {
        let names: Vec<String> = names(&entries).map(|known| known.name.to_owned()).collect();
        if names.is_empty() {
            return Ok(Self { arrays: Vec::new(), entries });
        }
        let queue = slurm.queue(&names)?;
        Ok(Self::new(entries, &queue))
    }

    fn new(entries: Vec<Entry>, queue: &Queue) -> Self {
        let arrays = names(&entries).filter_map(|known| Array::new(known, queue)).collect();
        Self { arrays, entries }
    }

    /// Writes down the numbers of arrays whose answer was lost with the launch that asked for them,
    /// and that were found by their names.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be written.
    pub fn adopt(&self, dir: &SweepDir) -> Result<(), FsError> {
        for known in names(&self.entries).filter(|known| known.id.is_none()) {
            let found = self.arrays.iter().find(|array| array.name == known.name);
            let (Some(array), Some(part)) = (found, known.part) else { continue };
            let record = AcceptedArray {
                name: array.name.clone(),
                job_id: array.id,
                cluster: None,
                submitted: now(),
            };
            super::write_accepted(&dir.array_accepted(known.launch, part.number), &record)?;
        }
        Ok(())
    }

    /// As [`Standing::ask`] where there is a SLURM to ask; what hinders is the second of the pair,
    /// and nothing follows for any job.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be read.
    pub fn ask_if_possible(dir: &SweepDir) -> Result<(Self, Option<Failure>), FsError> {
        let entries = super::read(dir)?;
        if find_program("squeue").is_none() || names(&entries).next().is_none() {
            return Ok((Self { arrays: Vec::new(), entries }, None));
        }
        match Self::of(entries, &hasty_scheduler()) {
            Ok(standing) => Ok((standing, None)),
            Err(failure) => Ok((Self::default(), Some(failure))),
        }
    }

    /// The jobs that nobody runs and a task in the queue will.
    ///
    /// # Errors
    ///
    /// When a journal or claim cannot be read.
    pub fn queued(&self, dir: &SweepDir, jobs: &[JobId]) -> Result<BTreeSet<JobId>, FsError> {
        if self.arrays.iter().all(|array| array.pending.is_empty() && array.active.is_empty()) {
            return Ok(BTreeSet::new());
        }
        let mut states = scan(dir, jobs, &self.evidence())?;
        self.mark_queued(&mut states);
        let queued = states.into_iter().filter(|(_, state)| *state == JobState::Queued);
        Ok(queued.map(|(job, _)| job).collect())
    }

    /// What SLURM's accounts say of the tasks, if anybody asks.
    pub fn accounts(&self) -> Accounts {
        Accounts::of(&self.entries)
    }

    /// What follows for the claims of workers.
    pub fn evidence(&self) -> SlurmEvidence {
        let tasks = |array: &Array| {
            let id = array.id;
            let indices = array.pending.iter().chain(&array.active);
            indices.map(|index| format!("{id}_{index}")).collect::<Vec<_>>()
        };
        let ids = self.arrays.iter().map(|array| array.id).collect();
        SlurmEvidence::new(ids, self.arrays.iter().flat_map(tasks).collect())
    }

    /// Marks as queued the jobs that nobody runs and a task in the queue will.
    ///
    /// Tasks stand in for each other, so what counts is how many jobs the tasks of a submission
    /// will still run; those that a waiting task begins with come first.
    pub fn mark_queued(&self, states: &mut [(JobId, JobState)]) {
        for entry in &self.entries {
            let arrays = || self.arrays.iter().filter(|array| array.launch == entry.launch);
            let mut capacity: usize = arrays().map(capacity).fold(0, usize::saturating_add);
            let portions: BTreeSet<u32> = arrays().flat_map(portions).collect();
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
struct Known<'a> {
    launch: SubmissionId,
    /// None for the task that runs one job with more memory.
    part: Option<&'a JobArray>,
    name: &'a str,
    /// None where SLURM refused it, or its answer was lost.
    id: Option<u64>,
}

/// Every array of the ledger.
fn names(entries: &[Entry]) -> impl Iterator<Item = Known<'_>> {
    entries.iter().flat_map(|entry| {
        let launch = entry.launch;
        let parts = entry.submission.parts.iter().zip(&entry.accepted);
        let parts = parts.map(move |(part, accepted)| {
            let id = accepted.as_ref().map(|accepted| accepted.job_id);
            Known { launch, part: Some(part), name: &part.name, id }
        });
        let memory = entry.memory.iter();
        let memory =
            memory.map(move |it| Known { launch, part: None, name: &it.name, id: Some(it.job_id) });
        parts.chain(memory)
    })
}

impl Array {
    /// Nothing where SLURM never had it, as far as is known.
    fn new(known: Known<'_>, queue: &Queue) -> Option<Self> {
        let tasks = || queue.tasks.iter().filter(|task| task.name == known.name);
        let id = known.id.or_else(|| tasks().map(|task| task.id.array).min())?;
        let indices = |waits: bool| {
            let ours = tasks().filter(|task| task.id.array == id && task.state != TaskState::Over);
            let ours = ours.filter(|task| (task.state == TaskState::Pending) == waits);
            ours.filter_map(|task| task.id.index).collect()
        };
        Some(Self {
            launch: known.launch,
            part: known.part.cloned(),
            id,
            name: known.name.to_owned(),
            pending: indices(true),
            active: indices(false),
        })
    }
}

/// How many more jobs the tasks of an array will take.
fn capacity(array: &Array) -> usize {
    let Some(part) = &array.part else { return array.pending.len() };
    let slots = part.slots as usize;
    match part.quota {
        0 if array.pending.is_empty() && array.active.is_empty() => 0,
        0 => usize::MAX,
        quota => {
            let quota = quota as usize;
            array.pending.len() * quota * slots + array.active.len() * (quota - 1) * slots
        }
    }
}

/// The jobs that the waiting tasks of an array begin with.
fn portions(array: &Array) -> Vec<u32> {
    let Some(part) = &array.part else { return Vec::new() };
    array.pending.iter().flat_map(|&index| part.portion(index)).collect()
}

#[cfg(test)]
mod tests {
    use sweep_config::records::SubmissionRecord;

    use sweep_config::fs;

    use super::*;
    use crate::slurm::{QueuedTask, TaskId};

    fn part(number: u32, tasks: u32, quota: u32, jobs: (u32, u32)) -> JobArray {
        JobArray {
            number,
            name: format!("s-{number}"),
            partition: String::new(),
            tasks,
            parallel: tasks,
            slots: 1,
            quota,
            jobs: vec![jobs],
            canary: false,
        }
    }

    fn entry(parts: Vec<JobArray>, ids: Vec<Option<u64>>) -> Entry {
        let accepted = |(part, id): (&JobArray, Option<u64>)| {
            id.map(|job_id| AcceptedArray {
                name: part.name.clone(),
                job_id,
                cluster: None,
                submitted: String::new(),
            })
        };
        let accepted = parts.iter().zip(ids).map(accepted).collect();
        let submission = SubmissionRecord {
            format_version: 1,
            tool_version: String::new(),
            executor: "slurm".into(),
            submitted: String::new(),
            host: String::new(),
            command: String::new(),
            code_dir: String::new(),
            workers: 4,
            jobs: vec![(0, 7)],
            takes_new: true,
            parts,
            overrides: Vec::new(),
        };
        Entry { launch: SubmissionId(1), submission, accepted, memory: Vec::new(), stopped: None }
    }

    fn queue(tasks: &[(&str, u64, u32, TaskState)]) -> Queue {
        let task = |(name, array, index, state): &(&str, u64, u32, TaskState)| QueuedTask {
            id: TaskId { array: *array, index: Some(*index) },
            name: (*name).to_owned(),
            state: state.clone(),
            reason: String::new(),
            nodes: String::new(),
        };
        Queue { tasks: tasks.iter().map(task).collect() }
    }

    fn queued(standing: &Standing, mut states: Vec<(JobId, JobState)>) -> Vec<u32> {
        standing.mark_queued(&mut states);
        let queued = states.iter().filter(|(_, state)| *state == JobState::Queued);
        queued.map(|(job, _)| job.0).collect()
    }

    fn waiting(jobs: u32) -> Vec<(JobId, JobState)> {
        (0..jobs).map(|job| (JobId(job), JobState::Waiting)).collect()
    }

    #[test]
    fn a_waiting_task_will_run_its_own_job_or_another_one() {
        let entries = || vec![entry(vec![part(0, 8, 1, (0, 7))], vec![Some(5)])];
        let both = queue(&[("s-0", 5, 2, TaskState::Pending), ("s-0", 5, 6, TaskState::Pending)]);
        let standing = Standing::new(entries(), &both);
        assert_eq!(queued(&standing, waiting(8)), [2, 6]);
        let mut states = waiting(8);
        states[2].1 = JobState::Done;
        assert_eq!(queued(&standing, states), [0, 6], "the other task takes what is left");
        let one = queue(&[("s-0", 5, 2, TaskState::Active)]);
        assert_eq!(queued(&Standing::new(entries(), &one), waiting(8)), [] as [u32; 0]);
    }

    #[test]
    fn tasks_without_a_quota_will_run_all_that_is_left() {
        let entries = vec![entry(vec![part(0, 2, 0, (0, 7))], vec![Some(5)])];
        let standing = Standing::new(entries, &queue(&[("s-0", 5, 1, TaskState::Active)]));
        assert_eq!(queued(&standing, waiting(10)).len(), 8, "jobs 8 and 9 are of no submission");
        assert!(standing.evidence().is_gone("5_0"));
        assert!(!standing.evidence().is_gone("5_1"));
    }

    #[test]
    fn an_array_whose_number_was_lost_is_found_by_its_name_and_written_down() {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        fs::create_dir_all(&dir.submission_dir(SubmissionId(1))).unwrap();
        let parts = vec![part(0, 4, 1, (0, 3)), part(1, 4, 1, (4, 7))];
        let tasks = queue(&[("s-1", 9, 0, TaskState::Pending)]);
        let standing = Standing::new(vec![entry(parts, vec![Some(5), None])], &tasks);
        assert_eq!(queued(&standing, waiting(8)), [4]);
        standing.adopt(&dir).unwrap();
        let text = fs::read_to_string(&dir.array_accepted(SubmissionId(1), 1)).unwrap();
        let record: AcceptedArray = serde_json::from_str(&text).unwrap();
        assert_eq!((record.job_id, record.name.as_str()), (9, "s-1"));
        assert!(!dir.array_accepted(SubmissionId(1), 0).exists(), "that one was known");
    }

    #[test]
    fn a_task_that_is_over_is_gone_even_while_slurm_remembers_it() {
        let entries = vec![entry(vec![part(0, 4, 1, (0, 3))], vec![Some(5)])];
        let tasks =
            queue(&[("s-0", 5, 0, TaskState::Over), ("s-0", 5, 1, TaskState::Other("NEW".into()))]);
        let evidence = Standing::new(entries, &tasks).evidence();
        assert!(evidence.is_gone("5_0") && !evidence.is_gone("5_1"));
    }
}
