//! Determines the jobs that a worker may run, and where it begins (pure but for the listing of the
//! jobs).

use sweep_config::JobId;
use sweep_config::records::{JobArray, SubmissionRecord};

use crate::app::Failure;
use crate::runtime::JobContext;

/// The assumed number of workers where no submission says it.
const ASSUMED_WORKERS: usize = 64;

/// The jobs that a worker may run, and where it begins.
#[derive(Debug)]
pub(in crate::worker) struct JobScope {
    /// The jobs, in order.
    pub(in crate::worker) jobs: Vec<JobId>,
    /// The worker's own portion, which it takes first.
    pub(in crate::worker) first: Vec<JobId>,
    /// The position after its portion where it goes on, as an index into the jobs.
    pub(in crate::worker) position: usize,
    /// True if jobs that are appended to the sweep belong to it too.
    pub(in crate::worker) grows: bool,
    /// The approximate number of workers that share the jobs.
    pub(in crate::worker) workers: usize,
}

impl JobScope {
    /// Returns all jobs of the sweep, for a worker that was started by hand.
    ///
    /// # Errors
    ///
    /// When the sweep was not set up.
    pub(in crate::worker) fn all(context: &JobContext) -> Result<Self, Failure> {
        let jobs = context.jobs_at_least()?;
        Ok(Self { jobs, first: Vec::new(), position: 0, grows: true, workers: ASSUMED_WORKERS })
    }

    /// Returns the jobs of a submission, for a worker of it.
    pub(in crate::worker) fn of_submission(submission: &SubmissionRecord) -> Self {
        Self {
            jobs: expand(&submission.jobs),
            first: Vec::new(),
            position: 0,
            grows: submission.takes_new,
            workers: submission.workers,
        }
    }

    /// Returns the jobs of a submission, for a slot of the task of this index in one of its arrays.
    pub(in crate::worker) fn of_array(
        submission: &SubmissionRecord,
        array: &JobArray,
        index: u32,
        slot: u32,
    ) -> Self {
        let own = array.portion(index).into_iter();
        let first: Vec<JobId> =
            own.skip(slot as usize).step_by(array.slots.max(1) as usize).map(JobId).collect();
        let of_all = Self::of_submission(submission);
        let all = if array.canary { Self { jobs: expand(&array.jobs), ..of_all } } else { of_all };
        let position = first.last().map_or(0, |last| all.jobs.partition_point(|job| job <= last));
        let workers = all.jobs.len();
        Self { first, position, grows: all.grows && !array.canary, workers, ..all }
    }

    /// Leaves out jobs that are yet to be suggested: they belong to it once they are there. `existing` are in order.
    pub(in crate::worker) fn without_missing(mut self, existing: &[JobId]) -> Self {
        let is_there = |job: &JobId| existing.binary_search(job).is_ok();
        self.jobs.retain(is_there);
        self.first.retain(is_there);
        Self { position: self.position.min(self.jobs.len().saturating_sub(1)), ..self }
    }
}

fn expand(ranges: &[(u32, u32)]) -> Vec<JobId> {
    ranges.iter().flat_map(|&(first, last)| first..=last).map(JobId).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submission() -> SubmissionRecord {
        SubmissionRecord {
            format_version: 1,
            executor: "slurm".into(),
            workers: 4,
            jobs: vec![(0, 3), (10, 19)],
            takes_new: true,
            ..SubmissionRecord::default()
        }
    }

    fn job_array(jobs: Vec<(u32, u32)>, canary: bool) -> JobArray {
        JobArray {
            number: 0,
            name: "n".into(),
            partition: String::new(),
            tasks: 5,
            parallel: 5,
            slots: 2,
            quota: 1,
            jobs,
            canary,
        }
    }

    #[test]
    fn a_task_begins_with_its_own_portion_and_goes_on_behind_it() {
        let array = job_array(vec![(10, 19)], false);
        let scope = JobScope::of_array(&submission(), &array, 1, 0);
        assert_eq!(scope.first, [JobId(12)]);
        let scope = JobScope::of_array(&submission(), &array, 1, 1);
        assert_eq!(scope.first, [JobId(13)]);
        assert_eq!(scope.jobs[scope.position], JobId(14));
        assert_eq!(scope.jobs.len(), 14);
        assert!(scope.grows);
    }

    #[test]
    fn jobs_that_are_yet_to_be_suggested_are_left_out() {
        let array = job_array(vec![(10, 19)], false);
        let existing: Vec<JobId> = (0..11).map(JobId).collect();
        let of =
            |task| JobScope::of_array(&submission(), &array, task, 0).without_missing(&existing);
        assert_eq!(of(0).first, [JobId(10)]);
        assert_eq!(of(4).first, []);
        assert_eq!(of(4).jobs, [0, 1, 2, 3, 10].map(JobId));
        assert!(of(4).position < 5 && of(4).grows);
    }

    #[test]
    fn a_canary_keeps_to_its_own_jobs() {
        let scope =
            JobScope::of_array(&submission(), &job_array(vec![(2, 3), (19, 19)], true), 0, 0);
        assert_eq!(scope.jobs, [JobId(2), JobId(3), JobId(19)]);
        assert!(!scope.grows);
    }
}
