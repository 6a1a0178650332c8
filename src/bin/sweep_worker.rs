//! Runs jobs of a sweep, one after the other.

use std::process::ExitCode;

use sweepkit::commands::run_worker;

fn main() -> ExitCode {
    run_worker(std::env::args_os())
}
