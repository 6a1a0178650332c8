//! The tests on SLURM: a real cluster that each test starts for itself, and commands that are fakes.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test may be plain, may panic, and prints what a failure shows"
)]

#[path = "../support/cluster/mod.rs"]
mod cluster;
#[path = "../support/common.rs"]
mod common;
#[path = "../support/hostile.rs"]
mod hostile;
#[path = "../support/launching.rs"]
mod launching;
#[path = "../support/study.rs"]
mod study;

mod copied;
mod fake;
mod faults;
mod held;
mod hosts;
mod left_out;
mod nodes;
mod out_of_sight;
mod policies;
mod preempted;
mod quoting;
mod real;
mod refusals;
mod signs;
mod sweeps;
mod tuned;
