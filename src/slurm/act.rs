//! Actions on tasks: cancel, hold, release, requeue, exclude a node.

use super::{Slurm, SlurmError, TaskId};

/// The most numbers on one command line.
const AT_ONCE: usize = 500;

impl Slurm {
    /// Cancels these arrays, or only their waiting tasks. Arrays that are over are fine.
    ///
    /// # Errors
    ///
    /// When SLURM does not answer, or forbids it.
    pub fn cancel(&self, arrays: &[u64], only_waiting: bool) -> Result<(), SlurmError> {
        for ids in arrays.chunks(AT_ONCE) {
            let state = only_waiting.then(|| "--state=PENDING".to_owned());
            let args: Vec<String> =
                state.into_iter().chain(ids.iter().map(ToString::to_string)).collect();
            fine_if_over(self.ask("scancel", &args).map(drop))?;
        }
        Ok(())
    }

    /// Keeps the waiting tasks of these arrays from being started.
    ///
    /// # Errors
    ///
    /// Fails where [`Slurm::cancel`] fails.
    pub fn hold(&self, arrays: &[u64]) -> Result<(), SlurmError> {
        self.control_all("hold", arrays)
    }

    /// Undoes [`Slurm::hold`].
    ///
    /// # Errors
    ///
    /// Fails where [`Slurm::cancel`] fails.
    pub fn release(&self, arrays: &[u64]) -> Result<(), SlurmError> {
        self.control_all("release", arrays)
    }

    fn control_all(&self, verb: &str, arrays: &[u64]) -> Result<(), SlurmError> {
        for ids in arrays.chunks(AT_ONCE) {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            fine_if_over(self.ask("scontrol", &[verb.to_owned(), ids.join(",")]).map(drop))?;
        }
        Ok(())
    }

    /// Ends a task and starts it again. SLURM ends its processes; a process of the task that calls this
    /// should end by itself.
    ///
    /// # Errors
    ///
    /// When SLURM does not answer, or forbids it (`JobRequeue=0`).
    pub fn requeue(&self, task: TaskId) -> Result<(), SlurmError> {
        self.ask("scontrol", &["requeue".to_owned(), task.to_string()]).map(drop)
    }

    /// Ends a task and keeps it in the queue, held until it is released.
    ///
    /// # Errors
    ///
    /// Fails where [`Slurm::requeue`] fails.
    pub fn requeue_held(&self, task: TaskId) -> Result<(), SlurmError> {
        self.ask("scontrol", &["requeuehold".to_owned(), task.to_string()]).map(drop)
    }

    /// Excludes a node for the waiting tasks of these arrays, beside those that are excluded
    /// already.
    ///
    /// # Errors
    ///
    /// Fails where [`Slurm::cancel`] fails.
    pub fn exclude_node(
        &self,
        arrays: &[u64],
        node: &str,
        excluded: &str,
    ) -> Result<(), SlurmError> {
        let nodes =
            if excluded.is_empty() { node.to_owned() } else { format!("{excluded},{node}") };
        for array in arrays {
            let args =
                ["update".to_owned(), format!("JobId={array}"), format!("ExcNodeList={nodes}")];
            fine_if_over(self.ask("scontrol", &args).map(drop))?;
        }
        Ok(())
    }
}

/// Passes over the error that a job does not exist any more.
fn fine_if_over(result: Result<(), SlurmError>) -> Result<(), SlurmError> {
    match result {
        Err(error) if error.is_about_no_job() => Ok(()),
        other => other,
    }
}
