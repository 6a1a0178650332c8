//! The remarks of a launch before it asks: about other launches, and about the caller's shell.

use sweep_config::fs::FsError;
use sweep_config::records::JobState;
use sweep_config::{LaunchConfig, SweepDir};

use super::plan::LaunchPlan;
use crate::app::{Printer, count};
use crate::ledger::{LedgerEntry, SilentTasks, SlurmAccounting, UnsettledJobs};
use crate::runtime::JobContext;
use crate::slurm::{Slurm, ignored_variables};

/// Prints why the last submission was stopped, if it was.
pub(super) fn note_stopped(entries: &[LedgerEntry], printer: Printer) {
    let last = entries.last().filter(|entry| entry.is_own());
    let last = last.and_then(|entry| Some((entry.id, entry.stopped.as_ref()?)));
    if let Some((launch, stopped)) = last {
        printer.note(format_args!("submission {launch} was stopped: {}", stopped.reason));
    }
}

/// Says what earlier submissions on SLURM left behind: tasks that ended without a word, which it returns, and
/// jobs with tries left.
///
/// # Errors
///
/// When the ledger or a journal cannot be read, or a note not be written.
pub(super) fn note_ended(
    dir: &SweepDir,
    plan: &LaunchPlan,
    (max_retry, dry_run): (u32, bool),
    slurm: &Slurm,
    printer: Printer,
) -> Result<SilentTasks, FsError> {
    let mut silent = SilentTasks::read(dir)?;
    let has_ended = silent.ask(dir, &slurm.once(), &SlurmAccounting::of_sweep(dir)?)?;
    if !dry_run {
        silent.write(dir)?;
    }
    silent.sentences().into_iter().for_each(|sentence| printer.warn(sentence));
    if has_ended {
        let states = plan.jobs.iter().copied().zip(&plan.job_states);
        if let Some(left) = UnsettledJobs::of_last(dir, states, max_retry)? {
            printer.note(left);
        }
    }
    Ok(silent)
}

/// Warns of a pipe in the command line where its shell hides that a part of it failed.
pub(super) fn warn_of_pipe(context: &JobContext, command: &str, printer: Printer) {
    if context.shell.hides_failures(command) {
        printer.warn(
            "COMMAND contains a pipe and this machine has no bash: a job counts as done if the last command \
             of the pipe succeeds, even if an earlier one fails",
        );
    }
}

/// Warns of a command line that is the same for all jobs: nothing in it names a job, and it is not handed any.
pub(super) fn warn_of_one_command(launch: &LaunchConfig, printer: Printer) {
    let template = &launch.command;
    if !launch.keep_alive
        && !template.trim().is_empty()
        && !template.contains("{{")
        && !template.contains("$SWEEP_")
        && !template.contains("${SWEEP_")
    {
        printer.warn(
            "COMMAND has no placeholder such as {{cfg}} or {{out_dir}}: all jobs will do the same unless the \
             program reads $SWEEP_CFG and $SWEEP_OUT_DIR",
        );
    }
}

/// Names the variables of the caller's shell that `sbatch` would have obeyed.
pub(super) fn note_ignored(printer: Printer) {
    let names = ignored_variables();
    if !names.is_empty() {
        printer.note(format_args!(
            "not passed on to SLURM: {}; the keys of LAUNCH apply instead",
            names.join(", ")
        ));
    }
}

/// Notes jobs that another launch runs: two at once are fine, for claims keep them apart.
pub(super) fn note_others(plan: &LaunchPlan, printer: Printer) {
    let running = plan.in_state(&JobState::Running);
    if running > 0 {
        printer.note(format_args!(
            "{} running in another launch or worker; no job runs twice at once",
            count(running, "job")
        ));
    }
}
