//! The arguments of `sweep_collect`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueHint};
use sweep_config::Sweep;

use crate::app::{self, Failure, SweepArgs};
use crate::collect::{self, CollectOptions, CollectView, ImportOptions, SourceKind};

const EXAMPLES: &str = "\
Examples:
  sweep_collect sweep.yaml             read the logs and print the status
  sweep_collect sweep.yaml --failed    group the failures by cause
  sweep_collect sweep.yaml --job 17    show everything about one job
  sweep_collect sweep.yaml --watch     show the status live
  sweep_collect --import mlruns --into sweeps/old
                                       make a sweep of the runs of MLflow, W&B, Optuna, Hydra or a CSV file

Start here: run it at any time, even while jobs are running; then run `sweep_analyze` for the report.
docs/guide/collect.md lists the log formats it reads.";

/// Merge the logs of a sweep into sweep.json, sweep.parquet and curves.parquet, and print its status
///
/// Run it at any time, as often as you like, even while jobs are running. Deletes checkpoints of done jobs if
/// COLLECT.CHECKPOINTS_KEEP says so. Exit codes: 0 all jobs are done, 1 some are not or a file could not be read, 2 the
/// command line or the config is wrong, 4 a file could not be written.
#[derive(Parser)]
#[expect(clippy::doc_markdown, reason = "the help is plain text")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[command(name = "sweep_collect", version, after_help = EXAMPLES)]
pub struct CollectArgs {
    /// The sweep.
    #[command(flatten)]
    pub sweep: SweepArgs,

    /// Print the status and the checkpoints that would be deleted, but write and delete nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Print one line per job, as pycls does, with its state and error
    #[arg(long, group = "view")]
    pub jobs: bool,

    /// Print the failures by cause, each with an example, what its jobs have in common and how to rerun them
    #[arg(long, group = "view")]
    pub failed: bool,

    /// Print everything about one job (config, attempts, metrics, end of the logs) without collecting
    #[arg(long, group = "view", value_name = "N", conflicts_with = "dry_run")]
    pub job: Option<u32>,

    /// Show the status live in the terminal until all jobs have ended; write nothing
    #[arg(long, group = "view", value_name = "SECONDS", num_args = 0..=1, default_missing_value = "10",
        value_parser = clap::value_parser!(u64).range(2..), conflicts_with_all = ["json", "dry_run"])]
    pub watch: Option<u64>,

    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,

    /// The store of another tool whose runs are imported
    #[command(flatten)]
    pub import: ImportArgs,
}

/// The arguments of an import.
#[derive(Debug, clap::Args)]
#[expect(clippy::doc_markdown, reason = "the help is plain text")]
#[command(next_help_heading = "Import")]
pub struct ImportArgs {
    /// Make a sweep of the runs of another tool: an MLflow store, a W&B directory, an Optuna storage, a Hydra multirun, or a CSV file
    #[arg(long, value_name = "SOURCE", requires = "into", value_hint = ValueHint::AnyPath,
        conflicts_with_all = ["config", "view", "dry_run"])]
    pub import: Option<PathBuf>,

    /// The sweep directory to import into: a new one, or that of an earlier import of the same source
    #[arg(long, value_name = "DIR", requires = "import", value_hint = ValueHint::DirPath)]
    pub into: Option<PathBuf>,

    /// The kind of source, if it is not recognized
    #[arg(long = "as", value_name = "KIND", requires = "import")]
    pub kind: Option<SourceKind>,

    /// Import this experiment of MLflow or study of Optuna
    #[arg(long, value_name = "NAME", requires = "import")]
    pub experiment: Option<String>,

    /// The columns of a CSV file that are parameters
    #[arg(long, value_name = "COLUMNS", requires = "import", value_delimiter = ',')]
    pub params: Vec<String>,

    /// The columns of a CSV file that are metrics
    #[arg(long, value_name = "COLUMNS", requires = "import", value_delimiter = ',')]
    pub metrics: Vec<String>,
}

impl CollectArgs {
    /// Does what they ask for.
    #[must_use]
    pub fn run(self) -> ExitCode {
        app::run(|| {
            let printer = self.sweep.printer();
            if let Some(options) = self.import.options(&self.sweep.overrides) {
                collect::import(&options, printer)?;
                return collect::run(&loaded(&self.sweep, &options.into)?, self.options(), printer);
            }
            let mut sweep = self.sweep.load()?;
            if self.job.is_none() && self.watch.is_none() && !self.dry_run && self.take_over(&sweep)
            {
                sweep = self.sweep.load()?;
            }
            if let Some(job) = self.job {
                return collect::show(&sweep, job, self.json, printer);
            }
            if let Some(seconds) = self.watch {
                return collect::watch(&sweep, Duration::from_secs(seconds), printer);
            }
            collect::run(&sweep, self.options(), printer)
        })
    }

    /// Takes over what an imported sweep's source has by now; true if it has anything new.
    fn take_over(&self, sweep: &Sweep) -> bool {
        let (dir, printer) = (sweep.dir(), self.sweep.printer());
        dir.is_imported()
            && collect::refresh(&dir, printer).unwrap_or_else(|failure| {
                let why = failure.with_hint();
                printer.warn(format_args!("what was imported is not brought up to date: {why}"));
                false
            })
    }

    fn options(&self) -> CollectOptions {
        let view = match (self.jobs, self.failed) {
            (true, _) => CollectView::Jobs,
            (_, true) => CollectView::Failed,
            _ => CollectView::Status,
        };
        CollectOptions { dry_run: self.dry_run, json: self.json, view }
    }
}

impl ImportArgs {
    /// Returns the options of an import, if one is asked for.
    fn options(&self, overrides: &[String]) -> Option<ImportOptions> {
        let Self { import, into, kind, experiment, params, metrics } = self;
        Some(ImportOptions {
            source: import.clone()?,
            into: into.clone()?,
            kind: *kind,
            experiment: experiment.clone(),
            params: params.clone(),
            metrics: metrics.clone(),
            overrides: overrides.to_vec(),
        })
    }
}

/// Loads the sweep of a directory that was imported.
fn loaded(args: &SweepArgs, dir: &Path) -> Result<Sweep, Failure> {
    let named = SweepArgs {
        config: Some(dir.to_owned()),
        sweep_cfg: None,
        overrides: Vec::new(),
        quiet: args.quiet,
    };
    named.load()
}
