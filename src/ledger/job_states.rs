//! Finds the state of every job from its journal and its claim.

use rayon::prelude::*;
use sweep_config::claim::{SlurmEvidence, job_state};
use sweep_config::fs::FsError;
use sweep_config::records::{JobState, ToldResult, read_attempts};
use sweep_config::{JobId, SweepDir};

/// Returns the state of each of these jobs, in their order.
///
/// Only jobs that have a log directory are looked at; one listing tells which. Of the others a result may have been told.
///
/// # Errors
///
/// When a journal, a claim or what was told cannot be read.
pub fn job_states(
    dir: &SweepDir,
    jobs: &[JobId],
    evidence: &SlurmEvidence,
) -> Result<Vec<(JobId, JobState)>, FsError> {
    let (started, told) = (dir.started_jobs()?, ToldResult::all(dir)?);
    jobs.par_iter()
        .map(|&job| {
            let state = match started.binary_search(&job) {
                Ok(_) => job_state(dir, job, &read_attempts(&dir.attempts(job))?, evidence)?,
                Err(_) => told.get(&job).map_or(JobState::Waiting, ToldResult::job_state),
            };
            Ok((job, state))
        })
        .collect()
}
