//! A collected sweep as a person reads it, and as `--json`. Every list is bounded in the text and
//! whole in the JSON.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use sweep_config::records::JobState;
use sweep_config::{JobId, Sweep, SweepDir};

use super::remark::Place;
use super::run::{Cleaned, Report};
use super::status::{Failures, Remarked, Status};
use crate::app::{command, count};

/// How many kinds of failure the text shows.
const FAILURES: usize = 8;

/// How many jobs of each, and how many checkpoints.
const ITEMS: usize = 6;

/// The report as text.
pub(crate) fn text(report: &Report) -> String {
    let (status, dir) = (&report.status, &report.dir);
    let mut out = head(status, dir);
    states(&mut out, status);
    failures(&mut out, status, dir);
    remarks(&mut out, status, dir);
    cleaned(&mut out, &report.cleaned, dir);
    out.truncate(out.trim_end().len());
    out
}

fn head(status: &Status, dir: &SweepDir) -> String {
    let started = match status.started {
        0 => "none of them started yet".to_owned(),
        n if n == status.jobs => "all started".to_owned(),
        n => format!("{n} started"),
    };
    format!("{}: {}, {started}\n\n", dir.path().display(), count(status.jobs, "job"))
}

fn states(out: &mut String, status: &Status) {
    let names = status.states.keys().map(|state| state.name().len());
    let width = names.chain(["epochs".len()]).max().unwrap_or(0);
    for (state, jobs) in &status.states {
        let percent = (100 * jobs + status.jobs / 2) / status.jobs.max(1);
        line(out, format_args!("  {:width$}  {jobs:>7}  {percent:>3}%", state.name()));
    }
    let epochs = &status.epochs;
    if epochs.total > 0 {
        let done = epochs.done;
        let of = format_args!("of {} in the jobs that started", epochs.total);
        line(out, format_args!("  {:width$}  {done:>7}  {of}", "epochs"));
    }
}

fn failures(out: &mut String, status: &Status, dir: &SweepDir) {
    let Some(first) = status.failures.first() else { return };
    line(out, format_args!("\nJobs that are not well, by what they said last:"));
    for failure in status.failures.iter().take(FAILURES) {
        let error = failure.error.as_deref().unwrap_or("(nothing on stderr)");
        line(out, format_args!("  {:>5}  {}  {error}", failure.jobs.len(), failure.state.name()));
        line(out, format_args!("         {}", some(&failure.jobs, JobId::to_string)));
    }
    more(out, status.failures.len(), FAILURES, "other kind");
    let job = first.jobs[0];
    let path = if first.error.is_some() { dir.stderr(job) } else { dir.stdout(job) };
    line(out, format_args!("  see more: less {}", shell(&path)));
}

fn remarks(out: &mut String, status: &Status, dir: &SweepDir) {
    if status.remarks.is_empty() {
        return;
    }
    line(out, format_args!("\nRemarks:"));
    for remarked in &status.remarks {
        let sentence = remarked.kind.sentence(remarked.times, remarked.jobs.len());
        line(out, format_args!("  {sentence} (first: {})", place(remarked, dir)));
    }
}

/// Where a kind of oddity was first seen; paths are those below the sweep directory.
fn place(remarked: &Remarked, dir: &SweepDir) -> String {
    let job = remarked.jobs[0];
    let below =
        |path: PathBuf| path.strip_prefix(dir.path()).map_or_else(|_| path.clone(), Path::to_owned);
    match &remarked.first {
        Place::Line(line) => format!("{}:{line}", below(dir.stdout(job)).display()),
        Place::At(file, line) => format!("{}/{file}:{line}", below(dir.out_dir(job)).display()),
        Place::Stdout => below(dir.stdout(job)).display().to_string(),
        Place::Stderr => below(dir.stderr(job)).display().to_string(),
        Place::OutDir => below(dir.out_dir(job)).display().to_string(),
        Place::Config => below(dir.cfg(job)).display().to_string(),
        Place::Message(message) => message.clone(),
    }
}

