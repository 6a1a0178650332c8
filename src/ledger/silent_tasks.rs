//! Counts the tasks that ended on a node before their worker started: such a node has no sweep directory, or no
//! worker. Nothing in the sweep directory tells of them; SLURM's queue does for some minutes, and its accounting.
//!
//! Who finds such tasks leaves a note for each: an empty file `launches/000001/silent/NODE/TASK`.

use std::collections::{BTreeMap, BTreeSet};

use sweep_config::fs::{self, FsError};
use sweep_config::{SubmissionId, SweepDir};

use super::entry::{LedgerEntry, read_entry};
use super::node_history::NodeHistory;
use super::slurm_accounting::SlurmAccounting;
use crate::app::count;
use crate::slurm::{AccountedTask, QueuedTask, Slurm, TaskState};

/// The number of submissions whose tasks count, the newest ones.
const RECENT: usize = 3;

/// The number of tasks from which on a node is accused.
const ENOUGH: usize = 2;

/// The tasks without a word, of the newest submissions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SilentTasks {
    tasks: BTreeMap<(String, SubmissionId), BTreeSet<String>>,
}

impl SilentTasks {
    /// Reads the notes.
    ///
    /// # Errors
    ///
    /// When they are there and cannot be read.
    pub fn read(dir: &SweepDir) -> Result<Self, FsError> {
        let mut silent = Self::default();
        for submission in recent(dir)? {
            let folder = dir.silent_tasks(submission);
            for node in fs::list_or_empty(&folder)? {
                let tasks = fs::list_or_empty(&folder.join(&node))?;
                silent.tasks.insert((node, submission), tasks.into_iter().collect());
            }
        }
        Ok(silent)
    }

    /// Asks SLURM for further ones, in its queue and its accounting; what it does not say is not known. Returns true
    /// if the queue has no task any more that waits or runs.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be read.
    pub fn ask(
        &mut self,
        dir: &SweepDir,
        slurm: &Slurm,
        accounting: &SlurmAccounting,
    ) -> Result<bool, FsError> {
        let here = slurm.cluster().name;
        let is_foreign =
            |cluster: &Option<String>| cluster.is_some() && here.is_some() && *cluster != here;
        let (mut names, mut ids) = (BTreeMap::new(), BTreeMap::new());
        for submission in recent(dir)? {
            let entry = read_entry(dir, submission)?.filter(LedgerEntry::is_own);
            let Some(entry) = entry else { continue };
            if is_foreign(&entry.submission.cluster) {
                // The queue of another cluster says nothing of these.
                return Ok(false);
            }
            for (_, accepted) in entry.arrays() {
                names.insert(accepted.name.clone(), submission);
                ids.insert(accepted.job_id, submission);
            }
        }
        if names.is_empty() {
            return Ok(true);
        }
        let queue = slurm.queue_with_ended(&names.keys().cloned().collect::<Vec<_>>());
        let has_ended = queue.as_ref().is_ok_and(|queue| {
            queue.whole && queue.tasks.iter().all(|task| task.state == TaskState::Over)
        });
        for task in queue.map_or_else(|_| Vec::new(), |queue| queue.tasks) {
            if let Some(submission) = names.get(&task.name).filter(|_| is_silent(&task)) {
                self.add(&task.nodes, *submission, task.id.to_string());
            }
        }
        for account in accounting.tasks().filter(|account| was_silent(account)) {
            if let Some(submission) = ids.get(&account.task.array) {
                self.add(&account.nodes, *submission, account.task.to_string());
            }
        }
        Ok(has_ended)
    }

    /// Adds tasks of a submission, each with its node.
    pub(crate) fn add_all(&mut self, submission: SubmissionId, tasks: &[(String, String)]) {
        for (node, task) in tasks {
            self.add(node, submission, task.clone());
        }
    }

