//! Tells programs which of the workers that run at once theirs is.

/// The rank of a worker among those that one launch, or one task, runs at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WorkerRank {
    /// From 0.
    pub(crate) rank: usize,
    /// The number of workers.
    pub(crate) of: usize,
}

impl WorkerRank {
    /// Returns the variables of the worker's environment, which its programs inherit.
    pub(crate) fn variables(self) -> [(&'static str, String); 2] {
        [("SWEEP_RANK", self.rank.to_string()), ("SWEEP_WORKERS", self.of.to_string())]
    }
}
