//! The arguments of `sweep_collect`.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use crate::app::{self, SweepArgs};
use crate::collect::{self, CollectOptions, CollectView};

const EXAMPLES: &str = "\
Examples:
  sweep_collect sweep.yaml             read the logs and print the status
  sweep_collect sweep.yaml --failed    group the failures by cause
  sweep_collect sweep.yaml --job 17    show everything about one job
  sweep_collect sweep.yaml --watch     show the status live

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
}

impl CollectArgs {
    /// Does what they ask for.
    #[must_use]
    pub fn run(self) -> ExitCode {
        app::run(|| {
            let (sweep, printer) = (self.sweep.load()?, self.sweep.printer());
            if let Some(job) = self.job {
                return collect::show(&sweep, job, self.json, printer);
            }
            if let Some(seconds) = self.watch {
                return collect::watch(&sweep, Duration::from_secs(seconds), printer);
            }
            collect::run(&sweep, self.options(), printer)
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
