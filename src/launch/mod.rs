//! Runs the jobs of a sweep that are not done.
//!
//! Reads `cfgs/` and the journals in `logs/`; writes an entry of the ledger (`launches/000001/`)
//! and starts workers, which write the rest. It keeps nothing of its own that a second call would
//! need: what is not done is found in the journals each time, so a call that was cut off in any
//! way is continued by calling again.
//!
//! - `select`, `plan`: the jobs to run (pure),
//! - `canary`: the jobs that run first,
//! - `snapshot`, `code_copy`: the copy of the code that they run from,
//! - `preview`: the description of what will run, and the question whether to,
//! - `remarks`: what is said before; `refusals`: what hinders it,
//! - `executor`, `job_experience`: SLURM or this machine, and what finished jobs took,
//! - `local`: the executor for this machine, with its `worker_pool`, its `job_board` of what the workers
//!   report, its `progress` and its `summary`,
//! - `slurm`: the executor for SLURM, which submits job arrays of workers and leaves them alone,
//! - `worker_call`: the command line of a worker, for either.

mod canary;
mod code_copy;
mod executor;
mod job_board;
mod job_experience;
mod local;
mod plan;
mod preview;
mod progress;
mod refusals;
mod remarks;
mod run;
mod select;
mod slurm;
mod snapshot;
mod summary;
mod worker_call;
mod worker_pool;

pub use run::{LaunchOptions, run};
pub use select::{ConfigCondition, JobSelection};
pub use slurm::QueueAction;
