//! The records that the stages leave for each other beside the configs: plain JSON for any tool.
//!
//! Readers ignore fields they do not know, so that an older tool reads what a newer one wrote; where it would
//! misunderstand that, the format version is higher, and it refuses ([`NewerFormat`]).

mod attempt;
mod code;
mod format;
mod import;
mod origins;
mod prior;
mod result;
mod setup;
mod state;
mod submission;
mod told;

pub use attempt::{
    Attempt, AttemptEnd, AttemptEvent, AttemptStart, ImportedState, Outcome, PermanentCause,
    append_event, decisive_attempt, is_done, read_attempts,
};
pub use code::{CodeRecord, GitRecord};
pub use format::{
    FORMAT_VERSION, NewerFormat, read_record, refuse_newer, refuse_newer_sweep, stamped,
    stamped_line,
};
pub use import::{ImportRecord, OmittedRuns};
pub use origins::JobOrigins;
pub use prior::{
    IndexedPrior, PriorIndex, PriorJob, PriorSnapshot, PriorSweep, PriorUse, PriorWeight,
};
pub use result::ResultLine;
pub use setup::{ReplicateRecord, ReusedSweep, RoundRecord, SetupExtension, SetupRecord};
pub use state::JobState;
pub use submission::{AcceptedArray, JobArray, SubmissionRecord, SubmissionStop};
pub use told::{ToldResult, ToldState};
