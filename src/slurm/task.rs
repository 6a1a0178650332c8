//! Names and states of tasks.

use std::fmt;
use std::str::FromStr;

/// A task as SLURM writes it: `123_4`, or `123` for a job that is no array.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId {
    /// The array's number.
    pub array: u64,
    /// The task's index in it.
    pub index: Option<u32>,
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.index {
            Some(index) => write!(f, "{}_{index}", self.array),
            None => write!(f, "{}", self.array),
        }
    }
}

/// A text that is no task.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a SLURM task")]
pub struct InvalidTaskId(String);

impl FromStr for TaskId {
    type Err = InvalidTaskId;

    fn from_str(text: &str) -> Result<Self, InvalidTaskId> {
        let task = || {
            let (array, index) = match text.split_once('_') {
                Some((array, index)) => (array, Some(index.parse().ok()?)),
                None => (text, None),
            };
            Some(Self { array: array.parse().ok()?, index })
        };
        task().ok_or_else(|| InvalidTaskId(text.to_owned()))
    }
}

/// The state of a task, as far as it matters to a sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskState {
    /// The task waits: `PENDING`, `REQUEUED`, `REQUEUE_HOLD`, …
    Pending,
    /// The task has its nodes: `RUNNING`, `CONFIGURING`, `SUSPENDED`, `COMPLETING`, …
    Active,
    /// The task is over, and SLURM still lists it.
    Over,
    /// An unknown state, which counts as active.
    Other(String),
}

impl TaskState {
    /// Parses SLURM's name of a state; all of its documentation up to 25.05 are known.
    pub fn of(word: &str) -> Self {
        match word {
            "PENDING" | "REQUEUED" | "REQUEUE_FED" | "REQUEUE_HOLD" | "SPECIAL_EXIT"
            | "RESV_DEL_HOLD" => Self::Pending,
            "RUNNING" | "CONFIGURING" | "COMPLETING" | "SUSPENDED" | "STOPPED" | "STAGE_OUT"
            | "SIGNALING" | "RESIZING" | "POWER_UP_NODE" | "UPDATE_DB" | "EXPEDITING"
            | "LAUNCH_FAILED" | "RECONFIG_FAIL" => Self::Active,
            "COMPLETED" | "FAILED" | "CANCELLED" | "TIMEOUT" | "DEADLINE" | "NODE_FAIL"
            | "BOOT_FAIL" | "OUT_OF_MEMORY" | "PREEMPTED" | "REVOKED" => Self::Over,
            word => Self::Other(word.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_read_as_it_is_written() {
        for text in ["123_4", "123"] {
            assert_eq!(text.parse::<TaskId>().unwrap().to_string(), text);
        }
        for text in ["", "a", "1_", "1_[2-3]", "1+0", "-1"] {
            assert!(text.parse::<TaskId>().is_err(), "{text}");
        }
    }
}
