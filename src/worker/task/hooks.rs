//! Defines what a worker asks of the cluster that it runs on.

use sweep_config::JobId;
use sweep_config::records::AttemptStart;

use crate::slurm::TaskFate;

/// The other tasks of a submission that SLURM has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::worker) struct OtherTasks {
    /// The number of those that wait.
    pub(in crate::worker) waiting: usize,
    /// The number of those that run.
    pub(in crate::worker) active: usize,
    /// The nodes on which tasks ended before their worker started, a name for each task, and the task.
    pub(in crate::worker) silent: Vec<(String, String)>,
}

/// The requests of a worker to the cluster that it runs on.
///
/// A worker reports a request that fails and goes on: its jobs do not depend on it.
pub(in crate::worker) trait ClusterHooks {
    /// Requests one task with more memory that runs the job once more; `attempt` ran out of `had`
    /// megabytes.
    ///
    /// # Errors
    ///
    /// When there will be no such task, in words.
    fn request_memory(&self, job: JobId, attempt: u32, had: u64) -> Result<(), String>;

    /// Keeps waiting tasks away from a node that fails. May be called again for the same node.
    ///
    /// # Errors
    ///
    /// When tasks may still be started on it, in words.
    fn exclude_node(&self, node: &str) -> Result<(), String>;

    /// Returns the other tasks of the submission that may take what this one leaves; none where SLURM does not
    /// say.
    fn other_tasks(&self) -> Option<OtherTasks> {
        None
    }

    /// Returns true if and only if another task of the submission waits or runs, and may take what this
    /// one leaves. False where SLURM does not say so.
    fn has_others(&self) -> bool {
        self.other_tasks().is_some_and(|others| others.waiting + others.active > 0)
    }

    /// Ends the worker's own task and has it started again, for the jobs that it had no time for.
    ///
    /// # Errors
    ///
    /// When it will not be started again, in words.
    fn requeue(&self) -> Result<(), String>;

    /// Returns what SLURM says of the end of this worker's own task. The answer takes a second or two at most, since
    /// SLURM will not wait for a worker that it ends.
    fn fate(&self) -> TaskFate;

    /// Sends a signal to the processes with this token that listen to it, on all nodes of the task.
    /// Returns whether a process listened; none where the task has no other node than this, or
    /// SLURM refuses.
    fn signal_listeners(&self, token: &str, signal: i32) -> Option<bool> {
        let _ = (token, signal);
        None
    }

    /// Returns what SLURM says of the end of the run that an attempt was made in: its accounts, or where there are
    /// none that the node is down. It goes on where the accounts do not have its end yet.
    fn end_of(&self, start: &AttemptStart) -> TaskFate {
        let _ = start;
        TaskFate::Unknown
    }

    /// Cancels the waiting tasks of the submission.
    ///
    /// # Errors
    ///
    /// When they still wait, in words. Each will end by itself once it starts.
    fn cancel_pending(&self) -> Result<(), String>;
}

/// A machine without a scheduler, where no task waits.
#[derive(Debug, Clone, Copy)]
pub(in crate::worker) struct NoCluster;

impl ClusterHooks for NoCluster {
    fn request_memory(&self, _: JobId, _: u32, _: u64) -> Result<(), String> {
        Err("this worker cannot get more memory".to_owned())
    }

    fn exclude_node(&self, _: &str) -> Result<(), String> {
        Ok(())
    }

    fn requeue(&self) -> Result<(), String> {
        Err("this worker cannot be restarted".to_owned())
    }

    /// Returns that it was cancelled: this worker cannot be restarted.
    fn fate(&self) -> TaskFate {
        TaskFate::Cancelled
    }

    fn cancel_pending(&self) -> Result<(), String> {
        Ok(())
    }
}
