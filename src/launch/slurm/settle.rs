//! Settles the attempts that the workers of earlier launches left open, before anything is selected.

use sweep_config::fs::FsError;
use sweep_config::records::{Attempt, AttemptStart, JobState, read_attempts};
use sweep_config::{JobId, SweepDir};

use crate::ledger::{MOST_ASKED, outcome_of_open, record_settled};
use crate::slurm::Slurm;

/// Records what SLURM makes of the open attempts of these jobs, which wait; returns the jobs with another state
/// than that. What `is_foreign` is none of SLURM's tasks that this sweep may ask for.
///
/// # Errors
///
/// When a journal cannot be read or written.
pub(in crate::launch) fn settle(
    dir: &SweepDir,
    waiting: &[JobId],
    slurm: &Slurm,
    is_foreign: impl Fn(&AttemptStart) -> bool,
) -> Result<Vec<(JobId, JobState)>, FsError> {
    let (mut settled, mut asked) = (Vec::new(), 0);
    for job in dir.started_jobs()?.into_iter().filter(|job| waiting.binary_search(job).is_ok()) {
        let attempts = read_attempts(&dir.attempts(job))?;
        let is_ours = |last: &&Attempt| last.is_open() && !is_foreign(&last.start);
        let Some(last) = attempts.last().filter(is_ours) else { continue };
        let Some(end) = last.end.as_ref().filter(|_| asked < MOST_ASKED) else { continue };
        asked += 1;
        if let Some(outcome) = outcome_of_open(&slurm.once(), &last.start) {
            record_settled(dir, job, end, outcome)?;
            settled.push((job, JobState::from(outcome)));
        }
    }
    Ok(settled)
}
