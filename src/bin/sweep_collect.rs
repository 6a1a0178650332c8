//! Merges what the jobs of a sweep logged into one table and says how far the sweep is.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use sweepkit::app::{SweepArgs, run};
use sweepkit::collect::{self, Options};

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
#[command(version)]
struct Args {
    #[command(flatten)]
    sweep: SweepArgs,

    /// Print the status and the checkpoints that would be deleted; write and delete nothing
    #[arg(long)]
    dry_run: bool,

    /// Print the status as JSON
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    run(|| {
        let options = Options { dry_run: args.dry_run, json: args.json };
        collect::run(&args.sweep.load()?, options, args.sweep.printer())
    })
}
