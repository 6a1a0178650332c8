//! The limits within which a program runs: data that the watch over it obeys.

use crate::worker::task::deadline::TaskDeadline;
use crate::worker::task::hooks::ClusterHooks;

/// The limits on a program: all that may end it besides itself.
#[derive(Clone, Copy)]
pub(in crate::worker) struct ProgramLimits<'a> {
    /// The time limit of the attempt in minutes; none in a task, which has its own limit.
    pub(in crate::worker) minutes: Option<u64>,
    /// The end of the task; none outside of SLURM.
    pub(in crate::worker) deadline: Option<TaskDeadline>,
    /// The cluster, which knows why a task is ended.
    pub(in crate::worker) cluster: &'a dyn ClusterHooks,
    /// Returns the number of an earlier attempt that was taken for dead and turned out to be done.
    pub(in crate::worker) done_before: &'a dyn Fn() -> Option<u32>,
}
