//! Merges what the jobs of a sweep logged into one table and says how far the sweep is.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use mimalloc::MiMalloc;
use sweepkit::app::{SweepArgs, run};
use sweepkit::collect::{self, CollectOptions, CollectView};

/// A collect makes and drops millions of small values.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Merge the logs of a sweep into sweep.json, sweep.parquet and curves.parquet, and print its status
///
/// Deletes checkpoints of jobs that are done as COLLECT.CHECKPOINTS_KEEP says. May be run at any
/// time and as often as you like, while jobs run too. Exit code: 0 if all jobs are done, 1 if some
/// are not or a file could not be read, 2 if the command line or the config is wrong, 4 if the
/// files could not be written.
#[derive(Parser)]
#[expect(clippy::doc_markdown, reason = "the help is plain text")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[command(version)]
struct CollectArgs {
    #[command(flatten)]
    sweep: SweepArgs,

    /// Print the status and the checkpoints that would be deleted; write and delete nothing
    #[arg(long)]
    dry_run: bool,

    /// Print a line for every job, as pycls does, with its state and error
    #[arg(long, group = "view")]
    jobs: bool,

    /// Print the failures by cause: an example of each, what they have in common, how to rerun them
    #[arg(long, group = "view")]
    failed: bool,

    /// Print everything of one job (config, attempts, metrics, the end of its logs) and collect nothing
    #[arg(long, group = "view", value_name = "N", conflicts_with = "dry_run")]
    job: Option<u32>,

    /// Show the status live in the terminal, until all is through; writes nothing
    #[arg(long, group = "view", value_name = "SECONDS", num_args = 0..=1, default_missing_value = "10",
        value_parser = clap::value_parser!(u64).range(2..), conflicts_with_all = ["json", "dry_run"])]
    watch: Option<u64>,

    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

impl CollectArgs {
    fn view(&self) -> CollectView {
        match (self.jobs, self.failed) {
            (true, _) => CollectView::Jobs,
            (_, true) => CollectView::Failed,
            _ => CollectView::Status,
        }
    }
}

fn main() -> ExitCode {
    let args = CollectArgs::parse();
    run(|| {
        let (sweep, printer) = (args.sweep.load()?, args.sweep.printer());
        if let Some(job) = args.job {
            return collect::show(&sweep, job, args.json, printer);
        }
        if let Some(seconds) = args.watch {
            return collect::watch(&sweep, Duration::from_secs(seconds), printer);
        }
        let options = CollectOptions { dry_run: args.dry_run, json: args.json, view: args.view() };
        collect::run(&sweep, options, printer)
    })
}
