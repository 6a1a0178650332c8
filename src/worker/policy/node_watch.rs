//! Watches whether the node of a task is fit for jobs: notes which of them die on it at once, and decides
//! whether the task leaves its jobs to other tasks.
//!
//! A job that fails is no reason to leave: only where jobs live elsewhere, and another task can take
//! what is left, does a task end before its time.

use std::time::Duration;

use sweep_config::JobId;
use sweep_config::fs::FsError;
use sweep_config::records::{Attempt, Outcome};

use crate::ledger::{NodeCrashes, NodeStanding, died_at_once, has_lived};
use crate::worker::task::hooks::{ClusterHooks, OtherTasks};

/// The number of jobs in a row that crash at once in a task before its node is doubted, and the number
/// where jobs have lived on the node before.
const DOUBTFUL: (usize, usize) = (3, 8);

/// The longest wait for news from other nodes between two jobs of a task whose jobs die at once.
const LONGEST_WAIT: Duration = Duration::from_secs(16);

/// The watch over the node of a task; outside of a task nothing is noted and nothing left.
pub(in crate::worker) struct NodeWatch<'a> {
    crashes: Option<NodeCrashes<'a>>,
    node: &'a str,
    cluster: &'a dyn ClusterHooks,
    row: CrashRow,
    begun: bool,
}

/// The jobs that crashed at once in a task, one after the other.
#[derive(Debug, Clone, Default)]
struct CrashRow {
    jobs: Vec<JobId>,
}

/// The response of a task to the jobs that crashed in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::worker) enum CrashResponse {
    /// The task takes its next job.
    GoOn,
    /// The task waits before its next job: others may soon show whose fault it is.
    Wait(Duration),
    /// The task leaves its other jobs to other tasks.
    Leave,
}

impl<'a> NodeWatch<'a> {
    /// Returns the watch over a node.
    pub(in crate::worker) fn new(
        crashes: Option<NodeCrashes<'a>>,
        node: &'a str,
        cluster: &'a dyn ClusterHooks,
    ) -> Self {
        Self { crashes, node, cluster, row: CrashRow::default(), begun: false }
    }

    /// Notes how an attempt ended (its outcome, its seconds, and whether it died at once), which followed
    /// those before. Returns the nodes that are left out from
    /// now on, each with why SLURM may use it all the same.
    ///
    /// # Errors
    ///
    /// When the note cannot be written.
    pub(in crate::worker) fn note_end(
        &mut self,
        job: JobId,
        before: &[Attempt],
        (outcome, seconds, at_once): (Outcome, f64, bool),
    ) -> Result<Vec<(String, Option<String>)>, FsError> {
        let Some(crashes) = self.crashes else { return Ok(Vec::new()) };
        self.row.note(job, at_once);
        let died = before.iter().filter(|it| it.end.as_ref().is_some_and(died_at_once));
        let died_on: Vec<&str> = died.map(|it| it.start.host.as_str()).collect();
        let lived = has_lived(outcome, seconds);
        let suspects = match (at_once, lived) {
            (true, _) => {
                crashes.note_death(self.node, job, &died_on)?;
                vec![self.node]
            }
            (false, true) => {
                crashes.note_life(self.node, job, &died_on)?;
                died_on
            }
            (false, false) => Vec::new(),
        };
        let mut left_out = Vec::new();
        for node in suspects {
            let standing = crashes.standing(node)?;
            if standing.is_bad() && !standing.left_out && crashes.leave_out(node)? {
                left_out.push((node.to_owned(), self.cluster.exclude_node(node).err()));
            }
        }
        Ok(left_out)
    }

    /// Notes the tasks that ended before their worker started, on other nodes than this. Returns the nodes that
    /// are left out from now on, each with why SLURM may use it all the same.
    ///
    /// # Errors
    ///
    /// When a note cannot be written.
    pub(in crate::worker) fn note_silent(
        &self,
        others: &OtherTasks,
    ) -> Result<Vec<(String, Option<String>)>, FsError> {
        let Some(crashes) = self.crashes else { return Ok(Vec::new()) };
        let elsewhere = others.silent.iter().filter(|(node, _)| node != self.node);
        let out = crashes.note_silent(&elsewhere.cloned().collect::<Vec<_>>())?;
        let exclude = |node: String| {
            let refused = self.cluster.exclude_node(&node).err();
            (node, refused)
        };
        Ok(out.into_iter().map(exclude).collect())
    }

