//! The tests that load the machine: many kills, many workers, many jobs. They run one after another.

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
#[path = "../support/logs.rs"]
mod logs;

mod collect_kill;
#[cfg(feature = "analysis")]
mod large_report;
mod launch_kill;
mod worker_crowd;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Waits until no other test of this program runs; the next one waits for the end of the guard.
fn alone() -> MutexGuard<'static, ()> {
    static RUNNING: Mutex<()> = Mutex::new(());
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}
