//! `scontrol show job`: details of a task that runs or has just ended.

use super::{Slurm, SlurmError, TaskId, WantedRun};

/// The details of a task.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskDetails {
    /// SLURM's name of the state; `COMPLETING` while the task ends, for whatever reason.
    pub state: String,
    /// The number of restarts; increased at once when one is requested.
    pub restarts: u32,
    /// The reason that SLURM gives for the state; `None` is one.
    pub reason: String,
    /// True if SLURM has chosen it to make room for another.
    pub is_preempted: bool,
    /// The nodes that it has, as SLURM writes them; empty while it waits.
    pub nodes: String,
    /// The excluded nodes, as SLURM writes them.
    pub excluded: String,
}

impl Slurm {
    /// Asks for one task, once: a worker that is being ended has no time for more.
    ///
    /// # Errors
    ///
    /// When SLURM does not answer or does not know the task.
    pub fn job(&self, task: TaskId) -> Result<TaskDetails, SlurmError> {
        let args = ["show", "job", "-o", &task.to_string(), "-a"].map(str::to_owned);
        let printed =
            self.call("scontrol", &args).map_err(|e| SlurmError::new("scontrol", e))?.stdout;
        parse(&printed).ok_or_else(|| SlurmError::garbage("scontrol", &printed))
    }
}

impl Slurm {
    /// Asks for the task of a run, once; none where the cluster that answers is not the one that has it, does not know
    /// it, or does not answer.
    pub fn job_of(&self, wanted: &WantedRun) -> Option<TaskDetails> {
        let is_recorded = wanted.cluster.is_some();
        let here = is_recorded.then(|| self.cluster().name).flatten().unwrap_or_default();
        wanted.may_be_of(&here).then(|| self.job(wanted.task).ok()).flatten()
    }
}

pub(super) fn parse(printed: &str) -> Option<TaskDetails> {
    let line = printed.lines().find(|line| line.trim_start().starts_with("JobId="))?;
    // Values with blanks (names, comments) may hold anything; what is wanted stands before and
    // after them and has none.
    let field = |name: &str| {
        let mut words = line.split_ascii_whitespace();
        words.find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    };
    let nodes =
        |name: &str| field(name).filter(|nodes| *nodes != "(null)").unwrap_or_default().to_owned();
    Some(TaskDetails {
        state: field("JobState")?.to_owned(),
        restarts: field("Restarts").and_then(|n| n.parse().ok()).unwrap_or(0),
        reason: field("Reason").unwrap_or_default().to_owned(),
        is_preempted: field("PreemptTime")
            .is_some_and(|time| time.starts_with(|first: char| first.is_ascii_digit())),
        nodes: nodes("NodeList"),
        excluded: nodes("ExcNodeList"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slurm::recorded::recorded;

    #[test]
    fn a_task_that_was_preempted_has_one_restart_more() {
        for preempted in recorded("job_preempted.txt") {
            let job = parse(&preempted).unwrap();
            assert_eq!((job.state.as_str(), job.restarts), ("COMPLETING", 1));
            assert_eq!((job.nodes.as_str(), job.excluded.as_str()), ("n1", ""));
        }
        for cancelled in recorded("job_cancelled.txt") {
            assert_eq!(parse(&cancelled).unwrap().restarts, 0);
        }
        assert_eq!(parse("slurm_load_jobs error: Invalid job id specified\n"), None);
    }
}
