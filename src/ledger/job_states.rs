//! Finds the state of every job from its journal and its claim.

use rayon::prelude::*;
use sweep_config::claim::{SlurmEvidence, job_state};
use sweep_config::fs::FsError;
use sweep_config::records::{JobState, read_attempts};
use sweep_config::{JobId, SweepDir};

/// Returns the state of each of these jobs, in their order.
///
/// Only jobs that have a log directory are looked at; one listing tells which.
///
/// # Errors
///
/// When a journal or claim cannot be read.
pub fn job_states(
    dir: &SweepDir,
    jobs: &[JobId],
    evidence: &SlurmEvidence,
) -> Result<Vec<(JobId, JobState)>, FsError> {
    let started = dir.started_jobs()?;
    jobs.par_iter()
        .map(|&job| {
            let state = match started.binary_search(&job) {
                Ok(_) => job_state(dir, job, &read_attempts(&dir.attempts(job))?, evidence)?,
                Err(_) => JobState::Waiting,
            };
            Ok((job, state))
        })
        .collect()
}
