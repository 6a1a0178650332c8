//! Measurements of finished jobs, for a forecast of those to come.

use sweep_config::records::{Outcome, read_attempts};
use sweep_config::{JobId, SweepDir, fs};

use super::slurm::JobExperience;
use crate::app::Failure;

/// The number of jobs that are measured: enough for a mean, few enough to be quick.
const SAMPLE: usize = 64;

/// Measures some of the finished jobs, spread evenly; `None` if there is none.
///
/// # Errors
///
/// When a journal or a directory is there and cannot be read.
pub(super) fn measure(dir: &SweepDir) -> Result<Option<JobExperience>, Failure> {
    let started = dir.started_jobs()?;
    let step = started.len().div_ceil(SAMPLE).max(1);
    let (mut jobs, mut seconds, mut files) = (0_u32, 0.0, 0.0);
    for &job in started.iter().step_by(step) {
        if let Some(took) = seconds_of(dir, job)? {
            jobs += 1;
            seconds += took;
            files +=
                f64::from(u32::try_from(fs::list(&dir.out_dir(job))?.len()).unwrap_or(u32::MAX));
        }
    }
    let n = f64::from(jobs);
    Ok((jobs > 0).then(|| JobExperience {
        jobs: jobs as usize,
        seconds: seconds / n,
        files: files / n,
    }))
}

/// Returns the seconds that a finished job took in all, its interrupted attempts included.
fn seconds_of(dir: &SweepDir, job: JobId) -> Result<Option<f64>, Failure> {
    let attempts = read_attempts(&dir.attempts(job))?;
    let ends = || attempts.iter().filter_map(|attempt| attempt.end.as_ref());
    let is_done = ends().next_back().is_some_and(|end| end.outcome == Outcome::Done);
    let counted = ends().filter(|end| end.outcome == Outcome::Done || end.progress.is_some());
    Ok(is_done.then(|| counted.map(|end| end.seconds).sum()))
}
