//! The arguments of `sweep_analyze`.

use std::path::PathBuf;

use clap::{Parser, ValueHint};

use crate::app::{Failure, SweepArgs};
use sweep_config::Sweep;

const EXAMPLES: &str = "\
Examples:
  sweep_analyze sweep.yaml                   write analysis.html, print its path
  sweep_analyze a.yaml b.yaml                compare two sweeps, in the report of the first
  sweep_analyze sweep.yaml --summary         the numbers in the terminal
  sweep_analyze sweep.yaml --figures plots   each figure as an SVG and a PNG file

Start here: `sweep_collect` comes first. docs/guide/report.md tells how to read the report.";

/// Write the report of a sweep: `ROOT_DIR/NAME/analysis.html`
///
/// Reads what `sweep_collect` wrote; may be run at any time, also while jobs run. Prints the path of
/// the report. Exit code 1: the report is there, and says what it could not show.
#[derive(Debug, Parser)]
#[command(name = "sweep_analyze", version, after_help = EXAMPLES)]
pub struct AnalyzeArgs {
    /// The sweep.
    #[command(flatten)]
    pub sweep: SweepArgs,
    /// Print how many jobs there are, the best ones, the best ranges and what matters
    #[arg(long)]
    pub summary: bool,
    /// Print the same as one JSON value
    #[arg(long)]
    pub json: bool,
    /// Write each figure as an SVG and as a PNG file (384 dots an inch) into this directory too
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub figures: Option<PathBuf>,
    /// Further sweeps to compare with, beside those of the config
    #[arg(value_name = "OTHER_SWEEP", value_hint = ValueHint::AnyPath)]
    pub also: Vec<PathBuf>,
}

impl AnalyzeArgs {
    /// Loads the sweep, and those that it is compared with. Where an option or the environment names the sweep, all
    /// that stand alone are others.
    ///
    /// # Errors
    ///
    /// All problems of a config.
    pub fn load(&mut self) -> Result<(Sweep, Vec<Sweep>), Failure> {
        if self.sweep.sweep_cfg.is_some()
            && let Some(first) = self.sweep.config.take()
        {
            self.also.insert(0, first);
        }
        let sweep = self.sweep.load()?;
        let other = |path: &PathBuf| {
            SweepArgs { config: Some(path.clone()), ..SweepArgs::default() }.load()
        };
        let also = self.also.iter().map(other).collect::<Result<_, Failure>>()?;
        Ok((sweep, also))
    }
}
