//! The word of SLURM that a claimant relies on: given beforehand, or asked for when a claim needs it.

use std::fmt;
use std::time::{Duration, Instant};

use super::{SlurmEvidence, TaskRun};

/// The time for which an answer counts. A task that waited may run by then, and a worker that meets
/// many late claims asks only once.
const ANSWER_LASTS: Duration = Duration::from_secs(20);

/// The source of evidence about other holders.
#[derive(Default)]
pub(super) struct TaskWitness {
    evidence: SlurmEvidence,
    /// The run of a task that this process belongs to.
    run: Option<TaskRun>,
    ask: Option<Box<dyn Fn() -> SlurmEvidence>>,
    asked: Option<Instant>,
}

impl TaskWitness {
    /// Sets the run of a task that this process belongs to: the former ones are over.
    pub(super) fn set_run(&mut self, run: Option<TaskRun>) {
        self.run = run;
        self.set_evidence(self.evidence.clone());
    }

    /// Sets what is known.
    pub(super) fn set_evidence(&mut self, evidence: SlurmEvidence) {
        self.evidence = evidence.of_task(self.run.clone());
    }

    /// Sets who is asked.
    pub(super) fn set_source(&mut self, ask: impl Fn() -> SlurmEvidence + 'static) {
        self.ask = Some(Box::new(ask));
        self.set_evidence(SlurmEvidence::unasked());
    }

    /// Returns what is known and still counts.
    pub(super) fn known(&mut self) -> &SlurmEvidence {
        if self.asked.is_some_and(|at| at.elapsed() >= ANSWER_LASTS) {
            self.asked = None;
            self.set_evidence(SlurmEvidence::unasked());
        }
        &self.evidence
    }

    /// Asks; returns false if there is nobody to ask, or the last answer still counts.
    pub(super) fn ask(&mut self) -> bool {
        let recently = self.asked.is_some_and(|at| at.elapsed() < ANSWER_LASTS);
        let Some(ask) = self.ask.as_ref().filter(|_| !recently) else { return false };
        let answer = ask();
        self.set_evidence(answer);
        self.asked = Some(Instant::now());
        true
    }
}

impl fmt::Debug for TaskWitness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskWitness").field("evidence", &self.evidence).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::ClusterSign;

    #[test]
    fn an_answer_is_asked_for_once_and_then_known() {
        let mut witness = TaskWitness::default();
        let (task, submission) = ("9_1".to_owned(), Some("000009".to_owned()));
        witness.set_run(Some(TaskRun { task, restarts: Some(1), submission }));
        let gone = |witness: &mut TaskWitness| {
            let known = witness.known();
            (known.is_gone("000007", "7_1"), known.is_gone("000009", "9_1"))
        };
        assert!(!witness.ask(), "nobody to ask");
        witness.set_source(|| {
            let mut evidence = SlurmEvidence::none();
            evidence.add_array("000007", 7, ClusterSign::Ours, true);
            evidence
        });
        assert_eq!(gone(&mut witness), (false, true));
        assert!(witness.ask());
        assert_eq!(gone(&mut witness), (true, true));
        assert!(!witness.ask(), "the answer still counts");
    }
}
