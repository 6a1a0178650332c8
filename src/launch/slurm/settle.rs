//! Settles the attempts that the workers of earlier launches left open, before anything is selected.

use sweep_config::fs::FsError;
use sweep_config::records::{JobState, read_attempts};
use sweep_config::{JobId, SweepDir};

use crate::ledger::{MOST_ASKED, QueueSnapshot, outcome_of_open, record_settled};
use crate::slurm::Slurm;

/// Records what SLURM makes of the open attempts of these jobs, which wait; returns the jobs with another state
/// than that.
///
/// # Errors
///
/// When a journal cannot be read or written.
pub(in crate::launch) fn settle(
    dir: &SweepDir,
    waiting: &[JobId],
    slurm: &Slurm,
    snapshot: &QueueSnapshot,
) -> Result<Vec<(JobId, JobState)>, FsError> {
    let (mut settled, mut asked) = (Vec::new(), 0);
    for job in dir.started_jobs()?.into_iter().filter(|job| waiting.binary_search(job).is_ok()) {
        let attempts = read_attempts(&dir.attempts(job))?;
        let Some(last) = attempts.last().filter(|last| last.is_open()) else { continue };
        let Some(end) = last.end.as_ref().filter(|_| asked < MOST_ASKED) else { continue };
        let Some(run) = snapshot.run_of(&last.start) else { continue };
        asked += 1;
        if let Some(outcome) = outcome_of_open(&slurm.once(), &run, end) {
            record_settled(dir, job, end, outcome)?;
            settled.push((job, JobState::from(outcome)));
        }
    }
    Ok(settled)
}
