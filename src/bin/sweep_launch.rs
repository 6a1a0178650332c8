//! Runs the jobs of a sweep that are not done.

use std::process::ExitCode;

use clap::Parser;
use sweepkit::app::{self, SweepArgs};
use sweepkit::launch;

/// Run the jobs of a sweep that are not done
///
/// Exit codes: 0 all of them are done, 1 some are not, 2 wrong command line or config, 3 SLURM said
/// no, 4 the file system failed or the sweep directory is damaged.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    sweep: SweepArgs,

    /// Launch without asking
    #[arg(long, short)]
    yes: bool,

    /// Show what would run, and change nothing
    #[arg(long)]
    dry_run: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let options = launch::Options { yes: args.yes, dry_run: args.dry_run };
    app::run(|| launch::run(&args.sweep.load()?, options, args.sweep.printer()))
}
