//! `sweepkit`: one name beside the binaries of the stages.
//!
//! Its binary has all stages but the report: a first word `sweep_setup` makes it that binary, so that a release need not
//! have the code that they share once for each. `sweepkit setup` starts the stage so, in the place of this process. What
//! it says of a sweep it reads from the sweep directory.
//!
//! - `cli`: its arguments,
//! - `hand_over`: starts a stage,
//! - `folder_status`: where the sweeps of the present folder stand, and what comes next,
//! - `init`: a sweep config for a program, with its parameters proposed,
//! - `quick`: `sweepkit run`, all stages from one command line,
//! - `completion`: what shells complete,
//! - `man_pages`: the man pages,
//! - `python_answer`: what the Python package asks.

mod cli;
mod completion;
mod folder_status;
mod hand_over;
mod init;
mod man_pages;
mod python_answer;
mod quick;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;

use crate::app::{self, Exit, Failure, Printer};
use crate::convert;
use cli::{FrontArgs, FrontCommand};
use hand_over::FlowStage;

/// Does what a command line asks for; the first word is the program's name.
pub fn run(line: &[OsString]) -> ExitCode {
    let first = line.get(1).and_then(|word| word.to_str()).unwrap_or_default();
    match FlowStage::of_binary(first) {
        Some(stage) => stage.run(&line[1..]),
        None if first == completion::QUESTION => completion::answer(&line[2..]).into(),
        None if first == python_answer::QUESTION => app::run(|| python_answer::answer(&line[2..])),
        None => app::run(|| run_own(line)),
    }
}

fn run_own(line: &[OsString]) -> Result<Exit, Failure> {
    if let Some(stage) = line.get(1).and_then(|word| FlowStage::named(word.to_str()?)) {
        return Err(stage.become_it(&line[2..]));
    }
    let matches = cli::command().get_matches_from(line);
    let args = FrontArgs::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let printer = Printer::new(false);
    match args.command {
        None => folder_status::show(printer),
        Some(FrontCommand::Run(args)) => quick::run(&args, printer),
        Some(FrontCommand::Init(args)) => init::run(&args, printer),
        Some(FrontCommand::Convert(args)) => convert::run(&args, printer),
        Some(FrontCommand::Completions { shell: Some(shell), .. }) => Ok(completion::print(shell)),
        Some(FrontCommand::Completions { install, .. }) => {
            completion::install(&install.unwrap_or_default(), printer)
        }
        Some(FrontCommand::Man { dir }) => man_pages::write(&dir, printer),
    }
}