fn cleaned(out: &mut String, cleaned: &Cleaned, dir: &SweepDir) {
    let Some(first) = cleaned.files.first() else { return };
    let verb = if cleaned.is_dry_run { "Would delete" } else { "Deleted" };
    let bytes: u64 = cleaned.files.iter().map(|checkpoint| checkpoint.bytes).sum();
    let files = count(cleaned.files.len(), "checkpoint");
    let jobs = count(cleaned.jobs, "job");
    let size = size(bytes);
    line(out, format_args!("\n{verb} {files} of {jobs} that are done: {size}"));
    if cleaned.is_dry_run {
        for checkpoint in cleaned.files.iter().take(ITEMS) {
            let path = checkpoint.path.strip_prefix(dir.path()).unwrap_or(&first.path);
            line(out, format_args!("  {}", path.display()));
        }
        more(out, cleaned.files.len(), ITEMS, "other");
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
fn size(bytes: u64) -> String {
    let units = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    let unit = units.iter().find(|(unit, _)| bytes as f64 >= *unit);
    unit.map_or_else(
        || format!("{bytes} B"),
        |(unit, name)| format!("{:.1} {name}", bytes as f64 / unit),
    )
}

fn more(out: &mut String, all: usize, shown: usize, noun: &str) {
    if all > shown {
        line(out, format_args!("  and {} (--json has all)", count(all - shown, noun)));
    }
}

fn some<T>(items: &[T], show: impl Fn(&T) -> String) -> String {
    let mut text: Vec<String> = items.iter().take(ITEMS).map(show).collect();
    if items.len() > ITEMS {
        text.push(format!("and {} more", items.len() - ITEMS));
    }
    text.join(" ")
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(out, "{text}").expect("a string takes all that is written to it");
}

/// A path as it may be typed into a shell.
fn shell(path: &Path) -> String {
    let text = path.to_string_lossy();
    shlex::try_quote(&text).map_or_else(|_| text.to_string(), Cow::into_owned)
}

/// What to type next.
pub(crate) fn next(status: &Status, sweep: &Sweep) -> String {
    let (to_launch, done) = (status.to_launch(), status.in_state(&JobState::Done));
    let analyze = command("sweep_analyze", sweep);
    let launch = command("sweep_launch", sweep);
    if to_launch > 0 && status.started == 0 {
        return format!("next: {launch}");
    }
    let under_way = status.jobs - done - to_launch;
    let mut next = Vec::new();
    if under_way > 0 {
        next.push(format!("{} under way: collect again when it suits", count(under_way, "job")));
    }
    if to_launch > 0 {
        next.push(format!("next: {launch}    # runs {}", count(to_launch, "unfinished job")));
    }
    if done > 0 {
        next.push(format!("next: {analyze}"));
    }
    next.join("\n")
}

/// The report as one JSON value.
pub(crate) fn json(report: &Report) -> Json {
    let (status, dir) = (&report.status, &report.dir);
    let by_state: serde_json::Map<String, Json> =
        status.states.iter().map(|(state, n)| (state.name().to_owned(), json!(n))).collect();
    let files: Vec<Json> = report.written.iter().map(|path| path_json(path)).collect();
    let checkpoints: Vec<Json> =
        report.cleaned.files.iter().map(|checkpoint| path_json(&checkpoint.path)).collect();
    json!({
        "sweep_dir": path_json(dir.path()),
        "jobs": status.jobs,
        "started": status.started,
        "states": by_state,
        "epochs": { "done": status.epochs.done, "total": status.epochs.total },
        "failures": status.failures.iter().map(failure_json).collect::<Vec<_>>(),
        "remarks": status.remarks.iter().map(|r| remark_json(r, dir)).collect::<Vec<_>>(),
        "checkpoints": {
            "dry_run": report.cleaned.is_dry_run,
            "deleted": checkpoints,
            "bytes": report.cleaned.files.iter().map(|c| c.bytes).sum::<u64>(),
        },
        "written": files,
        "complete": status.is_complete(),
    })
}

fn failure_json(failure: &Failures) -> Json {
    json!({
        "state": failure.state.name(),
        "error": failure.error,
        "jobs": numbers(&failure.jobs),
    })
}

fn remark_json(remarked: &Remarked, dir: &SweepDir) -> Json {
    json!({
        "kind": remarked.kind.name(),
        "text": remarked.kind.sentence(remarked.times, remarked.jobs.len()),
        "times": remarked.times,
        "jobs": numbers(&remarked.jobs),
        "first": place(remarked, dir),
    })
}

fn numbers(jobs: &[JobId]) -> Vec<u32> {
    jobs.iter().map(|job| job.0).collect()
}

fn path_json(path: &Path) -> Json {
    Json::from(path.to_string_lossy())
}
