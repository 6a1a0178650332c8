//! Names the nodes that get no more tasks of a sweep, each with the reason.

use std::fmt;

use sweep_config::fs::FsError;
use sweep_config::{JobId, SubmissionId, SweepDir};

use super::node_crashes::NodeCrashes;
use super::node_failures::bad_nodes;
use super::node_history::read_history;
use super::silent_tasks::SilentTasks;
use crate::app::count;

/// A node that gets no more tasks of a sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOutNode {
    /// The name of the node.
    pub name: String,
    /// The reason.
    pub reason: LeftOutReason,
}

/// The reason why a node gets no more tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOutReason {
    /// It failed itself.
    Failed,
    /// Jobs died on it at once that lived elsewhere.
    CrashesJobs,
    /// Tasks, so many, ended on it before their worker started.
    Silent(usize),
    /// A job that is to run died on it at once in two submissions.
    CrashedAgain,
}

impl fmt::Display for LeftOutNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        f.write_str(&match self.reason {
            LeftOutReason::Failed => format!("{name} (it failed twice)"),
            LeftOutReason::CrashesJobs => {
                format!("{name} (jobs die at once here but run elsewhere)")
            }
            LeftOutReason::Silent(tasks) => {
                format!("{name} ({} ended here without a record)", count(tasks, "task"))
            }
            LeftOutReason::CrashedAgain => {
                format!("{name} (a job died at once here in two launches, and none has run since)")
            }
        })
    }
}

/// Returns the nodes that the next submission leaves out: because of what happened during the last one, of tasks
/// without a word, and of what became of the jobs that are to run in all submissions.
///
/// # Errors
///
/// When the notes or journals are there and cannot be read.
pub fn left_out_nodes(
    dir: &SweepDir,
    last: SubmissionId,
    open: &[JobId],
    silent: &SilentTasks,
) -> Result<Vec<LeftOutNode>, FsError> {
    let mut nodes = LeftOutList::default();
    nodes.add(bad_nodes(dir, last)?, LeftOutReason::Failed);
    let history = read_history(dir, open, !silent.is_empty())?;
    for (node, tasks) in silent.accused(&history, &nodes.names()) {
        nodes.add(vec![node], LeftOutReason::Silent(tasks));
    }
    nodes.add(NodeCrashes::new(dir, last).left_out()?, LeftOutReason::CrashesJobs);
    nodes.add(history.accused(&nodes.names()), LeftOutReason::CrashedAgain);
    Ok(nodes.0)
}

#[derive(Default)]
struct LeftOutList(Vec<LeftOutNode>);

impl LeftOutList {
    fn names(&self) -> Vec<String> {
        self.0.iter().map(|node| node.name.clone()).collect()
    }

    fn add(&mut self, names: Vec<String>, reason: LeftOutReason) {
        for name in names {
            if !self.0.iter().any(|node| node.name == name) {
                self.0.push(LeftOutNode { name, reason });
            }
        }
    }
}
