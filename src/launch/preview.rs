//! The description of what will run, and the question whether to.

use std::collections::BTreeMap;
use std::fmt::Write;

use sweep_config::records::JobState;
use sweep_config::{JobId, LaunchConfig};

use super::plan::LaunchPlan;
use super::select::JobSelection;
use crate::app::{self, Exit, Failure, Printer, count};
use crate::runtime::JobContext;

/// Describes what a launch would do, line by line; `more` are lines of the executor and of the code, and
/// the time limit in minutes goes with what it applies to.
pub(super) fn describe(
    plan: &LaunchPlan,
    context: &JobContext,
    launch: &LaunchConfig,
    first: &str,
    more: &[(&'static str, String)],
    (time_limit, limited): (Option<u64>, &str),
) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        // What a command has beyond its first line stands below it.
        let value = value.trim_end().replace('\n', "\n             ");
        writeln!(text, "{name:<12} {value}").expect("a string takes any text");
    };
    line("sweep", &context.dir.path().display().to_string());
    line("jobs", &jobs(plan));
    for (name, value) in more {
        line(name, value);
    }
    line("runs in", &context.code_dir);
    line("command", first);
    let retries = match launch.max_retry {
        0 => "no retry".to_owned(),
        1 => "1 retry if a job fails".to_owned(),
        n => format!("{n} retries if a job fails"),
    };
    let limit =
        time_limit.map_or_else(|| "none".into(), |minutes| format!("{minutes} min {limited}"));
    line("time limit", &format!("{limit}, {retries}"));
    text.pop();
    text
}

/// Formats the numbers of jobs: `60 to run (58 waiting, 2 failed) of 64: 4 done`.
fn jobs(plan: &LaunchPlan) -> String {
    let list = |states: &BTreeMap<JobState, usize>| {
        let states = states.iter().map(|(state, n)| format!("{n} {}", state.name()));
        states.collect::<Vec<_>>().join(", ")
    };
    let mut text = match plan.jobs.len() {
        0 => "none to run".to_owned(),
        jobs => format!("{jobs} to run ({})", list(&plan.chosen)),
    };
    let others: BTreeMap<JobState, usize> = plan
        .states
        .iter()
        .map(|(state, n)| (state.clone(), n - plan.chosen.get(state).unwrap_or(&0)))
        .filter(|(_, n)| *n > 0)
        .collect();
    if !others.is_empty() {
        write!(text, " of {}: {}", plan.total(), list(&others)).expect("a string takes any text");
    }
    text
}

/// Says how many jobs are there and how many are yet to be suggested, of a sweep that is tuned.
pub(super) fn to_come(plan: &LaunchPlan) -> Option<String> {
    let more = plan.to_come.len();
    let there = plan.total();
    let are = if there == 1 { "is" } else { "are" };
    (more > 0).then(|| {
        format!(
            "{} {are} there, {more} more will be suggested as results arrive",
            count(there, "job")
        )
    })
}

/// Formats the canary: `3 of 64 jobs first: 0, 17, 63`.
pub(super) fn canary(canary: &[JobId], all: usize) -> String {
    let numbers: Vec<String> = canary.iter().map(|job| job.0.to_string()).collect();
    format!("{} of {} first: {}", canary.len(), count(all, "job"), numbers.join(", "))
}

/// Says that there is nothing to run, and returns the exit code.
pub(super) fn nothing_to_run(
    plan: &LaunchPlan,
    selection: &JobSelection,
    printer: Printer,
) -> Exit {
    let (done, total) = (plan.in_state(&JobState::Done), plan.total());
    if done == total {
        printer.note(format_args!("Nothing to run: {} done.", all_jobs(total)));
        return Exit::Done;
    }
    let others = plan.states.iter().filter(|(state, _)| **state != JobState::Done);
    let others = others.map(|(state, n)| format!("{n} {}", state.name())).collect::<Vec<_>>();
    let selected = if selection.is_all() { "" } else { " in your selection" };
    printer.note(format_args!(
        "Nothing to run{selected}: {}, {done} done, {}.",
        count(total, "job"),
        others.join(", ")
    ));
    Exit::Incomplete
}

fn all_jobs(total: usize) -> String {
    if total == 1 { "the job is".into() } else { format!("all {} are", count(total, "job")) }
}

/// Asks a question; true if and only if the answer is yes.
///
/// # Errors
///
/// When there is nobody to ask.
pub(super) fn confirm(question: &str, printer: Printer) -> Result<bool, Failure> {
    let hint = "use `--yes` to launch without asking, or `--dry-run` to see what would run";
    app::confirm(printer, question, "the launch", hint)
}

/// Returns the command line of the first job as it may be shown, after a check of all jobs' if they may differ.
///
/// # Errors
///
/// When the command cannot be made for some job: better now than after half of them.
pub(super) fn check_commands(context: &JobContext, jobs: &[JobId]) -> Result<String, Failure> {
    let Some((&first, others)) = jobs.split_first() else { return Ok(String::new()) };
    let command = context.script(first, &context.facts(first))?;
    if context.command.needs_config() {
        for &job in others {
            context.script(job, &context.facts(job))?;
        }
    }
    Ok(context.shell.shown(&command))
}
