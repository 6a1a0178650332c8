//! The tests of `sweep_setup`: design spaces, and the job configs that are sampled from them.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test may be plain, may panic, and prints what a failure shows"
)]

#[path = "../support/common.rs"]
mod common;

mod blocks;
mod command_line;
mod complete;
mod conditions;
mod converted;
mod drawn;
mod dysweep;
mod expressions;
mod forms;
mod included;
mod job_configs;
mod laws;
mod measured;
mod nested;
mod networks;
mod notation;
mod overrides;
mod paths;
mod points;
mod preview;
mod priors;
mod programs;
mod reuse;
mod rounds;
mod rows;
mod sampled;
mod schema;
mod secrets;
mod sizes;
mod tuning;
mod weights;
mod zipped;
