//! Schedules when a program is warned and asked to end before the time limit of its task (pure).

use std::time::{Duration, Instant};

use rustix::process::Signal;

/// The time that a program which was asked to end may take, for example to save a checkpoint.
pub(in crate::worker) const GRACE: Duration = Duration::from_secs(10);

/// The time that a program may take where SLURM ends the task. SLURM kills what is left after
/// `KillWait`, 30 s unless the cluster is configured for less, and by then everything must be
/// recorded.
pub(in crate::worker) const GRACE_IN_A_TASK: Duration = Duration::from_secs(8);

/// The time before the end of its task at which a program is asked to end: its grace period, and
/// the time that it takes to record the end.
const STOP_MARGIN: Duration = Duration::from_secs(15);

/// The time by which SLURM's warning may come too early: SLURM looks once a minute.
const EARLY_WARNING: Duration = Duration::from_secs(65);

/// The end of a task, and how a program that listens is warned.
#[derive(Debug, Clone, Copy)]
pub(in crate::worker) struct TaskDeadline {
    /// The time by which everything must be recorded.
    pub(in crate::worker) ends: Instant,
    /// The time before the end at which a program is warned.
    pub(in crate::worker) warn_before: Duration,
    /// The signal; none where the user wants no warning.
    pub(in crate::worker) signal: Option<Signal>,
}

/// The times at which one program is warned and asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::worker) struct StopSchedule {
    pub(in crate::worker) warn_at: Option<Instant>,
    pub(in crate::worker) stop_at: Instant,
    /// The time that the program may take to end after that.
    pub(in crate::worker) grace: Duration,
}

impl TaskDeadline {
    /// Returns the schedule of a program that starts now. Where little time is left, the warning
    /// does not come before half of it is over, and the program is not asked to end before three
    /// quarters are.
    pub(in crate::worker) fn schedule(&self, now: Instant) -> StopSchedule {
        let left = self.ends.saturating_duration_since(now);
        let margin = STOP_MARGIN.min(left / 4);
        let warn_at = now + left.saturating_sub(self.warn_before.max(margin).min(left / 2));
        StopSchedule {
            warn_at: self.signal.map(|_| warn_at),
            stop_at: now + left.saturating_sub(margin),
            grace: margin * 2 / 3,
        }
    }

    /// Returns true if SIGTERM or SIGINT is probably the warning that the user wants and not the
    /// end of the task: it is the same signal, and it comes at the time of the warning.
    pub(in crate::worker) fn may_be_warning(&self, now: Instant) -> bool {
        let is_the_same = matches!(self.signal, Some(Signal::TERM | Signal::INT));
        is_the_same && self.ends.saturating_duration_since(now) <= self.warn_before + EARLY_WARNING
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(left: u64, before: u64) -> (u64, u64, u128) {
        let now = Instant::now();
        let ends = now + Duration::from_secs(left);
        let warn_before = Duration::from_secs(before);
        let schedule = TaskDeadline { ends, warn_before, signal: Some(Signal::USR1) }.schedule(now);
        let from_now = |at: Instant| (at - now).as_secs();
        (
            from_now(schedule.warn_at.unwrap()),
            from_now(schedule.stop_at),
            schedule.grace.as_millis(),
        )
    }

    #[test]
    fn a_program_is_warned_then_asked_to_end_and_then_its_end_is_recorded() {
        assert_eq!(schedule(3600, 300), (3300, 3585, 10_000));
        assert_eq!(schedule(3600, 1), (3585, 3585, 10_000), "not after it was asked to end");
    }

    #[test]
    fn where_little_time_is_left_everything_comes_later() {
        assert_eq!(schedule(40, 300), (20, 30, 6666));
        assert_eq!(schedule(0, 300), (0, 0, 0));
    }

    #[test]
    fn sigterm_warns_only_where_it_is_the_warning_and_near_the_end() {
        let now = Instant::now();
        let is = |signal, left| {
            let ends = now + Duration::from_secs(left);
            let warn_before = Duration::from_mins(5);
            TaskDeadline { ends, warn_before, signal }.may_be_warning(now)
        };
        assert!(is(Some(Signal::TERM), 360));
        assert!(!is(Some(Signal::TERM), 400));
        assert!(!is(Some(Signal::USR1), 100));
        assert!(!is(None, 100));
    }
}