    /// Returns the nodes on which so many tasks of a submission ended that they are to be left out.
    pub(crate) fn nodes_in(&self, submission: SubmissionId) -> impl Iterator<Item = &str> {
        let bad = self
            .tasks
            .iter()
            .filter(move |((_, of), tasks)| *of == submission && tasks.len() >= ENOUGH);
        bad.map(|((node, _), _)| node.as_str())
    }

    fn add(&mut self, node: &str, submission: SubmissionId, task: String) {
        if is_one_node(node) {
            self.tasks.entry((node.to_owned(), submission)).or_default().insert(task);
        }
    }

    /// Leaves a note for each.
    ///
    /// # Errors
    ///
    /// When one cannot be written.
    pub fn write(&self, dir: &SweepDir) -> Result<(), FsError> {
        for ((node, submission), tasks) in &self.tasks {
            let folder = dir.silent_tasks(*submission).join(node);
            fs::create_dir_all(&folder)?;
            let known = fs::list(&folder)?;
            let new = tasks.iter().filter(|task| known.binary_search(task).is_err());
            new.map(|task| folder.join(task)).try_for_each(|note| fs::write_staged(&note, b""))?;
        }
        Ok(())
    }

    /// True if and only if there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Returns each node with the number of its tasks, in submissions after which no worker has started there.
    fn by_node(&self, history: &NodeHistory) -> BTreeMap<&str, (usize, SubmissionId)> {
        let mut nodes: BTreeMap<&str, (usize, SubmissionId)> = BTreeMap::new();
        for ((node, submission), tasks) in &self.tasks {
            if history.last_start(node).is_none_or(|start| start <= *submission) {
                let of_node = nodes.entry(node).or_insert((0, *submission));
                *of_node = (of_node.0 + tasks.len(), *submission);
            }
        }
        nodes
    }

    /// Returns the nodes to leave out, each with the number of its tasks: several ended there without a word,
    /// and workers have started on another node in the same submission or since.
    pub(super) fn accused(&self, history: &NodeHistory, out: &[String]) -> Vec<(String, usize)> {
        let nodes = self.by_node(history);
        let has_others = |since: SubmissionId| {
            let fit = |node: &str| !nodes.contains_key(node) && !out.iter().any(|it| it == node);
            history.starts().any(|(node, start)| start >= since && fit(node))
        };
        let bad =
            nodes.iter().filter(|(_, (tasks, newest))| *tasks >= ENOUGH && has_others(*newest));
        bad.map(|(node, (tasks, _))| ((*node).to_owned(), *tasks)).collect()
    }

    /// Returns a sentence for each node.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let mut nodes: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
        for ((node, _), tasks) in &self.tasks {
            let of_node = nodes.entry(node).or_default();
            of_node.0 += tasks.len();
            of_node.1 = tasks.first().map_or(of_node.1, String::as_str);
        }
        let sentence = |(node, (tasks, one)): (&str, (usize, &str))| {
            format!(
                "{} ended on {node} before a worker started: check whether the node can reach the sweep \
                 directory and the worker (`scontrol show job {one}`, slurmd's log)",
                count(tasks, "task")
            )
        };
        nodes.into_iter().map(sentence).collect()
    }
}

/// Returns true if and only if SLURM could not start a task that its queue still has.
pub(crate) fn is_silent(task: &QueuedTask) -> bool {
    task.state == TaskState::Over && task.reason.starts_with("JobLaunchFailure")
}

/// Returns true if and only if SLURM, or the shell, could not start the worker of a task: slurmstepd has no
/// place for the output (signal 53), or the worker is not there or cannot be run.
fn was_silent(account: &AccountedTask) -> bool {
    account.signal == 53 || [126, 127].contains(&account.exit_code)
}

/// Returns true if and only if this is the name of one node, which can be left out alone.
fn is_one_node(nodes: &str) -> bool {
    !nodes.is_empty() && !nodes.starts_with('.') && !nodes.contains(['[', ',', '/', ' '])
}

