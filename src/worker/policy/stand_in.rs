//! Decides whether a task whose quota is used up goes on, in place of tasks that are gone (pure).
//!
//! A task that was killed, or that ended before its worker started, settles none of its jobs. Those that still
//! live take them, once it shows that the others do not suffice.

use std::time::{Duration, Instant};

use sweep_config::records::JobArray;

use crate::app::num::saturated;
use crate::worker::task::hooks::OtherTasks;

/// The stand-in of one task for others of its submission.
#[derive(Debug, Clone, Copy)]
pub(in crate::worker) struct StandIn {
    /// The number of jobs that a task settles.
    of_task: usize,
    /// The time between two questions. Each task waits for as many seconds as tasks run at once, so that SLURM is
    /// asked about once a second at most, however many there are.
    interval: Duration,
    decided: Instant,
    goes_on: bool,
}

impl StandIn {
    /// Returns the stand-in of a task of this array that begins now; none where tasks have no quota.
    pub(in crate::worker) fn new(array: &JobArray, now: Instant) -> Option<Self> {
        (array.quota > 0).then(|| Self {
            of_task: saturated::<usize>(array.quota) * saturated::<usize>(array.slots.max(1)),
            interval: Duration::from_secs(array.parallel.into()),
            decided: now,
            goes_on: false,
        })
    }

    /// Returns true if and only if it is time to ask SLURM for the other tasks again.
    pub(in crate::worker) fn is_due(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.decided) >= self.interval
    }

    /// Decides by the other tasks and the number of jobs that are neither done nor given up, those that others run
    /// among them: each other task settles as many as its quota allows.
    pub(in crate::worker) fn decide(&mut self, now: Instant, left: usize, others: &OtherTasks) {
        let tasks = others.waiting.saturating_add(others.active);
        self.goes_on = left > tasks.saturating_mul(self.of_task);
        self.decided = now;
    }

    /// Returns the last decision.
    pub(in crate::worker) fn goes_on(&self) -> bool {
        self.goes_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(quota: u32, parallel: u32) -> JobArray {
        JobArray {
            number: 0,
            name: "s".into(),
            partition: String::new(),
            tasks: 9,
            parallel,
            slots: 2,
            quota,
            jobs: vec![(0, 8)],
            canary: false,
        }
    }

    #[test]
    fn a_task_goes_on_only_where_the_others_do_not_suffice() {
        let now = Instant::now();
        let mut stand_in = StandIn::new(&array(3, 1), now).unwrap();
        for (left, waiting, active, goes_on) in [
            (0, 0, 0, false),
            (1, 0, 0, true),
            (6, 1, 0, false),
            (7, 1, 0, true),
            (12, 1, 1, false),
            (13, 1, 1, true),
        ] {
            stand_in.decide(now, left, &OtherTasks { waiting, active, silent: Vec::new() });
            assert_eq!(stand_in.goes_on(), goes_on, "{left} {waiting} {active}");
        }
        assert!(StandIn::new(&array(0, 1), now).is_none(), "it has no quota");
    }

    #[test]
    fn the_more_tasks_run_at_once_the_more_seldom_each_asks() {
        let now = Instant::now();
        let later = |seconds| now + Duration::from_secs(seconds);
        let stand_in = StandIn::new(&array(1, 60), now).unwrap();
        assert!(!stand_in.is_due(later(59)) && stand_in.is_due(later(60)));
    }
}
