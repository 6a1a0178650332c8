//! `sweep_analyze`: writes the report of a sweep, `analysis.html`.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use sweepkit::analyze::{Options, analyze};
use sweepkit::app::run;
use sweepkit::commands::AnalyzeArgs;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let mut args = AnalyzeArgs::parse();
    run(|| {
        let (sweep, also) = args.load()?;
        let AnalyzeArgs { sweep: of, summary, json, figures, .. } = args;
        analyze(&sweep, &Options { summary, json, figures, also }, of.printer())
    })
}
