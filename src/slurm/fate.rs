//! Tells what becomes of a task from what `scontrol show job` says of it (pure).
//!
//! The controller notes the end of a task before it has any process told. So a task that it shows as
//! running, asked after a program has ended, was not being ended then.

use super::TaskDetails;

/// The fate of one run of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskFate {
    /// It goes on: nobody has ordered its end.
    GoesOn,
    /// It goes on for a grace time, and then makes room for another. If it ends before by itself, SLURM does not
    /// start it again.
    Yields,
    /// It ends, and SLURM starts it again.
    StartsAgain,
    /// It ended to make room for another, and SLURM does not start it again.
    Preempted,
    /// Somebody has cancelled it.
    Cancelled,
    /// Its time limit has ended it.
    TimedOut,
    /// Its node has failed.
    NodeFailed,
    /// Its memory limit has ended it.
    OutOfMemory,
    /// It ended by itself.
    Over,
    /// SLURM does not say.
    Unknown,
}

impl TaskDetails {
    /// Returns the fate of the run of the task that came after so many restarts.
    ///
    /// While a task ends, SLURM says only that it is completing; what it knows besides tells why. A reason
    /// that is not known here is none that anything follows from.
    pub fn fate(&self, restarts: u32) -> TaskFate {
        if self.restarts > restarts {
            return TaskFate::StartsAgain;
        }
        match self.state.as_str() {
            "RUNNING" | "SUSPENDED" | "STOPPED" | "SIGNALING" | "RESIZING" => {
                if self.is_preempted {
                    TaskFate::Yields
                } else {
                    TaskFate::GoesOn
                }
            }
            "COMPLETING" if self.is_preempted => TaskFate::Preempted,
            "COMPLETING" => match self.reason.as_str() {
                "None" => TaskFate::Cancelled,
                "TimeLimit" => TaskFate::TimedOut,
                "NodeDown" | "NodeFail" => TaskFate::NodeFailed,
                "OutOfMemory" => TaskFate::OutOfMemory,
                _ => TaskFate::Unknown,
            },
            state => TaskFate::of_state(state),
        }
    }
}

impl TaskDetails {
    /// Returns the fate of the run that came after so many restarts, for a process of that run on these nodes.
    ///
    /// A task that starts again is `COMPLETING` until its nodes have reported the end of all its processes. If it
    /// waits or runs anew while one of them still asks, or ends on another node, the controller has given up the node.
    pub fn fate_for_its_process(&self, restarts: u32, nodes: &str) -> TaskFate {
        let is_given_up = matches!(self.state.as_str(), "PENDING" | "CONFIGURING" | "RUNNING");
        // Of several nodes it names those that have not reported yet.
        let is_elsewhere = self.nodes != nodes && is_one_node(&self.nodes) && is_one_node(nodes);
        match self.fate(restarts) {
            TaskFate::StartsAgain if is_given_up || is_elsewhere => TaskFate::NodeFailed,
            fate => fate,
        }
    }
}

/// True if and only if this is the name of one node.
fn is_one_node(nodes: &str) -> bool {
    !nodes.is_empty() && !nodes.contains(['[', ','])
}

