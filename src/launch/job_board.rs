//! The progress of a launch, from the events of its workers (pure).

use std::collections::{BTreeMap, BTreeSet};

use sweep_config::records::Outcome;

use crate::runtime::WorkerEvent;

/// The jobs of a launch as its workers have told of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct JobBoard {
    running: BTreeMap<u32, u32>,
    done: BTreeSet<u32>,
    failed: BTreeSet<u32>,
}

impl JobBoard {
    /// Takes note of an event.
    pub(super) fn record(&mut self, event: &WorkerEvent) {
        match event {
            WorkerEvent::Started { job, attempt } => {
                self.failed.remove(job);
                self.running.insert(*job, *attempt);
            }
            WorkerEvent::Ended { job, attempt, outcome, .. } => {
                // An attempt that another worker took over ends later than its successor starts.
                if self.running.get(job) == Some(attempt) {
                    self.running.remove(job);
                }
                match outcome {
                    Outcome::Done => {
                        self.done.insert(*job);
                    }
                    Outcome::Cancelled => {}
                    _ => {
                        self.failed.insert(*job);
                    }
                }
            }
        }
    }

    /// Jobs that are done.
    pub(super) fn done(&self) -> usize {
        self.done.len()
    }

    /// Jobs whose program runs, as far as is known: those of a worker that was killed count until
    /// another one takes them over.
    pub(super) fn running(&self) -> usize {
        self.running.len()
    }

    /// Jobs whose last attempt failed.
    pub(super) fn failed(&self) -> usize {
        self.failed.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(job: u32, attempt: u32) -> WorkerEvent {
        WorkerEvent::Started { job, attempt }
    }

    fn ended(job: u32, attempt: u32, outcome: Outcome) -> WorkerEvent {
        WorkerEvent::Ended { job, attempt, outcome, seconds: 0.0, reason: String::new() }
    }

    #[test]
    fn a_job_counts_once_however_often_it_is_tried() {
        let mut board = JobBoard::default();
        board.record(&started(3, 1));
        board.record(&ended(3, 1, Outcome::Failed));
        assert_eq!((board.running(), board.failed(), board.done()), (0, 1, 0));
        board.record(&started(3, 2));
        assert_eq!((board.running(), board.failed(), board.done()), (1, 0, 0));
        board.record(&ended(3, 2, Outcome::Done));
        assert_eq!((board.running(), board.failed(), board.done()), (0, 0, 1));
    }
}
