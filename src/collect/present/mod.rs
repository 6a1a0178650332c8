//! A collected sweep as a person reads it, and as `--json`. Every list is bounded in the text and
//! whole in the JSON.
//!
//! - `mod`: the status,
//! - `advice`: what to write into the sweep config,
//! - `failed`: the failures by cause,
//! - `jobs`: a line for every job,
//! - `job`: everything of one job,
//! - `json`: all of it for a program.

mod advice;
mod failed;
mod job;
mod jobs;
mod json;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sweep_config::records::{JobOrigins, JobState};
use sweep_config::{Executor, Sweep, SweepDir};

use super::advice::CollectAdvice;
use super::checkpoints::CheckpointCleanup;
use super::diagnostic::DiagnosticPlace;
use super::report::CollectReport;
use super::status::{DiagnosticSummary, SweepStatus};
use super::throughput::Throughput;
use crate::app::num::saturated;
use crate::app::units::{self, estimated_span};
use crate::app::{command, count, visible_line};
pub(crate) use failed::failed;
pub(crate) use job::{ShownJob, job, job_json};
pub(crate) use jobs::{jobs, jobs_json};
pub(crate) use json::json;

/// The number of configs that a command suggests at a time.
const SUGGESTED: u64 = 8;

/// The number of items of a list that are shown.
const ITEMS: usize = 6;

/// The report as text.
pub(crate) fn text(report: &CollectReport, sweep: &Sweep) -> String {
    let (status, dir) = (&report.status, &report.dir);
    let mut out = head(status, dir);
    states(&mut out, status, report.objective.infinite);
    throughput(&mut out, status, sweep);
    failed::job_status(&mut out, status, sweep);
    diagnostics(&mut out, status, &report.advice, dir);
    advice::advice(&mut out, &report.advice);
    cleaned(&mut out, &report.cleaned, dir);
    out.truncate(out.trim_end().len());
    out
}

fn head(status: &SweepStatus, dir: &SweepDir) -> String {
    let started = match status.started {
        0 => "none started yet".to_owned(),
        n if n == status.jobs => "all started".to_owned(),
        n => format!("{n} started"),
    };
    format!("{}: {}, {started}\n\n", dir.path().display(), count(status.jobs, "job"))
}

fn states(out: &mut String, status: &SweepStatus, infinite: usize) {
    let names = status.states.keys().map(|state| state.name().len());
    let width = names.chain(["diverged".len()]).max().unwrap_or(0);
    for (state, jobs) in &status.states {
        let percent = (100 * jobs + status.jobs / 2) / status.jobs.max(1);
        line(out, format_args!("  {:width$}  {jobs:>7}  {percent:>3}%", state.name()));
    }
    let epochs = &status.epochs;
    if epochs.total > 0 {
        let done = epochs.done;
        let of = format_args!("of {} in the started jobs", epochs.total);
        line(out, format_args!("  {:width$}  {done:>7}  {of}", "epochs"));
    }
    if status.diverged > 0 {
        let of = "with a last loss or error that is not finite";
        line(out, format_args!("  {:width$}  {:>7}  {of}", "diverged", status.diverged));
    }
    if infinite > 0 {
        let of = "with an infinite objective: neither ranked nor drawn";
        line(out, format_args!("  {:width$}  {infinite:>7}  {of}", "infinite"));
    }
}

/// Prints how fast the sweep goes, and what it costs.
fn throughput(out: &mut String, status: &SweepStatus, sweep: &Sweep) {
    let Throughput { per_hour, seconds_left, running, hours_spent, hours_left } = status.throughput;
    if let (Some(seconds), Some(rate)) = (seconds_left, per_hour) {
        let at_once = count(running, "job");
        let left = estimated_span(seconds);
        line(
            out,
            format_args!("\n  {rate:.1} jobs per hour; about {left} left with {at_once} at a time"),
        );
    }
    if hours_spent <= 0.0 {
        return;
    }
    let gpus = f64::from(sweep.launch.slurm.num_gpus);
    let (unit, each) = match sweep.launch.executor {
        Executor::Slurm if gpus > 0.0 => ("GPU-hours", gpus),
        _ => ("job-hours", 1.0),
    };
    let spent = each * hours_spent;
    let left = hours_left.filter(|left| *left > 0.0);
    let left = left.map(|left| format!(", about {:.1} left", each * left));
    line(out, format_args!("  {spent:.1} {unit} spent{}", left.unwrap_or_default()));
}

fn diagnostics(out: &mut String, status: &SweepStatus, advice: &CollectAdvice, dir: &SweepDir) {
    let has_none = status.diagnostics.is_empty() && status.odd_columns.is_empty();
    if has_none && advice.unmatched.is_empty() {
        return;
    }
    line(out, format_args!("\nRemarks:"));
    for sentence in &advice.unmatched {
        line(out, format_args!("  {sentence}"));
    }
    for diagnostic in &status.diagnostics {
        let sentence = diagnostic.kind.sentence(diagnostic.times, diagnostic.jobs.len());
        line(out, format_args!("  {sentence} (first: {})", place(diagnostic, dir)));
    }
    for odd in status.odd_columns.iter().take(ITEMS) {
        line(out, format_args!("  {}", odd.sentence()));
    }
    more(out, status.odd_columns.len(), ITEMS, "other column");
}