impl TaskFate {
    /// Returns the fate of a run that ended in this state of SLURM's.
    pub fn of_state(word: &str) -> Self {
        match word {
            "REQUEUED" | "REQUEUE_FED" | "REQUEUE_HOLD" | "SPECIAL_EXIT" => Self::StartsAgain,
            "PREEMPTED" => Self::Preempted,
            "CANCELLED" | "REVOKED" => Self::Cancelled,
            "TIMEOUT" | "DEADLINE" => Self::TimedOut,
            "NODE_FAIL" | "BOOT_FAIL" => Self::NodeFailed,
            "OUT_OF_MEMORY" => Self::OutOfMemory,
            "COMPLETED" | "FAILED" => Self::Over,
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slurm::job::parse;
    use crate::slurm::recorded::recorded;

    /// The fate of the first run of a task in a state, for a reason.
    fn fate(state: &str, reason: &str) -> TaskFate {
        TaskDetails { state: state.into(), reason: reason.into(), ..TaskDetails::default() }.fate(0)
    }

    #[test]
    fn every_state_has_its_fate() {
        use TaskFate::{
            Cancelled, GoesOn, NodeFailed, OutOfMemory, Over, Preempted, StartsAgain, TimedOut,
            Unknown,
        };
        for (state, reason, expected) in [
            ("RUNNING", "None", GoesOn),
            ("SUSPENDED", "None", GoesOn),
            ("REQUEUED", "None", StartsAgain),
            ("SPECIAL_EXIT", "None", StartsAgain),
            ("PREEMPTED", "None", Preempted),
            ("CANCELLED", "None", Cancelled),
            ("TIMEOUT", "TimeLimit", TimedOut),
            ("NODE_FAIL", "NodeDown", NodeFailed),
            ("OUT_OF_MEMORY", "OutOfMemory", OutOfMemory),
            ("COMPLETED", "None", Over),
            ("FAILED", "NonZeroExitCode", Over),
            ("COMPLETING", "None", Cancelled),
            ("COMPLETING", "TimeLimit", TimedOut),
            ("COMPLETING", "NodeDown", NodeFailed),
            ("COMPLETING", "TELEPORTED", Unknown),
            ("PENDING", "Resources", Unknown),
            ("TELEPORTING", "None", Unknown),
        ] {
            assert_eq!(fate(state, reason), expected, "{state} {reason}");
        }
    }

    #[test]
    fn a_task_that_waits_anew_while_its_process_lives_has_lost_its_node() {
        let fate = |state: &str, restarts: u32| {
            let task = TaskDetails { state: state.into(), restarts, ..TaskDetails::default() };
            task.fate_for_its_process(1, "n1")
        };
        assert_eq!(fate("PENDING", 2), TaskFate::NodeFailed);
        assert_eq!(fate("RUNNING", 2), TaskFate::NodeFailed);
        for state in ["COMPLETING", "REQUEUED", "REQUEUE_HOLD", "SPECIAL_EXIT"] {
            assert_eq!(fate(state, 2), TaskFate::StartsAgain, "{state}");
        }
        assert_eq!(fate("RUNNING", 1), TaskFate::GoesOn);
        assert_eq!(fate("PENDING", 1), TaskFate::Unknown);
        for (nodes, of_process, expected) in [
            ("n1", "n1", TaskFate::StartsAgain),
            ("n2", "n1", TaskFate::NodeFailed),
            ("n2", "n[1-2]", TaskFate::StartsAgain),
        ] {
            let (state, nodes) = ("COMPLETING".into(), nodes.into());
            let task = TaskDetails { state, nodes, restarts: 2, ..TaskDetails::default() };
            assert_eq!(task.fate_for_its_process(1, of_process), expected, "{of_process}");
        }
    }

    #[test]
    fn a_task_that_makes_room_is_told_from_one_that_was_cancelled() {
        for printed in recorded("job_preempted.txt") {
            assert_eq!(parse(&printed).unwrap().fate(0), TaskFate::StartsAgain);
        }
        for printed in recorded("job_cancelled.txt") {
            assert_eq!(parse(&printed).unwrap().fate(0), TaskFate::Cancelled);
        }
        let in_grace = |state: &str| {
            let text = format!(
                "JobId=7 JobState={state} Reason=None Restarts=0 PreemptTime=2026-11-29T01:00:00\n"
            );
            parse(&text).unwrap().fate(0)
        };
        assert_eq!(in_grace("RUNNING"), TaskFate::Yields);
        assert_eq!(in_grace("COMPLETING"), TaskFate::Preempted, "PreemptMode=CANCEL");
    }
}
