//! Everything of one job.

use serde_json::{Map, Value as JsonValue, json};
use sweep_config::records::{Attempt, AttemptEnd, AttemptStart, ImportedState};
use sweep_config::table::{CFG, MAX, MEAN, MIN};
use sweep_config::{JobId, SweepDir};

use super::jobs::of_brief;
use super::line;
use crate::collect::files;
use crate::collect::job::CollectedJob;
use crate::collect::log_value::LogValue;
use crate::collect::table::FACTS;

/// The number of lines of each log that are shown.
const TAIL: usize = 15;

/// The greatest length of a value in the text, in characters.
const WIDTH: usize = 100;

/// A job to show.
pub(crate) struct ShownJob<'a> {
    pub(crate) dir: &'a SweepDir,
    pub(crate) job: JobId,
    pub(crate) collected: &'a CollectedJob,
    pub(crate) attempts: &'a [Attempt],
    pub(crate) sampled: Option<&'a str>,
    /// The value of its objective.
    pub(crate) objective: Option<f64>,
}

/// The job as text.
pub(crate) fn job(shown: &ShownJob<'_>) -> String {
    let job_status = &shown.collected.kept.job_status;
    let mut out = String::new();
    let diverged = if job_status.is_diverged { ", diverged" } else { "" };
    let epochs = match (job_status.progress.epoch, job_status.progress.of) {
        (Some(epoch), Some(of)) => format!(", epoch {epoch} of {of}"),
        (Some(epoch), None) => format!(", epoch {epoch}"),
        _ => String::new(),
    };
    line(
        &mut out,
        format_args!("job {}: {}{diverged}{epochs}", shown.job, job_status.state.name()),
    );
    if let Some(sampled) = shown.sampled {
        line(&mut out, format_args!("  {sampled}"));
    }
    if let Some(cause) = &job_status.cause {
        let place = cause.place.as_ref().map(|place| format!(" ({place})"));
        line(&mut out, format_args!("  {}{}", cause.headline, place.unwrap_or_default()));
    }
    attempts(&mut out, shown.attempts);
    section(&mut out, "Config", &values(shown, |name| name.starts_with(CFG)));
    section(&mut out, "Logged last", &values(shown, is_metric));
    for (kind, seen) in job_status.diagnostics.iter() {
        line(&mut out, format_args!("\nRemark: {}", kind.sentence(seen.times, 1)));
    }
    for path in [shown.dir.stdout(shown.job), shown.dir.stderr(shown.job)] {
        let lines = files::last_lines(&path, TAIL);
        if !lines.is_empty() {
            line(&mut out, format_args!("\nend of {}:", path.display()));
            for text in lines {
                line(&mut out, format_args!("  | {text}"));
            }
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn attempts(out: &mut String, attempts: &[Attempt]) {
    if attempts.is_empty() {
        return;
    }
    line(out, format_args!("\nAttempts:"));
    for Attempt { start, end } in attempts {
        if let Some(state) = &start.imported {
            line(out, format_args!("  {}", imported(start, end.as_ref(), state)));
            continue;
        }
        let task = start.slurm.as_ref().map(|task| format!(", SLURM task {task}"));
        let place = format!("{}{}", start.host, task.unwrap_or_default());
        let end = match end {
            None => "not ended yet".to_owned(),
            Some(end) => {
                let exit = end.exit_code.map(|code| format!(", exit code {code}"));
                let signal = end.signal.map(|signal| format!(", signal {signal}"));
                let how = [exit, signal].into_iter().flatten().collect::<String>();
                format!("{:.0} s{how} {}", end.seconds, end.reason).trim_end().to_owned()
            }
        };
        line(out, format_args!("  {}  {} on {place}: {end}", start.attempt, start.started));
    }
}

/// Returns what is known of a run of another tool.
fn imported(start: &AttemptStart, end: Option<&AttemptEnd>, state: &ImportedState) -> String {
    let known = |word: &str, text: &str| {
        if text.is_empty() { String::new() } else { format!("{word}{text}") }
    };
    let seconds = end.map(|end| format!(", {:.0} s", end.seconds)).unwrap_or_default();
    let exit = end.and_then(|end| end.exit_code).map(|code| format!(", exit code {code}"));
    [
        start.command.clone(),
        known(", ", &start.started),
        known(" on ", &start.host),
        seconds,
        exit.unwrap_or_default(),
        format!(": {}", state.state),
        known(", ", &state.reason),
    ]
    .concat()
}

fn section(out: &mut String, title: &str, values: &[(&str, String)]) {
    if values.is_empty() {
        return;
    }
    line(out, format_args!("\n{title}:"));
    let width = values.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, value) in values {
        let cut: String = value.chars().take(WIDTH).collect();
        line(out, format_args!("  {name:width$}  {cut}"));
    }
}

fn values<'s>(shown: &'s ShownJob<'_>, wanted: impl Fn(&str) -> bool) -> Vec<(&'s str, String)> {
    let cells = shown.collected.row.iter().filter(|(name, _)| wanted(name));
    let texts = cells.map(|(name, value)| {
        let text = match value {
            LogValue::Text(text) => text.to_string(),
            LogValue::Float(number) => number.to_string(),
            other => other.to_json_text(),
        };
        (name.strip_prefix(CFG).unwrap_or(name), text)
    });
    texts.collect()
}

/// True if a column is the last value of something logged.
fn is_metric(name: &str) -> bool {
    let is_summary = [MIN, MAX, MEAN].iter().any(|suffix| name.ends_with(suffix));
    !name.starts_with(CFG) && !is_summary && FACTS.iter().all(|(fact, _)| *fact != name)
}

/// The job for a program.
pub(crate) fn job_json(shown: &ShownJob<'_>) -> JsonValue {
    let mut job = of_brief(&shown.collected.kept.job_status, shown.objective);
    let is_fact = |name: &str| FACTS.iter().any(|(fact, _)| *fact == name);
    let cells = shown.collected.row.iter().filter(|(name, _)| !is_fact(name));
    let values: Map<String, JsonValue> =
        cells.map(|(name, value)| (name.to_owned(), json!(value))).collect();
    job["sampled"] = json!(shown.sampled);
    job["journal"] =
        json!(shown.attempts.iter().map(|a| json!([a.start, a.end])).collect::<Vec<_>>());
    job["values"] = JsonValue::Object(values);
    job
}
