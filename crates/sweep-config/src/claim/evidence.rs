//! SLURM's answer about the tasks that hold claims.

use std::collections::{BTreeMap, BTreeSet};

use super::holder::TaskRun;
use super::judgement::{ClusterSign, QueueWord};

/// Everything that SLURM has said of the tasks of a sweep; nothing if it was not asked.
///
/// Arrays that were submitted after SLURM was asked are unknown to it: no claim of theirs is judged by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SlurmEvidence {
    /// By the array's number and the submission.
    arrays: BTreeMap<(u64, String), ArrayEvidence>,
    /// The tasks that the queue has, and whether they have their nodes.
    tasks: BTreeMap<String, QueueWord>,
    /// The tasks that sacct says are over.
    ended: BTreeSet<String>,
    /// True if SLURM is there and was not asked yet.
    is_unasked: bool,
    /// The run of the task that asks: none of its former runs goes on.
    restarted: Option<TaskRun>,
}

/// The meaning of the absence of a task from an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ArrayEvidence {
    cluster: ClusterSign,
    /// True if the answer had all tasks of the array that there are.
    whole: bool,
}

impl SlurmEvidence {
    /// Returns no evidence: only process tables and heartbeats decide.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Returns the evidence before SLURM is asked: it may know every task.
    #[must_use]
    pub(super) fn unasked() -> Self {
        Self { is_unasked: true, ..Self::default() }
    }

    /// Adds an array of a submission (`000001`) that SLURM was asked for; `whole` if the answer had all of its tasks
    /// that there are. Two clusters may give one number to the arrays of two submissions.
    pub fn add_array(&mut self, submission: &str, array: u64, cluster: ClusterSign, whole: bool) {
        self.arrays.insert((array, submission.to_owned()), ArrayEvidence { cluster, whole });
    }

    /// Adds a task (`123_4`) that the queue has: [`QueueWord::Active`] or [`QueueWord::Waits`].
    pub fn add_task(&mut self, task: String, word: QueueWord) {
        self.tasks.insert(task, word);
    }

    /// Adds a task that is over, by SLURM's accounting.
    pub fn add_end(&mut self, task: String) {
        self.ended.insert(task);
    }

    /// Adds that this process runs in a task, so that no other run of that task goes on.
    #[must_use]
    pub fn of_task(mut self, run: Option<TaskRun>) -> Self {
        self.restarted = run;
        self
    }

    /// True if and only if this task (`123_4`) of a submission was asked for on its cluster, and is gone or over.
    #[must_use]
    pub fn is_gone(&self, submission: &str, task: &str) -> bool {
        let submission = Some(submission.to_owned());
        let run = TaskRun { task: task.to_owned(), restarts: None, submission };
        let (queue, cluster, ended) = self.words_on(&run);
        let is_silent = matches!(queue, QueueWord::Silent | QueueWord::Absent);
        let gone = queue == QueueWord::Lacks || (is_silent && ended);
        gone && cluster != ClusterSign::Another
    }

    /// Returns the queue's word on the task of a run, whose word it is, and whether sacct says that it is over.
    pub(super) fn words_on(&self, run: &TaskRun) -> (QueueWord, ClusterSign, bool) {
        let task = run.task.as_str();
        if let Some(ours) = self.restarted.as_ref().filter(|ours| ours.is_of_task(run)) {
            let word = if ours.is_after(run) { QueueWord::Restarted } else { QueueWord::Lacks };
            return (word, ClusterSign::Ours, false);
        }
        let ended = self.ended.contains(task);
        let Some(asked) = self.array_of(run) else {
            let word = if self.is_unasked { QueueWord::Silent } else { QueueWord::Absent };
            return (word, ClusterSign::Unknown, ended);
        };
        let absent = if asked.whole { QueueWord::Lacks } else { QueueWord::Silent };
        (self.tasks.get(task).copied().unwrap_or(absent), asked.cluster, ended)
    }

    /// Returns the evidence about the array of a run. Where the submission is not recorded and several have an array of
    /// that number, the absence of a task says nothing.
    fn array_of(&self, run: &TaskRun) -> Option<ArrayEvidence> {
        let array: u64 = run.task.split('_').next()?.parse().ok()?;
        if let Some(submission) = &run.submission {
            return self.arrays.get(&(array, submission.clone())).copied();
        }
        let from = (array, String::new());
        let mut known = self.arrays.range(from..).take_while(|((number, _), _)| *number == array);
        let (_, first) = known.next()?;
        let unclear = ArrayEvidence { cluster: ClusterSign::Unknown, whole: false };
        Some(if known.all(|(_, other)| other == first) { *first } else { unclear })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(cluster: ClusterSign, whole: bool) -> SlurmEvidence {
        let mut evidence = SlurmEvidence::none();
        evidence.add_array("000001", 7, cluster, whole);
        evidence.add_task("7_1".to_owned(), QueueWord::Active);
        evidence
    }

    #[test]
    fn only_a_task_that_was_asked_for_can_be_gone() {
        let evidence = asked(ClusterSign::Ours, true);
        assert!(evidence.is_gone("000001", "7_2"));
        assert!(!evidence.is_gone("000001", "7_1"));
        assert!(!evidence.is_gone("000002", "8_1"), "a later launch");
        assert!(!SlurmEvidence::none().is_gone("000001", "7_2"));
    }

    #[test]
    fn half_an_answer_and_that_of_another_cluster_show_no_task_gone() {
        assert!(!asked(ClusterSign::Ours, false).is_gone("000001", "7_2"));
        assert!(!asked(ClusterSign::Another, true).is_gone("000001", "7_2"));
    }

    #[test]
    fn of_two_clusters_arrays_of_one_number_each_is_judged_by_its_own_queue() {
        let mut both = asked(ClusterSign::Ours, true);
        both.add_array("000002", 7, ClusterSign::Another, true);
        assert!(both.is_gone("000001", "7_2") && !both.is_gone("000002", "7_2"));
        let unrecorded = TaskRun { task: "7_2".to_owned(), restarts: None, submission: None };
        let unclear = (QueueWord::Silent, ClusterSign::Unknown, false);
        assert_eq!(both.words_on(&unrecorded), unclear, "an older version's claim");
        let ours = TaskRun { submission: Some("000001".to_owned()), ..unrecorded.clone() };
        let theirs = TaskRun { submission: Some("000002".to_owned()), ..unrecorded };
        let both = both.of_task(Some(ours));
        assert_eq!(both.words_on(&theirs).1, ClusterSign::Another, "not a run of our task");
    }

    #[test]
    fn the_former_run_of_our_own_task_is_over() {
        let run = |restarts| TaskRun { task: "7_1".to_owned(), restarts, submission: None };
        let evidence = asked(ClusterSign::Ours, true).of_task(Some(run(Some(2))));
        let word = |restarts| evidence.words_on(&run(restarts)).0;
        assert_eq!(word(Some(1)), QueueWord::Restarted);
        assert_eq!(word(Some(2)), QueueWord::Lacks, "another slot of this run");
        assert_eq!(word(None), QueueWord::Lacks, "an older version's claim");
    }
}
