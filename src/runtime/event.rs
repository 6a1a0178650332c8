//! What `sweep_worker --json` prints: one line of JSON an event.

use serde::{Deserialize, Serialize};
use sweep_config::records::Outcome;

/// What a worker did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It starts a job's program.
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
        /// How.
        outcome: Outcome,
        /// Wall time in seconds.
        seconds: f64,
        /// Why; empty when it is done.
        reason: String,
    },
}
