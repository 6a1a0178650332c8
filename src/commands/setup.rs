//! The arguments of `sweep_setup`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueHint};

use crate::app::{self, SweepArgs};
use crate::setup;

const EXAMPLES: &str = "\
Examples:
  sweep_setup sweep.yaml                            sample the job configs
  sweep_setup sweep.yaml --preview                  look at the design space first; writes nothing
  sweep_setup sweep.yaml --set SETUP.NUM_CONFIGS=8  try it with eight jobs
  sweep_setup sweep.yaml --extend 64                64 jobs more, later

Start here: `sweepkit init train.py` writes a sweep config for your program, `sweepkit` shows how the stages
follow each other. docs/guide/start.md goes through them.";

/// Sample the job configs of a sweep
///
/// Writes `cfgs/`, `cfgs_summary.yaml`, `sweep_cfg.yaml` and `setup.json` to the sweep directory
/// `ROOT_DIR/NAME`. A set that was not launched yet is replaced as a whole; one that was launched is
/// never touched.
#[derive(Debug, Parser)]
#[command(name = "sweep_setup", version, after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub struct SetupArgs {
    /// The sweep.
    #[command(flatten)]
    pub sweep: SweepArgs,

    /// Print what setup.json says on stdout
    #[arg(long)]
    pub json: bool,

    /// Sample and say what would be set up; write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Do what `--dry-run` does, and print the distribution of each parameter and of the models' complexity
    #[arg(long, conflicts_with = "json")]
    pub preview: bool,

    /// Draw what `--preview` says, and what the constraints reject, as one HTML page
    #[arg(long, value_name = "FILE", requires = "preview", value_hint = ValueHint::FilePath)]
    pub html: Option<PathBuf>,

    /// Append so many new configs to a sweep, launched or not; those that are there stay as they are
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub extend: Option<u64>,

    /// Do not ask: neither before more than 10,000 configs are written that `NUM_CONFIGS` does not ask for, nor before an
    /// extension of a design space that has changed
    #[arg(long, short)]
    pub yes: bool,

    /// Let the results of another sweep stand for jobs that are the same and that it has done; a sweep
    /// directory, or a NAME under the same ROOT_DIR; may be repeated
    #[arg(long, value_name = "SWEEP")]
    pub reuse: Vec<PathBuf>,

    /// Give a key each of several values, in all combinations with what is sampled, e.g.
    /// `--sweep MODEL.TYPE=resnet,vit`; may be repeated
    #[arg(long = "sweep", value_name = "KEY=A,B")]
    pub sweeps: Vec<String>,

    /// Print the JSON Schema of sweep configs instead, for editors
    #[arg(long, conflicts_with_all = ["json", "dry_run", "preview", "extend", "reuse", "sweeps", "info"])]
    pub schema: bool,

    /// Print what networks cost instead, a JSON line for each config; `-`: a config a line on stdin
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["json", "dry_run", "preview", "extend", "reuse", "sweeps"])]
    pub info: Vec<PathBuf>,
}

impl SetupArgs {
    /// Does what they ask for.
    #[must_use]
    pub fn run(self) -> ExitCode {
        app::run(|| {
            // No sweep is needed to say what a network costs, or what a sweep config may be.
            if self.schema {
                return Ok(setup::schema());
            }
            if !self.info.is_empty() {
                return setup::info(&self.info);
            }
            let dry_run = self.dry_run || self.preview;
            let Self { sweep, json, preview, html, extend, yes, reuse, sweeps, .. } = self;
            let options =
                setup::SetupOptions { json, dry_run, preview, html, extend, yes, reuse, sweeps };
            setup::run(&sweep, &options)
        })
    }
}
