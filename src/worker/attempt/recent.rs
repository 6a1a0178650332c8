//! Keeps the attempts of this worker that ended moments ago: should its task turn out to have been ending
//! then, they are judged again.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use sweep_config::JobId;
use sweep_config::records::Outcome;

use super::settlement::MOMENTS;
use super::verdict::AttemptVerdict;

/// An attempt whose end is recorded.
#[derive(Debug, Clone)]
pub(in crate::worker) struct RecentEnd {
    pub(in crate::worker) job: JobId,
    pub(in crate::worker) attempt: u32,
    /// The token of its claim, which all its processes bear.
    pub(in crate::worker) token: String,
    /// The moment of the program's end.
    pub(in crate::worker) at: Instant,
    pub(in crate::worker) elapsed: Duration,
    /// The verdict as it was recorded.
    pub(in crate::worker) verdict: AttemptVerdict,
}

impl RecentEnd {
    /// Returns true if and only if its record is open.
    pub(in crate::worker) fn is_open(&self) -> bool {
        self.verdict.outcome == Outcome::Open
    }
}

/// The attempts that ended moments ago, the oldest first.
#[derive(Debug, Default)]
pub(in crate::worker) struct RecentEnds {
    ends: RefCell<Vec<RecentEnd>>,
}

impl RecentEnds {
    /// Adds an attempt that has ended.
    pub(in crate::worker) fn note(&self, end: RecentEnd) {
        self.ends.borrow_mut().push(end);
    }

    /// Forgets the attempts that had ended long enough before a moment at which nobody had told the worker
    /// to stop.
    pub(in crate::worker) fn forget_before(&self, quiet: Instant) {
        self.ends.borrow_mut().retain(|end| quiet.saturating_duration_since(end.at) <= MOMENTS);
    }

    /// Takes all of them.
    pub(in crate::worker) fn take(&self) -> Vec<RecentEnd> {
        self.ends.take()
    }
}
