//! The tests of `sweep_worker`: jobs that fail, tasks that end, signals.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test may be plain, may panic, and prints what a failure shows"
)]

#[path = "../support/common.rs"]
mod common;
#[path = "../support/launching.rs"]
mod launching;

mod by_hand;
mod copied;
mod disk;
mod failing;
mod kept;
mod links;
mod policy;
mod takeover;
mod task;
mod tuned;
