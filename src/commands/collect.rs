//! The arguments of `sweep_collect`.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use crate::app::{self, SweepArgs};
use crate::collect::{self, CollectOptions, CollectView};

const EXAMPLES: &str = "\
Examples:
  sweep_collect sweep.yaml             read what the jobs logged, and say how the sweep is
  sweep_collect sweep.yaml --failed    the failures by cause
  sweep_collect sweep.yaml --job 17    everything of one job
  sweep_collect sweep.yaml --watch     the status, live

Start here: run it at any time, while jobs run too; `sweep_analyze` makes the report of what it wrote.
docs/guide/collect.md tells what is read.";

/// Merge the logs of a sweep into sweep.json, sweep.parquet and curves.parquet, and print its status
///
/// Deletes checkpoints of jobs that are done as COLLECT.CHECKPOINTS_KEEP says. May be run at any
/// time and as often as you like, while jobs run too. Exit code: 0 if all jobs are done, 1 if some
/// are not or a file could not be read, 2 if the command line or the config is wrong, 4 if the
/// files could not be written.
#[derive(Parser)]
#[expect(clippy::doc_markdown, reason = "the help is plain text")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[command(name = "sweep_collect", version, after_help = EXAMPLES)]
pub struct CollectArgs {
    /// The sweep.
    #[command(flatten)]
    pub sweep: SweepArgs,

    /// Print the status and the checkpoints that would be deleted; write and delete nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Print a line for every job, as pycls does, with its state and error
    #[arg(long, group = "view")]
    pub jobs: bool,

    /// Print the failures by cause: an example of each, what they have in common, how to rerun them
    #[arg(long, group = "view")]
    pub failed: bool,

    /// Print everything of one job (config, attempts, metrics, the end of its logs) and collect nothing
    #[arg(long, group = "view", value_name = "N", conflicts_with = "dry_run")]
    pub job: Option<u32>,

    /// Show the status live in the terminal, until all is through; writes nothing
    #[arg(long, group = "view", value_name = "SECONDS", num_args = 0..=1, default_missing_value = "10",
        value_parser = clap::value_parser!(u64).range(2..), conflicts_with_all = ["json", "dry_run"])]
    pub watch: Option<u64>,

    /// Print the answer as JSON
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
