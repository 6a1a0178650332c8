//! Runs one attempt: one start of a job's program, from its claim to its record.
//!
//! Finds out how and why the program ended. What follows from that for the job is decided in the room
//! `policy`.
//!
//! - `runner`: the attempt from its claim to its record,
//! - `start`: the start of its program, or the hand-over to the one that is kept alive,
//! - `journal`: the record,
//! - `watch`: the program while it runs, and all that may end it (`limits`),
//! - `output`, `memory`, `cause`, `verdict`: how it ended, and why,
//! - `settlement`: what of that counts where its task was being ended too (pure); `settle`: asks SLURM for it, also for
//!   the attempts that ended moments before (`recent`),
//! - `progress`: whether an attempt that ran out of time left anything new.

mod cause;
mod journal;
mod limits;
pub(super) mod memory;
pub(super) mod output;
mod progress;
pub(super) mod recent;
pub(super) mod runner;
pub(super) mod settle;
mod settlement;
mod start;
pub(super) mod verdict;
mod watch;