fn recent(dir: &SweepDir) -> Result<Vec<SubmissionId>, FsError> {
    let ids = dir.submission_ids()?;
    Ok(ids[ids.len().saturating_sub(RECENT)..].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_start_is_told_from_what_failed() {
        let task = |state: &str, reason: &str| QueuedTask {
            id: "7_1".parse().unwrap(),
            name: "s".into(),
            state: TaskState::of(state),
            reason: reason.into(),
            nodes: "n2".into(),
        };
        for (state, reason, silent) in [
            ("FAILED", "JobLaunchFailure", true),
            ("FAILED", "NonZeroExitCode", false),
            ("PENDING", "JobLaunchFailure", false),
            ("COMPLETED", "None", false),
        ] {
            assert_eq!(is_silent(&task(state, reason)), silent, "{state} {reason}");
        }
        let account = |exit_code, signal| AccountedTask {
            task: "7_1".parse().unwrap(),
            state: "FAILED".into(),
            exit_code,
            signal,
            nodes: "n2".into(),
            times: Default::default(),
            cluster: String::new(),
        };
        for (code, signal, silent) in [
            (0, 53, true),
            (127, 0, true),
            (126, 0, true),
            (1, 0, false),
            (0, 9, false),
            (4, 0, false),
        ] {
            assert_eq!(was_silent(&account(code, signal)), silent, "{code}:{signal}");
        }
    }

    #[test]
    fn a_node_is_left_out_for_tasks_without_a_word_where_workers_start_elsewhere() {
        // The silent tasks and the starts of workers (submission, node), and the nodes left out.
        type Events<'a> = &'a [(u32, &'a str)];
        let rows: [(Events<'_>, Events<'_>, &[&str]); 8] = [
            (&[(1, "n2"), (1, "n2")], &[(1, "n1")], &["n2"]),
            (&[(1, "n2")], &[(1, "n1")], &[]),
            (&[(1, "n2"), (2, "n2")], &[(1, "n1"), (2, "n1")], &["n2"]),
            (&[(1, "n2"), (2, "n2")], &[(1, "n1")], &[]),
            (&[(1, "n2"), (1, "n2")], &[], &[]),
            (&[(1, "n2"), (1, "n2")], &[(1, "n1"), (1, "n2")], &["n2"]),
            (&[(1, "n2"), (1, "n2")], &[(1, "n1"), (2, "n2")], &[]),
            (&[(1, "n1"), (1, "n1"), (1, "n2"), (1, "n2")], &[(1, "n1"), (1, "n2")], &[]),
        ];
        for (silent_tasks, starts, out) in rows {
            let mut silent = SilentTasks::default();
            for (at, (submission, node)) in silent_tasks.iter().enumerate() {
                silent.add(node, SubmissionId(*submission), format!("7_{at}"));
            }
            let mut history = NodeHistory::default();
            for (submission, node) in starts {
                history.note_start(node, SubmissionId(*submission));
            }
            let accused = silent.accused(&history, &[]);
            let names: Vec<&str> = accused.iter().map(|(node, _)| node.as_str()).collect();
            assert_eq!(names, out, "{silent_tasks:?} {starts:?}");
        }
    }

    #[test]
    fn notes_are_kept_and_the_tasks_of_several_nodes_accuse_none() {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        fs::create_dir_all(&dir.submission_dir(SubmissionId(1))).unwrap();
        let mut silent = SilentTasks::default();
        silent.add("n[1-2]", SubmissionId(1), "7_0".into());
        assert!(silent.is_empty());
        silent.add("n2", SubmissionId(1), "7_1".into());
        silent.write(&dir).unwrap();
        silent.write(&dir).unwrap();
        assert_eq!(SilentTasks::read(&dir).unwrap(), silent);
        assert!(silent.sentences()[0].starts_with("1 task ended on n2 before a worker started"));
    }
}
