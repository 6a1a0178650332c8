//! The tests of `sweep_analyze`: the report, its figures and its numbers.

#![cfg(feature = "analysis")]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test may be plain, may panic, and prints what a failure shows"
)]

#[path = "../support/common.rs"]
mod common;

mod browser;
mod census;
mod chosen;
mod counts;
mod damage;
mod figures;
mod golden;
mod imported;
mod instrument;
mod layout;
mod learning;
mod lineage;
mod models;
mod notebook;
mod numbers;
mod objective;
mod one_value;
mod page;
mod paper;
mod priors;
mod report;
mod secrets;
mod serve;
mod statistics;
mod tuned;
