//! What will run, in words, and whether the user wants it.

use std::fmt::Write;

use sweep_config::records::JobState;
use sweep_config::{JobId, Launch};

use super::plan::Plan;
use crate::app::{self, Exit, Failure, Printer, count};
use crate::worker::Site;

/// What a launch would do, line by line.
pub(super) fn describe(plan: &Plan, site: &Site, launch: &Launch, first: &str) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        // What a command has beyond its first line stands below it.
        let value = value.trim_end().replace('\n', "\n             ");
        writeln!(text, "{name:<12} {value}").expect("a string takes any text");
    };
    line("sweep", &site.dir.path().display().to_string());
    line("jobs", &jobs(plan));
    line("workers", &format!("{} on this machine", plan.workers));
    line("runs in", &site.code_dir);
    line("command", first);
    let retries = match launch.max_retry {
        0 => "no retry".to_owned(),
        1 => "1 retry of a job that fails".to_owned(),
        n => format!("{n} retries of a job that fails"),
    };
    line("time limit", &format!("{} min an attempt, {retries}", launch.time_limit));
    text.pop();
    text
}

/// `60 to run (58 waiting, 2 failed) of 64: 4 done`.
fn jobs(plan: &Plan) -> String {
    let is_left = |state: &JobState| matches!(state, JobState::Done | JobState::Running);
    let list = |left: bool| {
        let states = plan.states.iter().filter(|(state, _)| is_left(state) == left);
        states.map(|(state, n)| format!("{n} {}", state.name())).collect::<Vec<_>>().join(", ")
    };
    let mut text = format!("{} to run ({})", plan.jobs.len(), list(false));
    let others = list(true);
    if !others.is_empty() {
        write!(text, " of {}: {others}", plan.total()).expect("a string takes any text");
    }
    text
}

/// What one says who finds nothing to run.
pub(super) fn nothing_to_run(plan: &Plan, printer: Printer) -> Exit {
    let running = plan.in_state(&JobState::Running);
    if running == 0 {
        printer.note(format_args!("Nothing to run: {} done.", all_jobs(plan.total())));
        return Exit::Done;
    }
    let jobs = count(running, "job");
    printer.note(format_args!("Nothing to run: {jobs} running already, the others done."));
    Exit::Incomplete
}

fn all_jobs(total: usize) -> String {
    if total == 1 { "the job is".into() } else { format!("all {} are", count(total, "job")) }
}

/// Asks; true if and only if the answer is yes.
///
/// # Errors
///
/// When there is nobody to ask.
pub(super) fn confirm(plan: &Plan, printer: Printer) -> Result<bool, Failure> {
    let question = format!(
        "Launch {} on this machine with {}?",
        count(plan.jobs.len(), "job"),
        count(plan.workers, "worker")
    );
    let hint = "`--yes` launches without asking, `--dry-run` shows what would run";
    app::confirm(printer, question, "the launch", hint)
}

/// The command line of the first job; of all jobs where they might differ in being possible.
///
/// # Errors
///
/// When the command cannot be made for some job: better now than after half of them.
pub(super) fn check_commands(site: &Site, jobs: &[JobId]) -> Result<String, Failure> {
    let Some((&first, others)) = jobs.split_first() else { return Ok(String::new()) };
    let command = site.script(first, &site.facts(first))?;
    if site.command.needs_config() {
        for &job in others {
            site.script(job, &site.facts(job))?;
        }
    }
    Ok(command)
}
