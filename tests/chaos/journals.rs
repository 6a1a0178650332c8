//! What the journal of a job and its program's own log say together.

use std::path::Path;

use crate::program::{JobCharacter, ProgramLog, STEPS};
use crate::study::Study;
use sweep_config::records::{Attempt, JobState, Outcome, decisive_attempt, is_done};

/// A job's journal beside what its program wrote down.
pub struct JobHistory {
    pub job: u32,
    pub character: JobCharacter,
    pub attempts: Vec<Attempt>,
    pub log: ProgramLog,
}

impl JobHistory {
    /// Reads those of all jobs.
    pub fn all(study: &Study<'_>, truth: &Path) -> Vec<Self> {
        let read = |job| Self {
            job,
            character: JobCharacter::of(job),
            attempts: study.attempts(job),
            log: ProgramLog::read(truth, job),
        };
        (0..study.jobs).map(read).collect()
    }

    /// How the attempt that counts ended.
    pub fn outcome(&self) -> Option<Outcome> {
        decisive_attempt(&self.attempts)?.end.as_ref().map(|end| end.outcome)
    }

    /// The state that the journal gives, as `sweep_collect` names it.
    pub fn state(&self) -> String {
        let state = match (self.attempts.is_empty(), self.outcome()) {
            (true, _) => JobState::Waiting,
            (false, None) => JobState::Lost,
            (false, Some(outcome)) => JobState::from(outcome),
        };
        state.name().to_owned()
    }

    /// Whether nothing is left to be run of it.
    pub fn is_settled(&self) -> bool {
        match self.character {
            JobCharacter::Broken => self.outcome().is_some_and(is_failure),
            JobCharacter::Sound | JobCharacter::Counting => is_done(&self.attempts),
        }
    }

    /// Whether it is done or failed, and should be the other.
    pub fn is_wrong(&self) -> bool {
        let should_fail = self.character == JobCharacter::Broken;
        let failed = self.outcome().is_some_and(is_failure);
        is_done(&self.attempts) && should_fail || failed && !should_fail
    }

    /// Whether an attempt counts as done whose program did not come to a good end.
    pub fn is_invented(&self) -> bool {
        let ended_well = |attempt: &Attempt| {
            self.log
                .ends
                .iter()
                .any(|(number, code)| *number == attempt.start.attempt && *code == 0)
        };
        self.attempts.iter().any(|attempt| attempt.is_done() && !ended_well(attempt))
    }

    /// Whether it counts as done before its last step.
    pub fn is_early(&self) -> bool {
        self.character == JobCharacter::Counting
            && is_done(&self.attempts)
            && self.log.last_step < STEPS
    }
}

/// What a program that fails by its own doing comes to.
fn is_failure(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Failed | Outcome::OutOfMemory)
}
