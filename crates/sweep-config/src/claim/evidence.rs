//! SLURM's answer about the tasks that hold claims.

use std::collections::BTreeSet;

use super::ClaimHolder;

/// The tasks of some arrays that SLURM still had when it was asked; empty if it was not.
///
/// A worker whose task is missing from a whole answer is gone. Of arrays that were not asked for,
/// because they were submitted later, nothing follows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SlurmEvidence {
    arrays: BTreeSet<u64>,
    present: BTreeSet<String>,
}

impl SlurmEvidence {
    /// Returns no evidence: only process tables and heartbeats decide.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Returns the evidence that of these arrays SLURM has these tasks (`123_4`) and no others.
    #[must_use]
    pub fn new(arrays: BTreeSet<u64>, present: BTreeSet<String>) -> Self {
        Self { arrays, present }
    }

    /// True if and only if this task (`123_4`) was asked for and is gone.
    #[must_use]
    pub fn is_gone(&self, task: &str) -> bool {
        let array = task.split('_').next().and_then(|array| array.parse().ok());
        array.is_some_and(|array| self.arrays.contains(&array)) && !self.present.contains(task)
    }

    /// True if and only if the holder ran in a task that is gone.
    pub(super) fn shows_gone(&self, holder: &ClaimHolder) -> bool {
        holder.slurm.as_ref().is_some_and(|task| self.is_gone(task))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_task_that_was_asked_for_can_be_gone() {
        let evidence = SlurmEvidence::new([7].into(), ["7_1".to_owned()].into());
        assert!(evidence.is_gone("7_2"));
        assert!(!evidence.is_gone("7_1"));
        assert!(!evidence.is_gone("8_1"), "a later launch");
        assert!(!SlurmEvidence::none().is_gone("7_2"));
    }
}
