//! Decides which job a worker takes next: the jobs that it is for, and their order.
//!
//! Reads `logs/` and the journals; claims nothing and starts nothing.
//!
//! - `assignment`, `scope`: the jobs that a worker is for, and how many of them,
//! - `left_jobs`: passes on the number of jobs that a task does not get to,
//! - `job_queue`, `job_pick`: which of them comes next,
//! - `probe_order`: where to look for a job that nobody has begun (pure).

pub(super) mod assignment;
pub(super) mod job_pick;
pub(super) mod job_queue;
pub(super) mod left_jobs;
pub(super) mod probe_order;
pub(super) mod scope;
