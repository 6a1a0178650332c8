//! Identifies a worker in the journals, so that it tells its own attempts from others (pure).

use sweep_config::claim::ClaimHolder;
use sweep_config::records::AttemptStart;

/// The identity that a worker writes into the start of each of its attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WorkerIdentity {
    /// The submission, e.g. `000001`; empty for a worker that was started by hand.
    pub(super) submission: String,
    /// The host of this worker.
    pub(super) host: String,
    /// The process id of this worker.
    pub(super) pid: u32,
    /// The SLURM task of this worker, `123_4`.
    pub(super) slurm_task: Option<String>,
}

impl WorkerIdentity {
    /// Returns true if an attempt counts for the retries of this worker's jobs: a worker of the same
    /// submission made it, or this worker itself where it was started by hand.
    pub(super) fn counts(&self, start: &AttemptStart) -> bool {
        start.submission == self.submission
            && (!self.submission.is_empty() || (start.pid == self.pid && start.host == self.host))
    }

    /// Returns true if an attempt whose worker is dead has lost its node, as far as the journal shows:
    /// it was on another host, or SLURM has started its task again.
    pub(super) fn shows_lost_node(&self, start: &AttemptStart) -> bool {
        start.host != self.host || self.is_of_our_task(start)
    }

    /// Returns true if and only if an attempt was made in a run of this worker's task. Two clusters may give tasks one
    /// number, but not in one submission.
    pub(super) fn is_of_our_task(&self, start: &AttemptStart) -> bool {
        start.slurm.is_some()
            && start.slurm == self.slurm_task
            && start.submission == self.submission
    }

    /// Returns true if and only if this worker's task held the claim before SLURM started it again.
    pub(super) fn had(&self, holder: &ClaimHolder) -> bool {
        let is_ours = holder.submission.as_ref().is_none_or(|it| *it == self.submission);
        let is_of_our_task = holder.slurm.is_some() && holder.slurm == self.slurm_task && is_ours;
        is_of_our_task && !holder.shares_our_processes()
    }
}
