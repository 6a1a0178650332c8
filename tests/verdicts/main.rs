//! The verdicts of the report, held to the truth: sweeps whose truth is known go through the real binaries, and the rates of
//! wrong and of missing verdicts are counted.
//!
//! `scripts/simulate` runs the same with many more sweeps (`SWEEP_SIMULATE_RUNS`).

#![cfg(feature = "analysis")]
#![allow(
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test may be plain, may panic, and prints what a failure shows"
)]

#[path = "../support/common.rs"]
mod common;

mod categories;
mod comparisons;
mod fronts;
mod importances;
mod mirror;
mod printed;
mod simulation;
mod tunability;
