//! Runs jobs: claims one, runs its program, records how it ended, and goes on to the next.
//!
//! Reads the job configs (`cfgs/`) and, when started by `sweep_launch`, the ledger entry
//! (`launches/000001/submission.json`); writes `logs/000017/` (`attempts.jsonl`, `stdout.log`,
//! `stderr.log` and the claim). Knows nothing of other workers but their claims, so any number of
//! them, on any number of hosts, may work on one sweep directory.
//!
//! - `options`, `run`, `session`, `work`: one worker, from how it was called over the loop over its jobs
//!   to its exit code,
//! - `standing_in`: how a worker goes on in place of others that are gone,
//! - `tuning`, `suggesting`: how the workers of a sweep that is tuned choose its next configs,
//! - `identity`: how a worker recognizes its own attempts in the journals,
//! - `queue`: which job comes next,
//! - `attempt`: one start of a job's program, from its claim to its record,
//! - `process`: the program's processes, and that none outlives its worker,
//! - `policy`: whether a job is tried again, and whether the worker goes on,
//! - `task`: the SLURM task that the worker runs in,
//! - `patience`: how a worker waits for a disk that is full or fails,
//! - `report`: how the worker reports what it does.
//!
//! How the command lines of a sweep run is [`crate::runtime`], which `sweep_launch` needs too.

mod attempt;
#[cfg(test)]
mod convergence;
mod identity;
mod options;
mod patience;
mod policy;
mod process;
mod queue;
mod report;
mod run;
mod session;
mod standing_in;
mod suggesting;
mod task;
mod tuning;
mod work;

pub use options::WorkerOptions;
pub use process::guard::run_guard;
pub use process::warning::warn_on_this_node;
pub use run::run;
