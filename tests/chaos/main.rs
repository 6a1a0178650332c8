//! The chaos run: a sweep on a real SLURM of its own under hundreds of blows, and what is left of it afterwards.
//!
//! `plan` says which blows, `blows` strikes them on the `arena`, `converge` calls plain launches until all is
//! settled, `judge` holds the journals against what the programs wrote down themselves, `table` prints it.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test may be plain, may panic, and prints what it found"
)]

#[path = "../support/cluster/mod.rs"]
mod cluster;
#[path = "../support/common.rs"]
mod common;
#[path = "../support/study.rs"]
mod study;

mod accounts;
mod arena;
mod blows;
mod converge;
mod disk;
mod journals;
mod judge;
mod plan;
mod processes;
mod program;
mod remedies;
mod table;

use std::env;
use std::time::Duration;

use arena::Arena;
use plan::RunSize;

/// Runs a sweep under all blows of a plan, lets plain launches finish it, and judges what came of it.
fn chaos(size: &RunSize) {
    let Some(clusters) = arena::start_clusters() else { return };
    let mut arena = Arena::new(size, &clusters);
    let weathered = arena.storm();
    let convergence = arena.converge();
    let judgement = arena.judge();
    println!("{}", table::render(size, &weathered, &convergence, &judgement));
    let faults = judgement.faults(&convergence);
    arena.show(&judgement.suspects(&convergence));
    arena.show_disputes(&judgement.agreement);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable)
        .ok()
        .map(|text| text.parse().unwrap_or_else(|e| panic!("{variable}={text}: {e}")))
}

#[test]
fn no_blow_doubles_loses_or_changes_a_job() {
    chaos(&RunSize::new(300, Duration::from_mins(1), 7));
}

/// Takes the size that `SWEEP_CHAOS_JOBS`, `_SECONDS` and `_SEED` say: `scripts/chaos`.
#[test]
#[ignore = "takes half an hour"]
fn no_blow_doubles_loses_or_changes_one_of_many_jobs() {
    let jobs = u32::try_from(number("SWEEP_CHAOS_JOBS").unwrap_or(10_000)).unwrap();
    let seconds = number("SWEEP_CHAOS_SECONDS").unwrap_or(20 * 60);
    let seed = number("SWEEP_CHAOS_SEED").unwrap_or(1);
    chaos(&RunSize::new(jobs, Duration::from_secs(seconds), seed));
}
