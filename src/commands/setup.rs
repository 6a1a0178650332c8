//! The arguments of `sweep_setup`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueHint};

use crate::app::{self, JobNumbers, SweepArgs};
use crate::setup;

const EXAMPLES: &str = "\
Examples:
  sweep_setup sweep.yaml                            sample the job configs
  sweep_setup sweep.yaml --preview                  inspect the design space first; write nothing
  sweep_setup sweep.yaml --set SETUP.NUM_CONFIGS=8  try it with 8 configs
  sweep_setup sweep.yaml --extend 64                add 64 configs later
  sweep_setup sweep.yaml --add points.csv           add exactly these configs
  sweep_setup sweep.yaml --extend-replicates 4      add four seeds of each config

Start here: `sweepkit init train.py` writes a sweep config for your program, and `sweepkit` lists the stages.
docs/guide/start.md walks you through them.";

/// Sample the job configs of a sweep
///
/// Writes `cfgs/`, `cfgs_summary.yaml`, `sweep_cfg.yaml` and `setup.json` to the sweep directory `ROOT_DIR/NAME`.
/// Replaces an earlier setup that has not been launched; never touches one that has.
#[derive(Debug, Parser)]
#[command(name = "sweep_setup", version, after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub struct SetupArgs {
    /// The sweep.
    #[command(flatten)]
    pub sweep: SweepArgs,

    /// Print the contents of setup.json
    #[arg(long)]
    pub json: bool,

    /// Sample and report what would be set up, but write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Like `--dry-run`, and also print the distribution of each parameter and of the models' complexity
    #[arg(long, conflicts_with = "json")]
    pub preview: bool,

    /// Write the preview, and what the constraints reject, as an HTML page
    #[arg(long, value_name = "FILE", requires = "preview", value_hint = ValueHint::FilePath)]
    pub html: Option<PathBuf>,

    /// Append N new configs to a sweep, launched or not; existing configs do not change
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub extend: Option<u64>,

    /// Append the configs of a file (CSV, JSON, JSON lines, Parquet; `-` reads from stdin), each given as parameters and
    /// values; those that are jobs already are not made again (repeatable)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub add: Vec<PathBuf>,

    /// Append N further jobs of each config with new seeds (`SEED_KEY`); existing jobs do not change
    #[arg(long, value_name = "N", conflicts_with_all = ["extend", "add"], value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub extend_replicates: Option<u32>,

    /// Only of the configs of these jobs: `3,7-9`
    #[arg(long, value_name = "JOBS", requires = "extend_replicates")]
    pub only: Option<JobNumbers>,

    /// Append the next N configs that the results suggest (`STRATEGY: tpe`); with `--dry-run`, only print them
    #[arg(long, value_name = "N", conflicts_with_all = ["extend", "add", "extend_replicates", "preview", "reuse", "sweeps"], value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub suggest: Option<u64>,

    /// Take results measured elsewhere, one JSON line each: `{"job": 12, "values": {"val_loss": 0.31}}`; `-` reads from
    /// stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["extend", "add", "extend_replicates", "preview", "reuse", "sweeps"], value_hint = ValueHint::FilePath)]
    pub tell: Option<PathBuf>,

    /// Make suggestion K again from its record, and print its config
    #[arg(long, value_name = "K", conflicts_with_all = ["extend", "add", "extend_replicates", "preview", "reuse", "sweeps", "suggest", "tell"])]
    pub replay: Option<u64>,

    /// Do not ask for confirmation, even to write more than 10,000 configs without a `NUM_CONFIGS` or to extend a
    /// changed design space
    #[arg(long, short)]
    pub yes: bool,

    /// Reuse the results of identical jobs that another sweep has done; give a sweep directory, or a NAME under the
    /// same ROOT_DIR (repeatable)
    #[arg(long, value_name = "SWEEP")]
    pub reuse: Vec<PathBuf>,

    /// Try each of several values of a key, in all combinations with the sampled parameters, e.g. `--sweep
    /// MODEL.TYPE=resnet,vit` (repeatable)
    #[arg(long = "sweep", value_name = "KEY=A,B")]
    pub sweeps: Vec<String>,

    /// Print the JSON Schema of sweep configs, for your editor
    #[arg(long, conflicts_with_all = ["json", "dry_run", "preview", "extend", "add", "extend_replicates", "reuse", "sweeps", "info"])]
    pub schema: bool,

    /// Print the complexity of the networks in these job configs, one JSON line each; `-` reads one config per line
    /// from stdin
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["json", "dry_run", "preview", "extend", "add", "extend_replicates", "reuse", "sweeps"])]
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
            if self.suggest.is_some() || self.tell.is_some() || self.replay.is_some() {
                let Self { sweep, json, dry_run, suggest, tell, replay, .. } = self;
                return setup::tune(
                    &sweep,
                    &setup::TuningRequest { suggest, tell, replay, json, dry_run },
                );
            }
            let options = setup::SetupOptions {
                json: self.json,
                dry_run: self.dry_run || self.preview,
                preview: self.preview,
                html: self.html,
                extend: self.extend,
                add: self.add,
                extend_replicates: self.extend_replicates,
                only: self.only,
                yes: self.yes,
                reuse: self.reuse,
                sweeps: self.sweeps,
            };
            let sweep = self.sweep;
            setup::run(&sweep, &options)
        })
    }
}
