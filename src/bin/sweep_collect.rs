//! Merges what the jobs of a sweep logged into one table and says how far the sweep is.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use mimalloc::MiMalloc;
use sweepkit::app::run;
use sweepkit::collect;
use sweepkit::commands::CollectArgs;

/// A collect makes and drops millions of small values.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

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
        collect::run(&sweep, args.options(), printer)
    })
}
