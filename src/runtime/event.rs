//! Defines the events that `sweep_worker --json` prints, one line of JSON each.

use serde::{Deserialize, Serialize};
use sweep_config::records::Outcome;

/// An event in the work of a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum WorkerEvent {
    /// The worker starts a job's program.
    Started {
        /// The job's number.
        job: u32,
        /// The attempt's number.
        attempt: u32,
    },
    /// The program ended.
    Ended {
        /// The job's number.
        job: u32,
        /// The attempt's number.
        attempt: u32,
        /// How it ended.
        outcome: Outcome,
        /// The wall time in seconds.
        seconds: f64,
        /// Why it ended so; empty if it is done.
        reason: String,
    },
}
