//! The arguments of `sweep_analyze`.

use std::path::PathBuf;

use clap::{Parser, ValueHint};

use super::FigureArgs;
use crate::app::{Failure, ServeAddress, SweepArgs};
use sweep_config::Sweep;

const EXAMPLES: &str = "\
Examples:
  sweep_analyze sweep.yaml                   write analysis.html and print its path
  sweep_analyze a.yaml b.yaml                compare two sweeps in the report of the first
  sweep_analyze sweep.yaml --summary         print the numbers in the terminal
  sweep_analyze sweep.yaml --figures plots   also save each figure as SVG and PNG
  sweep_analyze --serve sweeps               serve live reports of all sweeps below a directory
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
    /// Serve the report to a browser and keep it up to date while jobs run; prints the address (default: 127.0.0.1, a free port)
    #[arg(long, value_name = "ADDR:PORT", num_args = 0..=1, default_missing_value = ServeAddress::DEFAULT,
        conflicts_with_all = ["summary", "json", "figures", "figure"])]
    pub serve: Option<ServeAddress>,
    /// Bring the tables up to date and hand the page of the report of this number to the server that started this process
    #[arg(long, value_name = "NUMBER", hide = true)]
    pub served_report: Option<u64>,
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

    /// Returns the address to serve at and the sweeps to serve, in order, if that is asked for. A word behind `--serve` that
    /// is no address is the first sweep.
    pub fn served(&mut self) -> Option<(ServeAddress, Vec<PathBuf>)> {
        let mut places = Vec::new();
        let address = match self.serve.take()? {
            ServeAddress::Sweep(first) => {
                places.push(first);
                ServeAddress::default()
            }
            address @ ServeAddress::At { .. } => address,
        };
        let is_named = self.sweep.config.is_some() || !places.is_empty();
        places.extend(self.sweep.config.take());
        places.append(&mut self.also);
        if !is_named {
            places.extend(self.sweep.sweep_cfg.clone());
        }
        Some((address, places))
    }
}
