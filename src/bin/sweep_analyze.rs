//! `sweep_analyze`: writes the report of a sweep, `analysis.html`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use sweep_config::Sweep;
use sweepkit::analyze::{Options, analyze};
use sweepkit::app::{Failure, SweepArgs, run};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Write the report of a sweep: `ROOT_DIR/NAME/analysis.html`
///
/// Reads what `sweep_collect` wrote; may be run at any time, also while jobs run. Prints the path of
/// the report. Exit code 1: the report is there, and says what it could not show.
#[derive(Debug, Parser)]
#[command(version)]
struct AnalyzeArgs {
    #[command(flatten)]
    sweep: SweepArgs,
    /// Print how many jobs there are, the best ones, the best ranges and what matters
    #[arg(long)]
    summary: bool,
    /// Print the same as one JSON value
    #[arg(long)]
    json: bool,
    /// Write each figure as an SVG and as a PNG file (384 dots an inch) into this directory too
    #[arg(long, value_name = "DIR")]
    figures: Option<PathBuf>,
    /// Configs of further sweeps to compare with, beside those of the config
    #[arg(value_name = "SWEEP_CFG")]
    also: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let args = AnalyzeArgs::parse();
    run(|| {
        let (sweep, printer) = (args.sweep.load()?, args.sweep.printer());
        let also = args.also.iter().map(|path| Ok(Sweep::load(path, &[])?));
        let also = also.collect::<Result<_, Failure>>()?;
        let options =
            Options { summary: args.summary, json: args.json, figures: args.figures, also };
        analyze(&sweep, &options, printer)
    })
}
