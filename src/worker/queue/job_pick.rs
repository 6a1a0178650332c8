//! A job that a queue offers to its worker (pure).

use sweep_config::JobId;

use crate::worker::policy::retry::RetryRank;

/// A job to try, unless its turn is later than this rank by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::worker) struct JobPick {
    pub(in crate::worker) job: JobId,
    pub(in crate::worker) rank: RetryRank,
    /// True if this worker's task had the job before SLURM started the task again.
    pub(in crate::worker) former: bool,
    pub(super) from: PickSource,
}

/// The place where a queue found a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PickSource {
    /// The worker was told to begin with it.
    Told,
    /// Nobody has begun it, by a listing.
    Unbegun,
    /// A journal, which had this number of lines.
    Journal(usize),
}

impl JobPick {
    /// Returns true if and only if another node is to try the job, and nothing else is to do here: such
    /// jobs come last.
    pub(in crate::worker) fn is_for_another_node(&self) -> bool {
        matches!(self.from, PickSource::Journal(_)) && self.rank.is_for_another_node()
    }

    pub(super) fn told(job: JobId, rank: RetryRank) -> Self {
        Self { job, rank, former: false, from: PickSource::Told }
    }
}
