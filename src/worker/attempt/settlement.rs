//! Judges an attempt that ended near the end of its task (pure): the one place that has the rule.
//!
//! SLURM tells every process of a task to end, one after the other. A shell whose child it has told exits
//! with 0 (`sleep 60; :`), and so does a program that saves its work; the worker may hear of it first or last. So
//! neither the exit code nor the order of arrival decides, but what became of the task.

use std::time::Duration;

use sweep_config::records::Outcome;

use crate::ledger::outcome_of;
use crate::slurm::TaskFate;

/// The time after a program's end within which a SIGTERM to the worker may be the one that ended the
/// program. The signals of one task are sent within some hundredths of a second; on a machine with a hundred
/// runnable processes a core it takes up to half a second until the sender has had its turn.
pub(in crate::worker) const MOMENTS: Duration = Duration::from_secs(2);

/// The moment at which the worker was told to stop, beside the end of its program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::worker) enum StopMoment {
    /// It was not.
    Never,
    /// The program still ran.
    Before,
    /// The program had ended so long before.
    After(Duration),
}

/// The judgement on an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::worker) enum EndJudgement {
    /// The program ended by itself: its exit code counts.
    Stands,
    /// Its task ended it, with this outcome.
    Settled(Outcome),
    /// Its task may have ended it, and nobody says yet what becomes of the task.
    Open,
}

/// Returns the judgement on a program that ended, whatever its exit code. `fate`: what SLURM says of the task,
/// asked after that.
pub(in crate::worker) fn judge(stop: StopMoment, fate: TaskFate) -> EndJudgement {
    let was_told = match stop {
        StopMoment::Never => false,
        StopMoment::Before => true,
        StopMoment::After(time) if time <= MOMENTS => true,
        StopMoment::After(_) => return EndJudgement::Stands,
    };
    match fate {
        // Told by somebody else, or by a machine that shuts down: SLURM does not know yet.
        TaskFate::GoesOn | TaskFate::Over | TaskFate::Unknown if was_told => EndJudgement::Open,
        TaskFate::GoesOn | TaskFate::Over | TaskFate::Unknown => EndJudgement::Stands,
        ended => outcome_of(ended).map_or(EndJudgement::Open, EndJudgement::Settled),
    }
}

/// Signs, beside SLURM's accounts, of how the task ended whose worker left no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::worker) struct EndSigns {
    /// Its node has started anew since.
    pub(in crate::worker) rebooted: bool,
    /// SLURM has started its task again since.
    pub(in crate::worker) restarted: bool,
}

/// Returns the outcome of an attempt whose worker left no record, by SLURM's word on its run; none where nothing tells.
///
/// Signs count only where SLURM keeps no accounts: a task may be preempted or cancelled on a node that is off, before
/// SLURM misses it, and a node that fails has its task started again, too.
pub(in crate::worker) fn end_without_record(fate: TaskFate, signs: EndSigns) -> Option<Outcome> {
    match fate {
        TaskFate::Unknown if signs.rebooted => Some(Outcome::NodeFailure),
        TaskFate::Unknown if signs.restarted => Some(Outcome::Preempted),
        // The accounts do not have its end yet.
        TaskFate::GoesOn => Some(Outcome::Open),
        fate => outcome_of(fate),
    }
}

#[cfg(test)]
mod tests {
    use super::EndJudgement::{Open, Settled, Stands};
    use super::*;

    /// A row: SLURM's word, the judgement if the worker was never told to stop, and if it was told before the
    /// program's end or within moments of it.
    const TABLE: [(TaskFate, EndJudgement, EndJudgement); 10] = [
        (TaskFate::GoesOn, Stands, Open),
        (TaskFate::Over, Stands, Open),
        (TaskFate::Unknown, Stands, Open),
        (TaskFate::Yields, Settled(Outcome::Preempted), Settled(Outcome::Preempted)),
        (TaskFate::StartsAgain, Settled(Outcome::Preempted), Settled(Outcome::Preempted)),
        (TaskFate::Preempted, Settled(Outcome::Preempted), Settled(Outcome::Preempted)),
        (TaskFate::Cancelled, Settled(Outcome::Cancelled), Settled(Outcome::Cancelled)),
        (TaskFate::TimedOut, Settled(Outcome::TimedOut), Settled(Outcome::TimedOut)),
        (TaskFate::NodeFailed, Settled(Outcome::NodeFailure), Settled(Outcome::NodeFailure)),
        (TaskFate::OutOfMemory, Settled(Outcome::OutOfMemory), Settled(Outcome::OutOfMemory)),
    ];

    #[test]
    fn every_combination_of_signs_has_its_judgement() {
        for (fate, never, told) in TABLE {
            assert_eq!(judge(StopMoment::Never, fate), never, "{fate:?}");
            for stop in
                [StopMoment::Before, StopMoment::After(Duration::ZERO), StopMoment::After(MOMENTS)]
            {
                assert_eq!(judge(stop, fate), told, "{stop:?} {fate:?}");
            }
            let late = StopMoment::After(MOMENTS + Duration::from_millis(1));
            assert_eq!(judge(late, fate), Stands, "{fate:?}: it had ended before");
        }
    }

    #[test]
    fn of_a_run_without_a_record_the_accounts_decide_before_any_other_sign() {
        let signs = |rebooted, restarted| EndSigns { rebooted, restarted };
        for signs in
            [signs(false, false), signs(true, false), signs(false, true), signs(true, true)]
        {
            for (fate, ..) in TABLE {
                let expected = match fate {
                    TaskFate::Unknown if signs.rebooted => Some(Outcome::NodeFailure),
                    TaskFate::Unknown if signs.restarted => Some(Outcome::Preempted),
                    TaskFate::GoesOn => Some(Outcome::Open),
                    TaskFate::Over | TaskFate::Unknown => None,
                    accounted => match judge(StopMoment::Before, accounted) {
                        Settled(outcome) => Some(outcome),
                        judgement => panic!("{judgement:?}"),
                    },
                };
                assert_eq!(end_without_record(fate, signs), expected, "{fate:?} {signs:?}");
            }
        }
    }

    #[test]
    fn nothing_that_ends_with_its_task_is_done_or_failed() {
        for (fate, never, told) in TABLE {
            assert_ne!(told, Stands, "{fate:?}");
            assert!(never == Stands || never == told, "{fate:?}");
        }
    }
}
