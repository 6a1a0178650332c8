//! What a worker asks of the cluster that it runs on.

use sweep_config::JobId;

/// What a worker asks of the cluster that it runs on.
///
/// A worker warns of what goes wrong here and goes on: its jobs do not need it.
pub(in crate::worker) trait Cluster {
    /// Asks for one task with more memory that runs the job once more; `attempt` ran out of `had`
    /// megabytes.
    ///
    /// # Errors
    ///
    /// In words, when there will be no such task.
    fn more_memory(&self, job: JobId, attempt: u32, had: u64) -> Result<(), String>;

    /// Keeps the tasks that wait from a node that fails. May be called again for the same node.
    ///
    /// # Errors
    ///
    /// In words, when they may still get it.
    fn exclude_node(&self, node: &str) -> Result<(), String>;

    /// Has the worker's own task end and start again, for what it could not do in time.
    ///
    /// # Errors
    ///
    /// In words, when it will not.
    fn requeue(&self) -> Result<(), String>;

    /// Asked by a worker that was told to stop: true if and only if SLURM starts its task again, as
    /// after a preemption. Answers within a second or two, since SLURM will not wait.
    fn starts_again(&self) -> bool;

    /// Sends a signal to the processes with this token that listen to it, on all nodes of the task;
    /// whether there was one. None where the task has no other node than this, or SLURM will not.
    fn tell_listeners(&self, token: &str, signal: i32) -> Option<bool> {
        let _ = (token, signal);
        None
    }

    /// Cancels the tasks of the submission that wait.
    ///
    /// # Errors
    ///
    /// In words, when they still wait. Each will end by itself once it starts.
    fn cancel_pending(&self) -> Result<(), String>;
}

/// A machine without a scheduler: no task waits.
#[derive(Debug, Clone, Copy)]
pub(in crate::worker) struct NoCluster;

impl Cluster for NoCluster {
    fn more_memory(&self, _: JobId, _: u32, _: u64) -> Result<(), String> {
        Err("nobody gives this worker more memory".to_owned())
    }

    fn exclude_node(&self, _: &str) -> Result<(), String> {
        Ok(())
    }

    fn requeue(&self) -> Result<(), String> {
        Err("nobody starts this worker again".to_owned())
    }

    fn starts_again(&self) -> bool {
        false
    }

    fn cancel_pending(&self) -> Result<(), String> {
        Ok(())
    }
}
