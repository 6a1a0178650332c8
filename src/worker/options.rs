//! Holds the options that a worker was called with.

use sweep_config::{JobId, SubmissionId};

/// The options that a worker was called with.
#[derive(Debug, Clone, Copy, Default)]
pub struct WorkerOptions {
    /// The submission that it works for, which gives it its jobs and their retries.
    pub submission: Option<SubmissionId>,
    /// The number of the job array of that submission of which it is a task.
    pub array: Option<u32>,
    /// The job that it is to begin with.
    pub prefer: Option<JobId>,
    /// Its slot in the task, where the task runs several jobs side by side.
    pub slot: Option<u32>,
    /// The process that it must not outlive.
    pub parent: Option<u32>,
    /// Print events as JSON lines on stdout instead of notes on stderr.
    pub json: bool,
}
