//! Describes the SLURM task that a worker runs in, from its environment variables.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::app::host_name;

/// The time of a task whose end nobody knows: longer than any runs, and no sum of times overflows.
const ENDLESS: Duration = Duration::from_hours(10 * 366 * 24);

/// A task of a job array that `sweep_launch` submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::worker) struct SlurmTask {
    /// The name of the task as SLURM writes it: `123_4`.
    pub(in crate::worker) id: String,
    /// The number of the array.
    pub(in crate::worker) array: u64,
    /// The index of the task in the array.
    pub(in crate::worker) index: u32,
    /// The number of times that SLURM has started it again.
    pub(in crate::worker) restarts: u32,
    /// The memory limit on each node in MB; none without a limit.
    pub(in crate::worker) memory: Option<u64>,
    /// The name of this node, as SLURM knows it.
    pub(in crate::worker) node: String,
    /// The names of all its nodes, as SLURM writes them: `n[1-2]`.
    pub(in crate::worker) all_nodes: String,
    /// The name of the cluster; empty where SLURM does not say.
    pub(in crate::worker) cluster: String,
    /// The number of its nodes.
    pub(in crate::worker) nodes: u32,
    /// A time at which this run of it went on: the start of this process.
    pub(in crate::worker) began: Timestamp,
    /// The time at which its time limit is over.
    pub(in crate::worker) ends: Instant,
}

impl SlurmTask {
    /// Returns the task of this process; none outside of an array.
    ///
    /// `limit` is `TIME_LIMIT` in minutes, which counts where SLURM does not say when the task ends.
    pub(in crate::worker) fn of_this_process(limit: Option<u64>) -> Option<Self> {
        Self::from_variables(|name| std::env::var(name).ok(), limit)
    }

    fn from_variables(
        variable: impl Fn(&str) -> Option<String>,
        limit: Option<u64>,
    ) -> Option<Self> {
        let array = variable("SLURM_ARRAY_JOB_ID")?.parse().ok()?;
        let index = variable("SLURM_ARRAY_TASK_ID")?.parse().ok()?;
        let number = |name: &str| variable(name).and_then(|text| text.parse::<u64>().ok());
        let restarts = number("SLURM_RESTART_COUNT").and_then(|n| u32::try_from(n).ok());
        let left = number("SLURM_JOB_END_TIME").and_then(seconds_until);
        let limit = || limit.map(|minutes| Duration::from_secs(minutes.saturating_mul(60)));
        let left = left.or_else(limit).unwrap_or(ENDLESS);
        let now = Instant::now();
        let node = variable("SLURMD_NODENAME").unwrap_or_else(host_name);
        Some(Self {
            id: format!("{array}_{index}"),
            array,
            index,
            restarts: restarts.unwrap_or(0),
            memory: number("SLURM_MEM_PER_NODE"),
            all_nodes: variable("SLURM_JOB_NODELIST").unwrap_or_else(|| node.clone()),
            node,
            cluster: variable("SLURM_CLUSTER_NAME").unwrap_or_default(),
            nodes: number("SLURM_JOB_NUM_NODES").and_then(|n| u32::try_from(n).ok()).unwrap_or(1),
            began: Timestamp::now(),
            ends: now.checked_add(left).unwrap_or(now),
        })
    }
}

/// Returns the time from now to a time in seconds since 1970; zero if that is past.
fn seconds_until(time: u64) -> Option<Duration> {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(Duration::from_secs(time).saturating_sub(since_1970))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(variables: &[(&str, &str)]) -> Option<SlurmTask> {
        let find = |name: &str| variables.iter().find(|(key, _)| *key == name);
        SlurmTask::from_variables(|name| find(name).map(|(_, value)| (*value).to_owned()), Some(5))
    }

    #[test]
    fn a_task_knows_its_name_and_how_often_it_was_started_again() {
        let variables = [
            ("SLURM_ARRAY_JOB_ID", "123"),
            ("SLURM_ARRAY_TASK_ID", "4"),
            ("SLURM_RESTART_COUNT", "2"),
            ("SLURM_MEM_PER_NODE", "2048"),
            ("SLURMD_NODENAME", "n7"),
            ("SLURM_JOB_NODELIST", "n[7-8]"),
            ("SLURM_CLUSTER_NAME", "north"),
        ];
        let task = task(&variables).unwrap();
        assert_eq!((task.id.as_str(), task.array, task.index), ("123_4", 123, 4));
        assert_eq!((task.restarts, task.memory), (2, Some(2048)));
        assert_eq!((task.node.as_str(), task.all_nodes.as_str()), ("n7", "n[7-8]"));
        assert_eq!(task.cluster, "north");
    }

    #[test]
    fn outside_of_an_array_there_is_none() {
        assert_eq!(task(&[("SLURM_JOB_ID", "123")]), None);
    }
}
