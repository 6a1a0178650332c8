//! Settles attempts that their worker left open: their task was being ended, and SLURM had not said why.

use sweep_config::fs::FsError;
use sweep_config::records::{AttemptEnd, AttemptEvent, Outcome, append_event};
use sweep_config::{JobId, SweepDir};

use crate::slurm::{Slurm, TaskFate, WantedRun};

/// The most open attempts for which one command asks SLURM; the others stay open, and their jobs run again.
pub(crate) const MOST_ASKED: u32 = 50;

/// Returns what SLURM makes of an open attempt in a run: its accounting, or where there is none its controller while
/// that remembers the task. None where nobody knows, the task's end is still to come, or another cluster has it.
pub(crate) fn outcome_of_open(
    slurm: &Slurm,
    run: &WantedRun,
    open: &AttemptEnd,
) -> Option<Outcome> {
    let fate = match slurm.fate_of_run(run) {
        TaskFate::Unknown => {
            slurm.job_of(run).map_or(TaskFate::Unknown, |job| job.fate(run.restarts))
        }
        fate => fate,
    };
    outcome_of_end(fate, open)
}

/// Returns the outcome of an open attempt whose task came to this end; none where that is still to come.
pub(crate) fn outcome_of_end(fate: TaskFate, open: &AttemptEnd) -> Option<Outcome> {
    let has_status = open.exit_code.is_some() || open.signal.is_some();
    match fate {
        // Its worker saw the program's end, and left when somebody who is not SLURM told it to.
        TaskFate::Over if has_status => Some(Outcome::Cancelled),
        TaskFate::Over => Some(Outcome::Lost),
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
        Outcome::Preempted => "preempted: SLURM took its node and will restart it",
        Outcome::Cancelled => "its task was cancelled, or its worker stopped",
        Outcome::TimedOut => "time limit of its task",
        Outcome::NodeFailure => "its node failed",
        Outcome::OutOfMemory => "memory limit of its task",
        Outcome::Open => "it ended together with its task, and SLURM has not said why",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_that_just_ended_cancelled_only_what_its_worker_saw_the_end_of() {
        let open = |status| AttemptEnd {
            attempt: 1,
            ended: String::new(),
            seconds: 1.0,
            outcome: Outcome::Open,
            exit_code: status,
            signal: None,
            reason: String::new(),
            cause: None,
            progress: None,
        };
        let outcome = |fate, status| outcome_of_end(fate, &open(status));
        assert_eq!(outcome(TaskFate::Over, Some(0)), Some(Outcome::Cancelled));
        assert_eq!(outcome(TaskFate::Over, None), Some(Outcome::Lost));
        assert_eq!(outcome(TaskFate::GoesOn, Some(0)), None);
    }
}
