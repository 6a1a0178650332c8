//! Merges what the jobs of a sweep logged into one table and says how far the sweep is.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use sweepkit::commands::CollectArgs;

/// A collect makes and drops millions of small values.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    CollectArgs::parse().run()
}
