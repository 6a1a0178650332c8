//! Determines which jobs a worker is for, and how many of them it may settle.

use std::time::Instant;

use sweep_config::SubmissionId;
use sweep_config::records::{JobArray, SubmissionRecord};

use super::scope::JobScope;
use crate::app::Failure;
use crate::runtime::JobContext;
use crate::worker::policy::budget::TaskBudget;
use crate::worker::policy::stand_in::StandIn;
use crate::worker::task::slurm_task::SlurmTask;

/// The jobs that a worker is for, and its budget.
pub(in crate::worker) struct WorkerAssignment {
    pub(in crate::worker) scope: JobScope,
    pub(in crate::worker) budget: TaskBudget,
    pub(in crate::worker) stand_in: Option<StandIn>,
}

impl WorkerAssignment {
    /// Returns the assignment: all jobs of the sweep, the jobs of a submission, or the portion of a
    /// slot of a task. Of a sweep that `is_tuned`, some are yet to be suggested.
    ///
    /// # Errors
    ///
    /// When the sweep was not set up.
    pub(in crate::worker) fn new(
        context: &JobContext,
        submission: Option<&SubmissionRecord>,
        array: Option<&JobArray>,
        (task, slot): (Option<&SlurmTask>, Option<u32>),
        is_tuned: bool,
    ) -> Result<Self, Failure> {
        let budget = TaskBudget::default();
        let mut assigned = match (submission, array) {
            (None, _) => Self { scope: JobScope::all(context)?, budget, stand_in: None },
            (Some(submission), None) => {
                Self { scope: JobScope::of_submission(submission), budget, stand_in: None }
            }
            (Some(submission), Some(array)) => {
                let index = task.map_or(0, |task| task.index);
                Self {
                    scope: JobScope::of_array(submission, array, index, slot.unwrap_or(0)),
                    budget: TaskBudget::new(
                        array.quota,
                        Instant::now(),
                        task.map(|task| task.ends),
                    ),
                    stand_in: task.and_then(|_| StandIn::new(array, Instant::now())),
                }
            }
        };
        if is_tuned {
            assigned.scope = assigned.scope.without_missing(&context.jobs_at_least()?);
        }
        Ok(assigned)
    }
}

/// Returns the job array of this number.
///
/// # Errors
///
/// When the submission has no such array.
pub(in crate::worker) fn find_array(
    submission: &SubmissionRecord,
    number: u32,
    submission_id: SubmissionId,
) -> Result<&JobArray, Failure> {
    let array = submission.arrays.iter().find(|array| array.number == number);
    array.ok_or_else(|| {
        let message = format!("launch {submission_id} has no part {number}");
        Failure::usage(message, "leave out `--part` to work for the whole launch")
    })
}