    /// Returns what the task does now, before its next job.
    ///
    /// # Errors
    ///
    /// When what is known of the node cannot be read.
    pub(in crate::worker) fn response(&mut self) -> Result<CrashResponse, FsError> {
        let begun = std::mem::replace(&mut self.begun, true);
        let Some(crashes) = self.crashes.filter(|_| !begun || self.row.len() > 0) else {
            return Ok(CrashResponse::GoOn);
        };
        let response = respond(self.row.len(), crashes.standing(self.node)?);
        let alone = response != CrashResponse::GoOn && !self.cluster.has_others();
        Ok(if alone { CrashResponse::GoOn } else { response })
    }

    /// Returns true if and only if a job that died on this node at once is left to another one, now
    /// that nothing else is to do.
    ///
    /// # Errors
    ///
    /// Fails where [`response`](Self::response) fails.
    pub(in crate::worker) fn leaves_retries(&self) -> Result<bool, FsError> {
        let Some(crashes) = self.crashes else { return Ok(false) };
        Ok(leaves_retries(crashes.standing(self.node)?) && self.cluster.has_others())
    }

    /// Returns the number of jobs that crashed here, one after the other.
    pub(in crate::worker) fn row(&self) -> usize {
        self.row.len()
    }
}

/// Decides what follows from so many jobs that crashed at once in a row in a task, if other tasks can
/// take what it leaves.
fn respond(row: usize, node: NodeStanding) -> CrashResponse {
    let doubtful = if node.lived { DOUBTFUL.1 } else { DOUBTFUL.0 };
    if node.left_out || (row >= doubtful && node.others_live) {
        CrashResponse::Leave
    } else if row >= doubtful {
        let doublings = u32::try_from(row - doubtful).unwrap_or(u32::MAX).min(10);
        CrashResponse::Wait(LONGEST_WAIT.min(Duration::from_secs(1 << doublings)))
    } else {
        CrashResponse::GoOn
    }
}

/// Returns true if and only if jobs that died at once on such a node are to be tried elsewhere: they
/// live on others, and not here.
fn leaves_retries(node: NodeStanding) -> bool {
    node.others_live && (!node.lived || node.died >= DOUBTFUL.0)
}

impl CrashRow {
    fn note(&mut self, job: JobId, at_once: bool) {
        if !at_once {
            self.jobs.clear();
        } else if !self.jobs.contains(&job) {
            self.jobs.push(job);
        }
    }

    fn len(&self) -> usize {
        self.jobs.len()
    }
}

#[cfg(test)]
mod tests {
    use super::CrashResponse::{GoOn, Leave, Wait};
    use super::*;

    #[test]
    fn a_task_leaves_its_jobs_only_where_jobs_live_elsewhere_and_not_here() {
        let wait = |seconds| Wait(Duration::from_secs(seconds));
        let node = |lived, others_live, left_out| NodeStanding {
            lived,
            others_live,
            left_out,
            ..NodeStanding::default()
        };
        for (row, standing, response) in [
            (2, node(false, true, false), GoOn),
            (3, node(false, true, false), Leave),
            (3, node(false, false, false), wait(1)),
            (5, node(false, false, false), wait(4)),
            (30, node(false, false, false), wait(16)),
            (7, node(true, true, false), GoOn),
            (8, node(true, true, false), Leave),
            (0, node(true, true, true), Leave),
        ] {
            assert_eq!(respond(row, standing), response, "{row} {standing:?}");
        }
    }

    #[test]
    fn jobs_in_a_row_are_different_jobs() {
        let mut row = CrashRow::default();
        for (job, at_once, length) in
            [(1, true, 1), (1, true, 1), (2, true, 2), (3, false, 0), (1, true, 1)]
        {
            row.note(JobId(job), at_once);
            assert_eq!(row.len(), length);
        }
    }

    #[test]
    fn retries_go_elsewhere_only_where_they_have_a_better_chance() {
        let node = |lived, died, others_live| NodeStanding {
            died,
            lived,
            others_live,
            ..NodeStanding::default()
        };
        assert!(leaves_retries(node(false, 1, true)));
        assert!(!leaves_retries(node(false, 9, false)), "they live nowhere");
        assert!(!leaves_retries(node(true, 2, true)), "others live here too");
        assert!(leaves_retries(node(true, 3, true)));
    }
}
