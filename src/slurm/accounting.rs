//! `sacct`: the end of tasks, if the cluster keeps accounts.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};

use super::{Slurm, TaskId};

/// The fields that are asked for, in the order of [`AccountedTask`]'s.
const FIELDS: &str = "JobID,State,ExitCode,NodeList,Start,End,Cluster";

/// SLURM's account of one run of a task; a task that was started again has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountedTask {
    /// The array and the index.
    pub task: TaskId,
    /// SLURM's name of the state: `COMPLETED`, `TIMEOUT`, `CANCELLED`, …
    pub state: String,
    /// The exit code.
    pub exit_code: i32,
    /// The signal that ended it; 0 for none.
    pub signal: i32,
    /// The nodes.
    pub nodes: String,
    /// The times of its start and end as SLURM writes them, `2026-11-29T01:00:00`; `Unknown` or empty where it
    /// does not say.
    pub times: (String, String),
    /// The cluster that had it; empty where SLURM does not say.
    pub cluster: String,
}

/// A run of a task that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedRun {
    /// The array and the index.
    pub task: TaskId,
    /// A time at which the run went on; none if it is not known.
    pub at: Option<Timestamp>,
    /// The number of times that SLURM had started the task again before.
    pub restarts: u32,
    /// The cluster that has the task, which other clusters may have another of that number beside; none if it is
    /// not recorded.
    pub cluster: Option<String>,
}

impl WantedRun {
    /// Returns false if and only if what a cluster of this name says is about another task.
    pub fn may_be_of(&self, cluster: &str) -> bool {
        cluster.is_empty() || self.cluster.as_ref().is_none_or(|ours| ours == cluster)
    }
}

/// The accounts of tasks, by the task's name: its runs in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskAccounts(BTreeMap<String, Vec<AccountedTask>>);

impl TaskAccounts {
    fn parse(printed: &str) -> Self {
        let mut accounts = Self::default();
        for run in printed.lines().filter_map(account) {
            accounts.0.entry(run.task.to_string()).or_default().push(run);
        }
        accounts
    }

    /// Returns the newest run of each task.
    pub fn newest(&self) -> impl Iterator<Item = &AccountedTask> {
        self.0.values().filter_map(|runs| runs.last())
    }

    /// Keeps the accounts of which this holds.
    pub fn retain(&mut self, is_wanted: impl Fn(&AccountedTask) -> bool) {
        self.0.values_mut().for_each(|runs| runs.retain(&is_wanted));
    }

    /// Returns the account of a run: of several of its task, by their own times.
    pub fn of_run(&self, wanted: &WantedRun) -> Option<&AccountedTask> {
        let runs = self.0.get(&wanted.task.to_string())?;
        let runs: Vec<_> = runs.iter().filter(|run| wanted.may_be_of(&run.cluster)).collect();
        if let [only] = runs.as_slice() {
            return Some(only);
        }
        let at = local(wanted.at?);
        runs.into_iter().rev().find(|run| covers((&run.times.0, &run.times.1), &at))
    }
}

impl Slurm {
    /// Returns the accounts of all tasks of these arrays since a time; `None` if the cluster
    /// keeps none, or does not answer: they are good to have, and no more.
    pub fn accounting(&self, arrays: &[u64], since: Timestamp) -> Option<TaskAccounts> {
        let ids: Vec<String> = arrays.iter().map(ToString::to_string).collect();
        // Without a start, sacct's answer begins at midnight.
        let since = local(since);
        let args = ["-n", "-P", "-X", "-D", "-o", FIELDS, "-S", &since, "-j", &ids.join(",")];
        let printed = self.call("sacct", &args.map(str::to_owned)).ok()?;
        if printed.stderr.contains("accounting storage is disabled") {
            return None;
        }
        Some(TaskAccounts::parse(&printed.stdout))
    }
}

impl Slurm {
    /// Returns SLURM's name of the state in which a run of a task ended; none where it is not known, or goes on. A task
    /// that was started again has several runs.
    pub fn end_of_run(&self, wanted: &WantedRun) -> Option<String> {
        let (since, task) = (local(wanted.at?), wanted.task.to_string());
        let args = ["-n", "-P", "-X", "-D", "-o", FIELDS, "-S", &since, "-j", &task];
        let printed = self.call("sacct", &args.map(str::to_owned)).ok()?.stdout;
        end_at(&printed, wanted)
    }
}

