//! `sweep_setup`: samples the job configs of a sweep.

use std::process::ExitCode;

use clap::Parser;
use sweepkit::app::SweepArgs;
use sweepkit::setup;

/// Sample the job configs of a sweep
///
/// Writes `cfgs/`, `cfgs_summary.yaml`, `sweep_cfg.yaml` and `setup.json` to the sweep directory
/// ROOT_DIR/NAME. A set that was not launched yet is replaced as a whole; one that was launched is
/// never touched.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(flatten)]
    sweep: SweepArgs,

    /// Print what setup.json says on stdout
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    sweepkit::app::run(|| setup::run(&cli.sweep, cli.json))
}
