//! Starts the processes of a program, waits for them, signals them, and leaves none behind.
//!
//! Knows a program by its process group and its token, and nothing of jobs, claims or journals.
//!
//! - `program`: one program, from its start until it is reaped,
//! - `output_file`: the files that have what it prints,
//! - `job_line`: the pipes to a program that is kept alive for one job after another,
//! - `inbox`: signals to the worker and the end of its program, in one place to wait,
//! - `warning`: sends the warning before a time limit to the processes that handle it,
//! - `leftovers`, `guard`: kill what a program has started, also after the worker's own death.

pub(super) mod guard;
pub(super) mod inbox;
pub(super) mod job_line;
pub(super) mod leftovers;
mod output_file;
pub(super) mod program;
pub(super) mod warning;
