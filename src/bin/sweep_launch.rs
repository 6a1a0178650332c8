//! Runs the jobs of a sweep that are not done.

use std::process::ExitCode;

use clap::Parser;
use sweepkit::commands::LaunchArgs;

fn main() -> ExitCode {
    LaunchArgs::parse().run()
}