/// Returns where a kind of oddity was first seen, with paths below the sweep directory.
fn place(diagnostic: &DiagnosticSummary, dir: &SweepDir) -> String {
    let job = diagnostic.jobs[0];
    let below =
        |path: PathBuf| path.strip_prefix(dir.path()).map_or_else(|_| path.clone(), Path::to_owned);
    match &diagnostic.first {
        DiagnosticPlace::Line(line) => format!("{}:{line}", below(dir.stdout(job)).display()),
        DiagnosticPlace::At(file, line) => {
            format!("{}/{file}:{line}", below(dir.out_dir(job)).display())
        }
        DiagnosticPlace::Stdout => below(dir.stdout(job)).display().to_string(),
        DiagnosticPlace::Stderr => below(dir.stderr(job)).display().to_string(),
        DiagnosticPlace::OutDir => below(dir.out_dir(job)).display().to_string(),
        DiagnosticPlace::Config => below(dir.cfg(job)).display().to_string(),
        DiagnosticPlace::Message(message) => message.clone(),
    }
}

fn cleaned(out: &mut String, cleaned: &CheckpointCleanup, dir: &SweepDir) {
    let Some(first) = cleaned.files.first() else { return };
    let verb = if cleaned.is_dry_run { "Would delete" } else { "Deleted" };
    let bytes: u64 = cleaned.files.iter().map(|checkpoint| checkpoint.bytes).sum();
    let files = count(cleaned.files.len(), "checkpoint");
    let jobs = count(cleaned.jobs, "job");
    let size = units::bytes(bytes);
    line(out, format_args!("\n{verb} {files} of {jobs} done: {size}"));
    if cleaned.is_dry_run {
        for checkpoint in cleaned.files.iter().take(ITEMS) {
            let path = checkpoint.path.strip_prefix(dir.path()).unwrap_or(&first.path);
            line(out, format_args!("  {}", path.display()));
        }
        more(out, cleaned.files.len(), ITEMS, "other");
    }
}

fn more(out: &mut String, all: usize, shown: usize, noun: &str) {
    if all > shown {
        line(out, format_args!("  and {} (--json has all)", count(all - shown, noun)));
    }
}

/// Adds a line. The line breaks at its ends are the layout's; one inside comes from a log or a journal, and what
/// follows it must not pass for a line of ours.
fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let text = text.to_string();
    let inner = text.trim_matches('\n');
    let above = text.len() - text.trim_start_matches('\n').len();
    let below = text.len() - text.trim_end_matches('\n').len();
    let (above, below) = ("\n".repeat(above), "\n".repeat(below));
    writeln!(out, "{above}{}{below}", visible_line(inner))
        .expect("a string takes all that is written to it");
}

/// Returns the command to type next.
pub(crate) fn next(status: &SweepStatus, sweep: &Sweep) -> String {
    let (to_launch, done) = (status.to_launch(), status.in_state(&JobState::Done));
    let analyze = command("sweep_analyze", sweep);
    if sweep.dir().is_imported() {
        return format!("next: {analyze}");
    }
    let launch = command("sweep_launch", sweep);
    if to_launch > 0 && status.started == 0 {
        return format!("next: {launch}");
    }
    let under_way = status.jobs - done - to_launch;
    let to_come = configs_to_come(sweep);
    let mut next = Vec::new();
    if under_way > 0 {
        next.push(format!("{} in progress: collect again later", count(under_way, "job")));
    }
    if to_launch > 0 {
        next.push(format!("next: {launch}    # runs {}", count(to_launch, "unfinished job")));
    }
    if done > 0 {
        let is_told = sweep.dir().told_jsonl().exists();
        if to_come > 0 && is_told {
            let (setup, few) = (command("sweep_setup", sweep), to_come.min(SUGGESTED));
            next.push(format!(
                "next: {setup} --suggest {few}    # of {to_come} that NUM_CONFIGS has left"
            ));
        } else if to_come > 0 && under_way + to_launch == 0 {
            let more = count(saturated(to_come), "more config");
            next.push(format!("next: {launch}    # suggests and runs {more}"));
        }
        next.push(format!("next: {analyze}"));
    }
    next.join("\n")
}

/// Returns the number of configs that are yet to be suggested, of a sweep that is tuned.
fn configs_to_come(sweep: &Sweep) -> u64 {
    let origins = JobOrigins::read(&sweep.dir()).ok().flatten();
    origins.map_or(0, |origins| origins.configs_to_come(&sweep.setup))
}
