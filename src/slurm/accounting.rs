//! `sacct`: the end of tasks, if the cluster keeps accounts.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{Slurm, TaskFate, TaskId};

/// The fields that are asked for, in the order of [`AccountedTask`]'s.
const FIELDS: &str = "JobID,State,ExitCode,NodeList,Start,End,Cluster";

/// The time before the recorded submission from which on accounts are asked for: clocks may differ.
const EARLIER: SignedDuration = SignedDuration::from_mins(10);

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
    /// The time at which the task's array was submitted; none if it is not recorded.
    pub submitted: Option<Timestamp>,
    /// The cluster that has the task, which other clusters may have another of that number beside; none if it is
    /// not recorded.
    pub cluster: Option<String>,
}

/// Returns false if and only if SLURM told the name of a cluster, empty where it did not, that is not the recorded one.
pub(crate) fn may_be_one_cluster(told: &str, recorded: Option<&str>) -> bool {
    told.is_empty() || recorded.is_none_or(|recorded| recorded == told)
}

impl WantedRun {
    /// Returns false if and only if what a cluster of this name says is about another task.
    pub fn may_be_of(&self, cluster: &str) -> bool {
        may_be_one_cluster(cluster, self.cluster.as_deref())
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

    /// Returns the account of a run: of several of its task, by SLURM's count of restarts, else by their own times.
    ///
    /// A worker whose node the controller does not reach goes on, and begins attempts when its run is over by
    /// SLURM's word, and the next one may have begun.
    pub fn of_run(&self, wanted: &WantedRun) -> Option<&AccountedTask> {
        let runs = self.0.get(&wanted.task.to_string())?;
        let runs: Vec<_> = runs.iter().filter(|run| wanted.may_be_of(&run.cluster)).collect();
        if let [only] = runs.as_slice()
            && (wanted.restarts == 0 || !is_time(&only.times.0))
        {
            return Some(only);
        }
        let at = local(wanted.at?);
        let by_count = runs.get(usize::try_from(wanted.restarts).ok()?);
        let by_count = by_count.filter(|run| !is_time(&run.times.0) || run.times.0 <= at);
        by_count.or_else(|| runs.iter().rev().find(|run| covers(&run.times, &at))).copied()
    }
}

impl Slurm {
    /// Returns the accounts of all tasks of these arrays since a time; `None` if the cluster
    /// keeps none, or does not answer: they are good to have, and no more.
    pub fn accounting(&self, arrays: &[u64], since: Timestamp) -> Option<TaskAccounts> {
        let ids: Vec<String> = arrays.iter().map(ToString::to_string).collect();
        self.accounts(&ids.join(","), since)
    }

    /// Returns what the accounts say of the end of a run: that it goes on where they do not have its end yet, and that
    /// nothing is known where there are none, or none of this run.
    pub fn fate_of_run(&self, wanted: &WantedRun) -> TaskFate {
        let accounts = wanted
            .submitted
            .or(wanted.at)
            .and_then(|since| self.accounts(&wanted.task.to_string(), since));
        accounts.unwrap_or_default().of_run(wanted).map_or(TaskFate::Unknown, |run| {
            match run.state.as_str() {
                "RUNNING" | "SUSPENDED" | "PENDING" => TaskFate::GoesOn,
                state => TaskFate::of_state(state),
            }
        })
    }

