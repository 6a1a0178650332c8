//! Runs what is not done of a sweep.
//!
//! Reads `cfgs/` and the journals in `logs/`; writes an entry of the ledger (`launches/000001/`)
//! and starts workers, which write the rest. It keeps nothing of its own that a second call would
//! need: what is not done is found in the journals each time, so a call that was cut off in any
//! way is continued by calling again.
//!
//! - `select`, `plan`: which jobs run (pure),
//! - `canary`: which of them first,
//! - `snapshot`, `code`: the copy of the code that they run from,
//! - `preview`: what will run, and whether the user wants it,
//! - `local`: the executor for this machine, with its `worker_pool`, `job_board` and
//!   `progress` (how far it is), and `summary` (how it went),
//! - `slurm`: the executor for SLURM, which gets job arrays of workers and is left alone with them,
//! - `call`: how a worker is called by either.

mod canary;
mod code_copy;
mod executor;
mod job_board;
mod job_experience;
mod local;
mod plan;
mod preview;
mod progress;
mod run;
mod select;
mod slurm;
mod snapshot;
mod summary;
mod worker_call;
mod worker_pool;

pub use run::{LaunchOptions, run};
pub use select::{ConfigCondition, JobNumbers, JobSelection};
pub use slurm::QueueAction;
