//! Which jobs a worker is for, and how many of them.

use std::time::Instant;

use sweep_config::SubmissionId;
use sweep_config::records::{JobArray, SubmissionRecord};

use super::scope::Domain;
use crate::app::Failure;
use crate::runtime::Site;
use crate::worker::policy::budget::Budget;
use crate::worker::task::slurm_task::Task;

/// Which jobs a worker is for, and how many.
pub(in crate::worker) struct Assignment {
    pub(in crate::worker) domain: Domain,
    pub(in crate::worker) budget: Budget,
}

impl Assignment {
    /// All jobs of the sweep, those of a submission, or the portion of a slot of a task.
    ///
    /// # Errors
    ///
    /// When the sweep was not set up.
    pub(in crate::worker) fn new(
        site: &Site,
        submission: Option<&SubmissionRecord>,
        part: Option<&JobArray>,
        (task, slot): (Option<&Task>, Option<u32>),
    ) -> Result<Self, Failure> {
        let budget = Budget::default();
        Ok(match (submission, part) {
            (None, _) => Self { domain: Domain::all(site)?, budget },
            (Some(submission), None) => Self { domain: Domain::of(submission), budget },
            (Some(submission), Some(part)) => {
                let index = task.map_or(0, |task| task.index);
                Self {
                    domain: Domain::of_part(submission, part, index, slot.unwrap_or(0)),
                    budget: Budget::new(part.quota, Instant::now(), task.map(|task| task.ends)),
                }
            }
        })
    }
}

/// The part of this number.
///
/// # Errors
///
/// When the submission has none.
pub(in crate::worker) fn find_part(
    submission: &SubmissionRecord,
    number: u32,
    launch: SubmissionId,
) -> Result<&JobArray, Failure> {
    let part = submission.parts.iter().find(|part| part.number == number);
    part.ok_or_else(|| {
        let message = format!("launch {launch} has no part {number}");
        Failure::usage(message, "leave `--part` away to work for the whole launch")
    })
}
