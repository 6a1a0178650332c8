//! Runs jobs of a sweep, one after the other.

use std::process::ExitCode;

use clap::Parser;
use sweepkit::app;
use sweepkit::commands::WorkerArgs;
use sweepkit::worker;

/// The arguments of the guard process: it kills what the worker of this id leaves behind.
#[derive(Debug, Parser)]
struct GuardArgs {
    #[arg(long, value_name = "ID")]
    guard: String,
}

/// The arguments of a helper on a node of a multi-node job: it sends a signal to the processes that handle it.
#[derive(Debug, Parser)]
struct TellArgs {
    #[arg(long, value_name = "TOKEN")]
    tell: String,
    #[arg(value_name = "SIGNAL")]
    signal: i32,
}

fn main() -> ExitCode {
    if let Ok(args) = TellArgs::try_parse() {
        return worker::warn_on_this_node(&args.tell, args.signal).into();
    }
    if let Ok(args) = GuardArgs::try_parse() {
        return worker::run_guard(&args.guard).into();
    }
    let args = WorkerArgs::parse();
    app::run(|| worker::run(&args.sweep, args.options()))
}
