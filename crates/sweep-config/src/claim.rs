//! A worker's hold on a job.
//!
//! (stub: filled in by the launch branch)

use crate::SweepDir;
use crate::dir::JobId;
use crate::fs::FsError;
use crate::records::{Attempt, JobState};

/// The state of a job from its attempts and, where the last one has no end, from whether its
/// worker lives.
///
/// # Errors
///
/// When a claim is there and cannot be read.
pub fn job_state(_dir: &SweepDir, _job: JobId, _attempts: &[Attempt]) -> Result<JobState, FsError> {
    todo!()
}
