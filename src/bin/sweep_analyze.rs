//! `sweep_analyze`: writes the report of a sweep, `analysis.html`.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use sweepkit::analyze::{FigureRequest, Options, analyze};
use sweepkit::app::run;
use sweepkit::commands::AnalyzeArgs;
use sweepkit::serve::{hand_report, serve};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let mut args = AnalyzeArgs::parse();
    run(|| {
        if let Some((address, places)) = args.served() {
            return serve(&places, &args.sweep, &address);
        }
        if let Some(number) = args.served_report {
            return hand_report(&args.sweep, number);
        }
        let (sweep, also) = args.load()?;
        let AnalyzeArgs { sweep: of, summary, json, figures, one, .. } = args;
        let paper = one.paper();
        let request = |name| FigureRequest { name, paper, font: one.font, output: one.output };
        let figure = one.figure.map(request);
        analyze(&sweep, &Options { summary, json, figures, figure, also }, of.printer())
    })
}
