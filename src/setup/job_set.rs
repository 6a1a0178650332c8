//! Jobs that are to be written, and their numbers.

use sweep_config::{JobId, Sweep};

use super::candidate::Candidate;
use super::param_list::ParamList;

/// Consecutive jobs of a sweep that are to be written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JobSet<'a> {
    pub(crate) sweep: &'a Sweep,
    pub(crate) params: &'a ParamList,
    pub(crate) jobs: &'a [Candidate],
    /// The number of the first job.
    pub(crate) first: usize,
}

/// Returns the id of the job of that number.
pub(crate) fn job_id(number: usize) -> JobId {
    JobId(u32::try_from(number).expect("fewer than 2^32 configs"))
}
