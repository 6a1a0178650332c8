//! `sacct`: the end of tasks, if the cluster keeps accounts.

use jiff::{Timestamp, tz::TimeZone};

use super::{Slurm, TaskId};

/// SLURM's account of a task.
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
}

impl Slurm {
    /// Returns the accounts of all tasks of these arrays since a time; `None` if the cluster
    /// keeps none, or does not answer: they are good to have, and no more.
    pub fn accounting(&self, arrays: &[u64], since: Timestamp) -> Option<Vec<AccountedTask>> {
        let ids: Vec<String> = arrays.iter().map(ToString::to_string).collect();
        // Without a start, sacct's answer begins at midnight.
        let since = since.to_zoned(TimeZone::system()).strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let args = [
            "-n",
            "-P",
            "-X",
            "-o",
            "JobID,State,ExitCode,NodeList",
            "-S",
            &since,
            "-j",
            &ids.join(","),
        ];
        let printed = self.call("sacct", &args.map(str::to_owned)).ok()?;
        if printed.stderr.contains("accounting storage is disabled") {
            return None;
        }
        Some(printed.stdout.lines().filter_map(account).collect())
    }
}

impl Slurm {
    /// Returns SLURM's name of the state in which that run of a task ended that was going on at a time; none
    /// where it is not known, or goes on. A task that was started again has several runs.
    pub fn end_of_run(&self, task: TaskId, at: Timestamp) -> Option<String> {
        let since = at.to_zoned(TimeZone::system()).strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let task = task.to_string();
        let fields = "State,Start,End";
        let args = ["-n", "-P", "-X", "-D", "-o", fields, "-S", &since, "-j", &task];
        let printed = self.call("sacct", &args.map(str::to_owned)).ok()?.stdout;
        end_at(&printed, &since)
    }
}

/// Finds the run that was going on at a time among lines `PREEMPTED|2026-11-29T01:00:00|2026-11-29T01:02:00`. Times
/// of one zone in this form compare as texts.
fn end_at(printed: &str, at: &str) -> Option<String> {
    printed.lines().rev().find_map(|line| {
        let mut fields = line.trim().split('|');
        let (state, start, end) = (fields.next()?, fields.next()?, fields.next()?);
        let covers = start.starts_with(|c: char| c.is_ascii_digit()) && start <= at && at <= end;
        let state = state.split(' ').next()?;
        (covers && !["RUNNING", "SUSPENDED", "PENDING"].contains(&state)).then(|| state.to_owned())
    })
}

/// Parses `7_1|FAILED|1:0|n1`; `CANCELLED by 1000` is `CANCELLED`.
fn account(line: &str) -> Option<AccountedTask> {
    let mut fields = line.trim().split('|');
    let task = fields.next()?.parse().ok()?;
    let state = fields.next()?.split(' ').next()?.to_owned();
    let (exit_code, signal) = fields.next()?.split_once(':')?;
    let (exit_code, signal) = (exit_code.parse().ok()?, signal.parse().ok()?);
    Some(AccountedTask { task, state, exit_code, signal, nodes: fields.next()?.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slurm::recorded::recorded;

    #[test]
    fn the_run_of_a_task_is_found_by_its_time() {
        let printed = "PREEMPTED|2026-11-29T01:00:00|2026-11-29T01:02:00\n\
                       NODE_FAIL|2026-11-29T01:05:00|2026-11-29T01:09:00\n\
                       RUNNING|2026-11-29T01:11:00|Unknown\n";
        let end = |time: &str| end_at(printed, &format!("2026-11-29T{time}"));
        assert_eq!(end("01:00:01").as_deref(), Some("PREEMPTED"));
        assert_eq!(end("01:05:00").as_deref(), Some("NODE_FAIL"));
        assert_eq!((end("01:03:00"), end("01:12:00")), (None, None));
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
