//! `sweep_setup`: samples the job configs of a sweep.

use std::process::ExitCode;

use clap::Parser;
use sweepkit::app;
use sweepkit::commands::SetupArgs;
use sweepkit::setup;

fn main() -> ExitCode {
    let args = SetupArgs::parse();
    app::run(|| {
        // No sweep is needed to say what a network costs, or what a sweep config may be.
        if args.schema {
            return Ok(setup::schema());
        }
        if !args.info.is_empty() {
            return setup::info(&args.info);
        }
        let SetupArgs { sweep, json, preview, html, extend, yes, reuse, sweeps, .. } = args;
        let dry_run = args.dry_run || preview;
        let options =
            setup::SetupOptions { json, dry_run, preview, html, extend, yes, reuse, sweeps };
        setup::run(&sweep, &options)
    })
}
