//! A line for every job, as pycls prints it, with what it lacks there: the state and the error.

use serde_json::{Value as Json, json};
use sweep_config::SweepDir;
use sweep_config::records::JobState;

use super::line;
use crate::collect::job::Brief;

/// The jobs, a line each.
pub(crate) fn jobs(briefs: &[Brief], dir: &SweepDir) -> String {
    let mut out = String::new();
    for brief in briefs {
        let done = brief.progress.epoch.unwrap_or(0);
        let of = brief.progress.of.unwrap_or(0);
        let percent = if of > 0 { 100 * done / of } else { 0 };
        let fraction = format!("{done}/{of}");
        let mut words = Vec::new();
        if brief.state != JobState::Done {
            words.push(brief.state.name().to_owned());
        }
        words.extend(brief.is_diverged.then(|| "diverged".to_owned()));
        words.extend(brief.has_stderr.then(|| "[stderr]".to_owned()));
        let said = brief.cause.as_ref().map(|cause| &cause.headline).or(brief.error.as_ref());
        words.extend(said.cloned());
        let path = dir.stdout(brief.job);
        let text =
            format!("{} [{percent:>3}%] [{fraction:<5}] {}", path.display(), words.join(" "));
        line(&mut out, format_args!("{}", text.trim_end()));
    }
    out.truncate(out.trim_end().len());
    out
}

/// Returns the jobs for a program, each with the value of its objective.
pub(crate) fn jobs_json(briefs: &[Brief], objectives: &[Option<f64>]) -> Json {
    briefs.iter().zip(objectives).map(|(brief, objective)| of_brief(brief, *objective)).collect()
}

/// Returns what is known of a job without its metrics.
pub(super) fn of_brief(brief: &Brief, objective: Option<f64>) -> Json {
    let runs = &brief.runs;
    json!({
        "job": brief.job.0,
        "state": brief.state.name(),
        "diverged": brief.is_diverged,
        "epoch": brief.progress.epoch,
        "epochs": brief.progress.of,
        "objective": objective,
        "attempts": runs.attempts,
        "seconds": runs.seconds,
        "host": runs.host,
        "exit_code": runs.exit_code,
        "signal": runs.signal,
        "cause": brief.cause.as_ref().map(|cause| &cause.headline),
        "error": brief.error,
    })
}
