//! `sweep_setup`: samples the job configs of a sweep.

use std::process::ExitCode;

use clap::Parser;
use sweepkit::commands::SetupArgs;

fn main() -> ExitCode {
    SetupArgs::parse().run()
}
