//! `sweep_setup`: samples the job configs of a sweep.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};
use sweepkit::app::{self, SweepArgs};
use sweepkit::setup;

/// Sample the job configs of a sweep
///
/// Writes `cfgs/`, `cfgs_summary.yaml`, `sweep_cfg.yaml` and `setup.json` to the sweep directory
/// `ROOT_DIR/NAME`. A set that was not launched yet is replaced as a whole; one that was launched is
/// never touched.
#[derive(Debug, Parser)]
#[command(version)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
struct SetupArgs {
    #[command(flatten)]
    sweep: Option<SweepArgs>,

    /// Print what setup.json says on stdout
    #[arg(long)]
    json: bool,

    /// Sample and say what would be set up; write nothing
    #[arg(long)]
    dry_run: bool,

    /// Do what `--dry-run` does, and print the distribution of each parameter and of the models' complexity
    #[arg(long, conflicts_with = "json")]
    preview: bool,

    /// Draw what `--preview` says, and what the constraints reject, as one HTML page
    #[arg(long, value_name = "FILE", requires = "preview")]
    html: Option<PathBuf>,

    /// Append so many new configs to a sweep, launched or not; those that are there stay as they are
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    extend: Option<u64>,

    /// Do not ask: neither before more than 10,000 configs are written that `NUM_CONFIGS` does not ask for, nor before an
    /// extension of a design space that has changed
    #[arg(long, short)]
    yes: bool,

    /// Let the results of another sweep stand for jobs that are the same and that it has done; a sweep
    /// directory, or a NAME under the same ROOT_DIR; may be repeated
    #[arg(long, value_name = "SWEEP")]
    reuse: Vec<PathBuf>,

    /// Give a key each of several values, in all combinations with what is sampled, e.g.
    /// `--sweep MODEL.TYPE=resnet,vit`; may be repeated
    #[arg(long = "sweep", value_name = "KEY=A,B")]
    sweeps: Vec<String>,

    /// Print the JSON Schema of sweep configs instead, for editors
    #[arg(long, conflicts_with_all = ["json", "dry_run", "preview", "extend", "reuse", "sweeps", "info"])]
    schema: bool,

    /// Print what networks cost instead, a JSON line for each config; `-`: a config a line on stdin
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["json", "dry_run", "preview", "extend", "reuse", "sweeps"])]
    info: Vec<PathBuf>,
}

fn main() -> ExitCode {
    // No sweep is needed to say what a network costs, or what a sweep config may be.
    let command = SetupArgs::command().mut_arg("sweep_cfg", |arg| {
        arg.required(false).required_unless_present_any(["info", "schema"])
    });
    let matches = command.get_matches();
    let cli = SetupArgs::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    app::run(|| match cli.sweep {
        _ if cli.schema => Ok(setup::schema()),
        Some(sweep) if cli.info.is_empty() => {
            let SetupArgs { json, preview, html, extend, yes, reuse, sweeps, .. } = cli;
            let dry_run = cli.dry_run || preview;
            let options =
                setup::SetupOptions { json, dry_run, preview, html, extend, yes, reuse, sweeps };
            setup::run(&sweep, &options)
        }
        _ => setup::info(&cli.info),
    })
}
