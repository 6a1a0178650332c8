//! Settles attempts that their worker left open: their task was being ended, and SLURM had not said why.

use sweep_config::fs::FsError;
use sweep_config::records::{AttemptEnd, AttemptEvent, Outcome, append_event};
use sweep_config::{JobId, SweepDir};

use crate::slurm::{Slurm, TaskFate, WantedRun};

/// The most open attempts for which one command asks SLURM; the others stay open, and their jobs run again.
pub(crate) const MOST_ASKED: u32 = 50;

/// Returns how SLURM's accounting says that a run ended; none where it does not.
pub(crate) fn accounted_fate(slurm: &Slurm, run: &WantedRun) -> Option<TaskFate> {
    slurm.end_of_run(run).map(|state| TaskFate::of_state(&state))
}

/// Returns what SLURM makes of an open attempt in a run: its accounting, or its controller while that remembers the
/// task. None where nobody knows, the task's end is still to come, or another cluster has it.
pub(crate) fn outcome_of_open(slurm: &Slurm, run: &WantedRun) -> Option<Outcome> {
    let of_controller =
        || slurm.job_of(run).map_or(TaskFate::Unknown, |job| job.fate(run.restarts));
    match accounted_fate(slurm, run).unwrap_or_else(of_controller) {
        // Its worker left when somebody who is not SLURM told it to.
        TaskFate::Over => Some(Outcome::Cancelled),
        fate => outcome_of(fate),
    }
}

/// Returns the outcome of an attempt that ended with its task; none where that does not tell.
pub(crate) fn outcome_of(fate: TaskFate) -> Option<Outcome> {
    match fate {
        TaskFate::Yields | TaskFate::StartsAgain | TaskFate::Preempted => Some(Outcome::Preempted),
        TaskFate::Cancelled => Some(Outcome::Cancelled),
        TaskFate::TimedOut => Some(Outcome::TimedOut),
        TaskFate::NodeFailed => Some(Outcome::NodeFailure),
        TaskFate::OutOfMemory => Some(Outcome::OutOfMemory),
        TaskFate::GoesOn | TaskFate::Over | TaskFate::Unknown => None,
    }
}

/// Describes the outcome of an attempt that ended with its task.
pub(crate) fn describe_end_with_task(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Preempted => "preempted: SLURM took its task's node, and starts it again",
        Outcome::Cancelled => "its task was cancelled, or its worker stopped",
        Outcome::TimedOut => "time limit of its task",
        Outcome::NodeFailure => "its node failed",
        Outcome::OutOfMemory => "memory limit of its task",
        Outcome::Open => "it ended as its task was being ended, and SLURM has not said why",
        Outcome::Done | Outcome::Failed | Outcome::Lost => "its task ended",
    }
}

/// Records the outcome of an attempt that was left open; the rest of its record stays as it was.
///
/// # Errors
///
/// When the line cannot be written.
pub(crate) fn record_settled(
    dir: &SweepDir,
    job: JobId,
    open: &AttemptEnd,
    outcome: Outcome,
) -> Result<(), FsError> {
    let reason = describe_end_with_task(outcome).to_owned();
    let event = AttemptEvent::End(AttemptEnd { outcome, reason, ..open.clone() });
    append_event(&dir.attempts(job), &event, true)
}
