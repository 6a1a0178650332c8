//! The tests of `sweep_collect`: values, tables, views, and logs that are odd.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test may be plain, may panic, and prints what a failure shows"
)]

#[path = "../support/common.rs"]
mod common;
#[path = "../support/logs.rs"]
mod logs;

mod cells;
mod checkpoints;
mod edge;
mod found;
mod hostile;
mod import_kinds;
mod imports;
mod known;
mod mlflow_store;
mod places;
mod programs;
mod readonly;
mod restarts;
mod secrets;
mod tables;
mod terminal;
mod values;
mod views;
mod written;
