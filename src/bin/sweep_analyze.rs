//! `sweep_analyze`: writes the report of a sweep, `analysis.html`.

use std::process::ExitCode;

use clap::Parser;
use sweepkit::analyze::analyze;
use sweepkit::app::{SweepArgs, run};

/// Write the report of a sweep: ROOT_DIR/NAME/analysis.html
///
/// Reads what sweep_collect wrote; may be run at any time, also while jobs run. Prints the path of
/// the report. Exit code 1: the report is there, and says what it could not show.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    sweep: SweepArgs,
}

fn main() -> ExitCode {
    let args = Args::parse();
    run(|| analyze(&args.sweep.load()?, args.sweep.printer()))
}
