//! Has a worker go on beyond its quota where the other tasks of its launch do not suffice.

use std::time::Instant;

use super::tuning::SweepTuning;
use super::work::Worker;
use crate::app::{Failure, count};

impl Worker<'_> {
    /// Returns true if the worker, whose quota is used up, takes another job because the other tasks of its launch
    /// do not suffice for what is left: some were killed, or ended before their worker started.
    pub(super) fn stands_in(&mut self) -> Result<bool, Failure> {
        let Self { runner, queue, node, tuning, .. } = self;
        let Some(stand_in) = self.stand_in.as_mut().filter(|_| !runner.inbox.told_to_stop()) else {
            return Ok(false);
        };
        let now = Instant::now();
        if stand_in.is_due(now) {
            let Some(others) = runner.cluster.other_tasks() else { return Ok(false) };
            let patience = &runner.patience;
            let out = patience.insist(None, || node.note_silent(&others))?;
            let left = patience.insist(None, || queue.count_left(others.waiting == 0))?;
            let tuning = tuning.as_ref();
            let to_come = || tuning.map_or(Ok(0), SweepTuning::jobs_to_come);
            let left = left.saturating_add(patience.insist(None, to_come)?);
            let went_on = stand_in.goes_on();
            stand_in.decide(now, left, &others);
            if stand_in.goes_on() && !went_on {
                runner.reporter.note(format_args!(
                    "continuing beyond JOBS_PER_TASK: {} left, and too few tasks for them",
                    count(left, "job")
                ));
            }
            runner.reporter.left_out(out, "its tasks end before their worker starts");
        }
        let goes_on = stand_in.goes_on();
        if goes_on {
            self.budget.note_taken_over();
        }
        Ok(goes_on)
    }
}
