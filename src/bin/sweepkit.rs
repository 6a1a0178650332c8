//! `sweepkit`: one name for all stages, and one binary with all of them but the report.

use std::process::ExitCode;

use mimalloc::MiMalloc;
use sweepkit::front;

/// A collect makes and drops millions of small values.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let line: Vec<_> = std::env::args_os().collect();
    front::run(&line)
}
