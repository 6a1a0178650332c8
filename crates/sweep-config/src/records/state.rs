//! The state of a job.

use super::attempt::Outcome;

/// The state of a job.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JobState {
    /// No worker has it.
    Waiting,
    /// SLURM has it and has not started it.
    Queued,
    /// A living worker runs it.
    Running,
    /// The job is done.
    Done,
    /// Its last attempt failed.
    Failed,
    /// The time limit ended its last attempt.
    TimedOut,
    /// The memory limit ended its last attempt.
    OutOfMemory,
    /// The node of its last attempt failed.
    NodeFailure,
    /// The user cancelled it.
    Cancelled,
    /// Its worker died without recording how the program ended.
    Lost,
    /// A state of SLURM's that the toolkit does not know, as SLURM spells it.
    Other(String),
}

impl From<Outcome> for JobState {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::Done,
            Outcome::Failed => Self::Failed,
            Outcome::TimedOut => Self::TimedOut,
            Outcome::OutOfMemory => Self::OutOfMemory,
            Outcome::NodeFailure => Self::NodeFailure,
            Outcome::Cancelled => Self::Cancelled,
            // It was not the job's turn any more, and nothing ended.
            Outcome::Preempted | Outcome::Open => Self::Waiting,
            Outcome::Lost => Self::Lost,
        }
    }
}

impl JobState {
    /// The states that the toolkit knows.
    pub const NAMED: [Self; 10] = [
        Self::Waiting,
        Self::Queued,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::TimedOut,
        Self::OutOfMemory,
        Self::NodeFailure,
        Self::Cancelled,
        Self::Lost,
    ];

    /// The state of an imported job whose program was ended early, since it promised nothing.
    pub const PRUNED: &str = "pruned";

    /// True if the job was ended early, since it promised nothing.
    #[must_use]
    pub fn is_pruned(&self) -> bool {
        matches!(self, Self::Other(word) if word == Self::PRUNED)
    }

    /// Returns the state's name as files and tables have it: `done`, `timed out`, …
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Waiting => "waiting",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::TimedOut => "timed out",
            Self::OutOfMemory => "out of memory",
            Self::NodeFailure => "node failure",
            Self::Cancelled => "cancelled",
            Self::Lost => "lost",
            Self::Other(word) => word,
        }
    }

    /// True if the state needs attention.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        let is_fine = matches!(
            self,
            Self::Waiting | Self::Queued | Self::Running | Self::Done | Self::Cancelled
        );
        !is_fine && !self.is_pruned()
    }

    /// Returns the state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self::NAMED
            .into_iter()
            .find(|state| state.name() == name)
            .unwrap_or_else(|| Self::Other(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_found_by_its_name_and_a_foreign_one_is_kept() {
        for name in ["waiting", "done", "timed out", "out of memory", "lost", "SPECIAL_EXIT"] {
            assert_eq!(JobState::from_name(name).name(), name);
        }
        assert_eq!(JobState::from_name("done"), JobState::Done);
        assert_eq!(JobState::from_name("BOOT_FAIL"), JobState::Other("BOOT_FAIL".into()));
    }
}
