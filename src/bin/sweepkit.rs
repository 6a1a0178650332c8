//! `sweepkit`: one name beside the binaries of the stages.

use std::process::ExitCode;

use sweepkit::{app, front};

fn main() -> ExitCode {
    let line: Vec<_> = std::env::args_os().collect();
    app::run(|| front::run(&line))
}
