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

    const RECORDED: &str = include_str!("../../tests/fixtures/slurm/sacct.txt");

    #[test]
    fn accounts_are_read_with_their_states_and_exit_codes() {
        let accounts: Vec<AccountedTask> = RECORDED.lines().filter_map(account).collect();
        let states: Vec<&str> = accounts.iter().map(|it| it.state.as_str()).collect();
        assert_eq!(states, ["COMPLETED", "FAILED", "CANCELLED"]);
        assert_eq!((accounts[1].exit_code, accounts[1].nodes.as_str()), (3, "n1"));
    }
}
