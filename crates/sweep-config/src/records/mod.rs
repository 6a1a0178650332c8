//! The records that the stages leave for each other beside the configs: plain JSON for any tool.
//!
//! Readers ignore fields they do not know, so that an older tool reads what a newer one wrote.

mod attempt;
mod code;
mod setup;
mod state;
mod submission;

pub use attempt::{
    Attempt, AttemptEnd, AttemptEvent, AttemptStart, Outcome, PermanentCause, append_event,
    decisive_attempt, is_done, read_attempts,
};
pub use code::{CodeRecord, GitRecord};
pub use setup::{ReplicateRecord, ReusedSweep, RoundRecord, SetupExtension, SetupRecord};
pub use state::JobState;
pub use submission::{AcceptedArray, JobArray, SubmissionRecord, SubmissionStop};

/// The version of every record below; raised when an old reader would misunderstand a new file.
pub const FORMAT_VERSION: u32 = 1;
