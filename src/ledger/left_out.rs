//! Names the nodes that get no more tasks of a sweep, each with the reason.

use std::fmt;

use sweep_config::fs::FsError;
use sweep_config::{JobId, SubmissionId, SweepDir};

use super::node_crashes::NodeCrashes;
use super::node_failures::bad_nodes;
use super::node_history::read_history;

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
    /// A job that is to run died on it at once in two submissions.
    CrashedAgain,
}

impl fmt::Display for LeftOutNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.reason {
            LeftOutReason::Failed => "it failed twice",
            LeftOutReason::CrashesJobs => "jobs died on it at once that live elsewhere",
            LeftOutReason::CrashedAgain => {
                "a job died on it at once in two launches, and none has lived there since"
            }
        };
        write!(f, "{} ({why})", self.name)
    }
}

/// Returns the nodes that the next submission leaves out: because of what happened during the last one, and
/// because of what became of the jobs that are to run in all of them.
///
/// # Errors
///
/// When the notes or journals are there and cannot be read.
pub fn left_out_nodes(
    dir: &SweepDir,
    last: SubmissionId,
    open: &[JobId],
) -> Result<Vec<LeftOutNode>, FsError> {
    let mut nodes: Vec<LeftOutNode> = Vec::new();
    let mut add = |names: Vec<String>, reason| {
        for name in names {
            if !nodes.iter().any(|node| node.name == name) {
                nodes.push(LeftOutNode { name, reason });
            }
        }
        nodes.iter().map(|node| node.name.clone()).collect::<Vec<_>>()
    };
    add(bad_nodes(dir, last)?, LeftOutReason::Failed);
    let out = add(NodeCrashes::new(dir, last).left_out()?, LeftOutReason::CrashesJobs);
    add(read_history(dir, open)?.accused(&out), LeftOutReason::CrashedAgain);
    Ok(nodes)
}
