//! The arguments of `sweep_analyze`.

use std::path::PathBuf;

use clap::{Parser, ValueHint};

use super::FigureArgs;
use crate::app::{Failure, SweepArgs};
use sweep_config::Sweep;

const EXAMPLES: &str = "\
Examples:
  sweep_analyze sweep.yaml                   write analysis.html and print its path
  sweep_analyze a.yaml b.yaml                compare two sweeps in the report of the first
  sweep_analyze sweep.yaml --summary         print the numbers in the terminal
  sweep_analyze sweep.yaml --figures plots   also save each figure as SVG and PNG
  sweep_analyze sweep.yaml --figure edf --width 3.3in --output edf.pdf
                                             write one figure, for a paper

Start here: run `sweep_collect` first. docs/guide/report.md explains how to read the report.";

/// Write the report of a sweep: `ROOT_DIR/NAME/analysis.html`
///
/// Reads what `sweep_collect` wrote. Run it at any time, even while jobs are running. Prints the path of the report.
/// Exit code 1: the report was written and says what it could not show.
#[derive(Debug, Parser)]
#[command(name = "sweep_analyze", version, after_help = EXAMPLES)]
pub struct AnalyzeArgs {
    /// The sweep.
    #[command(flatten)]
    pub sweep: SweepArgs,
    /// Print the job counts, the best jobs, the best ranges and the parameters that matter
    #[arg(long)]
    pub summary: bool,
    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,
    /// Also write each figure to this directory, as SVG and as PNG (384 dpi)
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub figures: Option<PathBuf>,
    /// One figure.
    #[command(flatten)]
    pub one: FigureArgs,
    /// Sweeps to compare with, in addition to those named in the config
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
