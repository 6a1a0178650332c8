//! The arguments of `sweep_worker`.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use sweep_config::{JobId, SubmissionId};

use crate::app::{self, SweepArgs};
use crate::worker::{self, WorkerOptions};

const EXAMPLES: &str = "\
Examples:
  sweep_worker sweep.yaml           help with the sweep from this host
  sweep_worker sweep.yaml --json    print events as JSON lines

Start here: you rarely need this, because `sweep_launch` starts workers. docs/reference/attempts.md explains how they
share jobs.";

/// Run jobs of a sweep, one after the other, until none is left
///
/// `sweep_launch` starts workers by itself. Start one by hand to add this host to a sweep: any number of workers may
/// share one sweep directory.
///
/// Exit codes: 0 all jobs are done, 1 some are not, 2 the command line or the config is wrong, 4 the file system failed
/// or the sweep directory is damaged.
#[derive(Debug, Parser)]
#[command(name = "sweep_worker", version, after_help = EXAMPLES)]
pub struct WorkerArgs {
    /// The sweep.
    #[command(flatten)]
    pub sweep: SweepArgs,

    /// Print events as JSON lines
    #[arg(long)]
    pub json: bool,

    /// Work for this submission (`000001`): only its jobs, within its retry budget
    #[arg(long, value_name = "NUMBER")]
    pub launch: Option<SubmissionId>,

    /// The part of that submission whose job array this is a task of
    #[arg(long, value_name = "NUMBER", requires = "launch", hide = true)]
    pub part: Option<u32>,

    /// The job to begin with (`000017`)
    #[arg(long, value_name = "JOB", hide = true)]
    pub prefer: Option<JobId>,

    /// The slot of a task that runs several jobs side by side
    #[arg(long, value_name = "NUMBER", requires = "part", hide = true)]
    pub slot: Option<u32>,

    /// Stop when this process is gone; it must be the one that starts the worker
    #[arg(long, value_name = "PID", hide = true)]
    pub parent: Option<u32>,
}

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

/// Does what a command line of `sweep_worker` asks for; the first word is the program's name.
pub fn run_worker(line: impl IntoIterator<Item = OsString>) -> ExitCode {
    let line: Vec<OsString> = line.into_iter().collect();
    if let Ok(args) = TellArgs::try_parse_from(&line) {
        return worker::warn_on_this_node(&args.tell, args.signal).into();
    }
    if let Ok(args) = GuardArgs::try_parse_from(&line) {
        return worker::run_guard(&args.guard).into();
    }
    let args = WorkerArgs::parse_from(&line);
    app::run(|| worker::run(&args.sweep, args.options()))
}

impl WorkerArgs {
    fn options(&self) -> WorkerOptions {
        WorkerOptions {
            submission: self.launch,
            array: self.part,
            prefer: self.prefer,
            slot: self.slot,
            parent: self.parent,
            json: self.json,
        }
    }
}
