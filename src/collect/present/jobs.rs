//! A line for every job, as pycls prints it, with what it lacks there: the state and the error.

use serde_json::{Value as JsonValue, json};
use sweep_config::SweepDir;
use sweep_config::records::JobState;

use super::line;
use crate::collect::job::JobStatus;

/// The jobs, a line each.
pub(crate) fn jobs(job_statuses: &[JobStatus], dir: &SweepDir) -> String {
    let mut out = String::new();
    for job_status in job_statuses {
        let done = job_status.progress.epoch.unwrap_or(0);
        let of = job_status.progress.of.unwrap_or(0);
        let percent = if of > 0 { 100 * done / of } else { 0 };
        let fraction = format!("{done}/{of}");
        let mut words = Vec::new();
        if job_status.state != JobState::Done {
            words.push(job_status.state.name().to_owned());
        }
        words.extend(job_status.is_diverged.then(|| "diverged".to_owned()));
        words.extend(job_status.has_stderr.then(|| "[stderr]".to_owned()));
        let said =
            job_status.cause.as_ref().map(|cause| &cause.headline).or(job_status.error.as_ref());
        words.extend(said.cloned());
        let path = dir.stdout(job_status.job);
        let text =
            format!("{} [{percent:>3}%] [{fraction:<5}] {}", path.display(), words.join(" "));
        line(&mut out, format_args!("{}", text.trim_end()));
    }
    out.truncate(out.trim_end().len());
    out
}

/// Returns the jobs for a program, each with the value of its objective.
pub(crate) fn jobs_json(job_statuses: &[JobStatus], objectives: &[Option<f64>]) -> JsonValue {
    let jobs = job_statuses.iter().zip(objectives);
    jobs.map(|(job_status, objective)| of_brief(job_status, *objective)).collect()
}

/// Returns what is known of a job without its metrics.
pub(super) fn of_brief(job_status: &JobStatus, objective: Option<f64>) -> JsonValue {
    let runs = &job_status.runs;
    json!({
        "job": job_status.job.0,
        "state": job_status.state.name(),
        "diverged": job_status.is_diverged,
        "epoch": job_status.progress.epoch,
        "epochs": job_status.progress.of,
        "objective": objective,
        "attempts": runs.attempts,
        "seconds": runs.seconds,
        "host": runs.host,
        "exit_code": runs.exit_code,
        "signal": runs.signal,
        "cause": job_status.cause.as_ref().map(|cause| &cause.headline),
        "error": job_status.error,
    })
}
