//! Runs the jobs of a sweep that are not done.

use std::process::ExitCode;

use clap::Parser;
use sweepkit::app;
use sweepkit::commands::LaunchArgs;
use sweepkit::launch;

fn main() -> ExitCode {
    let args = LaunchArgs::parse();
    app::run(|| launch::run(&args.sweep.load_to_run()?, &args.options(), args.sweep.printer()))
}