/// Writes a time as SLURM's commands do, in the zone of this machine.
fn local(time: Timestamp) -> String {
    time.to_zoned(TimeZone::system()).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// True if and only if a run was going on at a time. Times of one zone in SLURM's form compare as texts.
fn covers((start, end): (&str, &str), at: &str) -> bool {
    start.starts_with(|c: char| c.is_ascii_digit()) && start <= at && at <= end
}

/// Finds the end of a run among lines of [`FIELDS`].
fn end_at(printed: &str, wanted: &WantedRun) -> Option<String> {
    let at = local(wanted.at?);
    let ended = printed.lines().rev().filter_map(account).find(|run| {
        run.task == wanted.task
            && wanted.may_be_of(&run.cluster)
            && covers((&run.times.0, &run.times.1), &at)
            && !["RUNNING", "SUSPENDED", "PENDING"].contains(&run.state.as_str())
    });
    ended.map(|run| run.state)
}

/// Parses `7_1|FAILED|1:0|n1|2026-11-29T01:00:00|2026-11-29T01:02:00|north`; `CANCELLED by 1000` is `CANCELLED`.
fn account(line: &str) -> Option<AccountedTask> {
    let mut fields = line.trim().split('|');
    let task = fields.next()?.parse().ok()?;
    let state = fields.next()?.split(' ').next()?.to_owned();
    let (exit_code, signal) = fields.next()?.split_once(':')?;
    let (exit_code, signal) = (exit_code.parse().ok()?, signal.parse().ok()?);
    let nodes = fields.next()?.to_owned();
    let mut next = || fields.next().unwrap_or_default().to_owned();
    let (times, cluster) = ((next(), next()), next());
    Some(AccountedTask { task, state, exit_code, signal, nodes, times, cluster })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slurm::recorded::recorded;

    /// The run of a task on `north` at a time of this machine's zone, `01:00:00`.
    fn wanted(task: &str, time: &str) -> WantedRun {
        let time: jiff::civil::DateTime = format!("2026-11-29T{time}").parse().unwrap();
        let at = Some(time.to_zoned(TimeZone::system()).unwrap().timestamp());
        let (task, cluster) = (task.parse().unwrap(), Some("north".to_owned()));
        WantedRun { task, at, restarts: 0, cluster }
    }

    #[test]
    fn the_run_of_a_task_is_found_by_its_time() {
        let printed = "7_1|PREEMPTED|0:0|n1|2026-11-29T01:00:00|2026-11-29T01:02:00\n\
                       7_1|NODE_FAIL|0:0|n1|2026-11-29T01:05:00|2026-11-29T01:09:00\n\
                       7_1|RUNNING|0:0|n1|2026-11-29T01:11:00|Unknown\n";
        let end = |time: &str| end_at(printed, &wanted("7_1", time));
        assert_eq!(end("01:00:01").as_deref(), Some("PREEMPTED"));
        assert_eq!(end("01:05:00").as_deref(), Some("NODE_FAIL"));
        assert_eq!((end("01:03:00"), end("01:12:00")), (None, None));
    }

    #[test]
    fn of_several_runs_of_a_task_the_one_of_that_time_is_told_from_the_newest() {
        let accounts = TaskAccounts::parse(
            "7_1|NODE_FAIL|0:0|n1|2026-11-29T01:00:00|2026-11-29T01:02:00\n\
             7_1|PENDING|0:0|None assigned|Unknown|Unknown\n7_2|FAILED|1:0|n1\n",
        );
        let at = |task: &str, time: &str| {
            accounts.of_run(&wanted(task, time)).map(|run| run.state.as_str())
        };
        assert_eq!(at("7_1", "01:01:00"), Some("NODE_FAIL"));
        assert_eq!(at("7_1", "01:03:00"), None);
        assert_eq!(at("7_2", "01:03:00"), Some("FAILED"), "there is no other");
        let newest: Vec<&str> = accounts.newest().map(|run| run.state.as_str()).collect();
        assert_eq!(newest, ["PENDING", "FAILED"]);
    }

    #[test]
    fn another_clusters_task_of_that_number_is_another_task() {
        let printed = |cluster: &str| {
            format!("7_1|CANCELLED by 0|0:0|n1|2026-11-29T01:00:00|2026-11-29T01:02:00{cluster}\n")
        };
        let run = wanted("7_1", "01:01:00");
        for (cluster, is_known) in [("|north", true), ("|south", false), ("", true)] {
            let printed = printed(cluster);
            assert_eq!(end_at(&printed, &run).is_some(), is_known, "{printed}");
            assert_eq!(TaskAccounts::parse(&printed).of_run(&run).is_some(), is_known, "{printed}");
        }
        let unrecorded = WantedRun { cluster: None, ..run };
        assert!(end_at(&printed("|south"), &unrecorded).is_some());
    }

    #[test]
    fn accounts_are_read_with_their_states_and_exit_codes() {
        for printed in recorded("sacct.txt") {
            let accounts: Vec<AccountedTask> = printed.lines().filter_map(account).collect();
            let states: Vec<&str> = accounts.iter().map(|it| it.state.as_str()).collect();
            let expected = ["COMPLETED", "FAILED", "FAILED", "CANCELLED", "RUNNING", "RUNNING"];
            assert_eq!(states, expected);
            assert_eq!((accounts[1].exit_code, accounts[1].nodes.as_str()), (3, "n1"));
            assert_eq!(accounts[2].signal, 9);
        }
    }
}