    fn accounts(&self, jobs: &str, since: Timestamp) -> Option<TaskAccounts> {
        // Without a start, sacct's answer begins at midnight. A run that had ended by then would not be counted.
        let since = local(since.checked_sub(EARLIER).unwrap_or(since));
        let args = ["-n", "-P", "-X", "-D", "-o", FIELDS, "-S", &since, "-j", jobs];
        let printed = self.call("sacct", &args.map(str::to_owned)).ok()?;
        if printed.stderr.contains("accounting storage is disabled") {
            return None;
        }
        Some(TaskAccounts::parse(&printed.stdout))
    }
}

/// Writes a time as SLURM's commands do, in the zone of this machine.
fn local(time: Timestamp) -> String {
    time.to_zoned(TimeZone::system()).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// True if and only if a run was going on at a time. Times of one zone in SLURM's form compare as texts.
fn covers((start, end): &(String, String), at: &str) -> bool {
    is_time(start) && start.as_str() <= at && at <= end.as_str()
}

/// False for `Unknown`, `None` and what is not told.
fn is_time(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
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

    /// The run of a task on `north` at a time of this machine's zone, `01:00:00`, after so many restarts.
    fn wanted(task: &str, time: &str, restarts: u32) -> WantedRun {
        let time: jiff::civil::DateTime = format!("2026-11-29T{time}").parse().unwrap();
        let at = Some(time.to_zoned(TimeZone::system()).unwrap().timestamp());
        let (task, cluster) = (task.parse().unwrap(), Some("north".to_owned()));
        WantedRun { task, at, restarts, submitted: None, cluster }
    }

    #[test]
    fn of_several_runs_of_a_task_that_after_so_many_restarts_is_told_from_the_newest() {
        let accounts = TaskAccounts::parse(
            "7_1|PREEMPTED|0:0|n3|None|2026-11-29T00:59:00\n\
             7_1|NODE_FAIL|0:0|n1|2026-11-29T01:00:00|2026-11-29T01:02:00\n\
             7_1|PREEMPTED|0:0|n2|2026-11-29T01:05:00|2026-11-29T01:09:00\n\
             7_1|RUNNING|0:0|n2|2026-11-29T01:11:00|Unknown\n7_2|FAILED|1:0|n1\n",
        );
        for (task, time, restarts, state) in [
            ("7_1", "00:58:59", 0, Some("PREEMPTED")),
            ("7_1", "01:01:00", 1, Some("NODE_FAIL")),
            // Its node was out of reach, and its worker went on.
            ("7_1", "01:03:00", 1, Some("NODE_FAIL")),
            ("7_1", "01:06:00", 1, Some("NODE_FAIL")),
            ("7_1", "01:06:00", 2, Some("PREEMPTED")),
            ("7_1", "01:12:00", 3, Some("RUNNING")),
            // The count is not that of these accounts.
            ("7_1", "01:01:00", 2, Some("NODE_FAIL")),
            ("7_1", "01:06:00", 9, Some("PREEMPTED")),
            ("7_1", "01:03:00", 9, None),
            // There is no other.
            ("7_2", "01:03:00", 0, Some("FAILED")),
        ] {
            let run = accounts.of_run(&wanted(task, time, restarts));
            let found = run.map(|run| run.state.as_str());
            assert_eq!(found, state, "{task} at {time} after {restarts}");
        }
        let newest: Vec<&str> = accounts.newest().map(|run| run.state.as_str()).collect();
        assert_eq!(newest, ["RUNNING", "FAILED"]);
    }

    #[test]
    fn the_only_account_of_a_task_is_not_that_of_a_later_run() {
        let accounts =
            TaskAccounts::parse("7_1|PREEMPTED|0:0|n1|2026-11-29T01:00:00|2026-11-29T01:02:00\n");
        assert!(accounts.of_run(&wanted("7_1", "01:03:00", 0)).is_some());
        assert_eq!(accounts.of_run(&wanted("7_1", "01:03:00", 1)), None, "the next comes late");
    }

    #[test]
    fn another_clusters_task_of_that_number_is_another_task() {
        let run = wanted("7_1", "01:01:00", 0);
        let unrecorded = WantedRun { cluster: None, ..run.clone() };
        for (cluster, is_known) in [("|north", true), ("|south", false), ("", true)] {
            let accounts = TaskAccounts::parse(&format!(
                "7_1|CANCELLED by 0|0:0|n1|2026-11-29T01:00:00|2026-11-29T01:02:00{cluster}\n"
            ));
            assert_eq!(accounts.of_run(&run).is_some(), is_known, "{cluster}");
            assert!(accounts.of_run(&unrecorded).is_some());
        }
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
