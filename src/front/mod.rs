//! `sweepkit`: one name beside the binaries of the stages.
//!
//! It runs no stage itself: it starts their binaries, as a shell would, and what it says of a sweep it reads from the
//! sweep directory.
//!
//! - `cli`: its arguments,
//! - `hand_over`: finds the binary of a stage and becomes it,
//! - `folder_status`: where the sweeps of the present folder stand, and what comes next,
//! - `init`: a sweep config for a program, with its parameters proposed,
//! - `quick`: `sweepkit run`, all stages from one command line,
//! - `shell_help`: completions and man pages.

mod cli;
mod folder_status;
mod hand_over;
mod init;
mod quick;
mod shell_help;

use std::ffi::OsString;

use clap::FromArgMatches;

use crate::app::{Exit, Failure, Printer};
use cli::{FrontArgs, FrontCommand};
use hand_over::FlowStage;

/// Does what a command line asks for; the first word is the program's name.
///
/// # Errors
///
/// When a stage's binary is missing, or what was asked for cannot be done.
pub fn run(line: &[OsString]) -> Result<Exit, Failure> {
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
        Some(FrontCommand::Completions { shell }) => Ok(shell_help::completions(shell)),
        Some(FrontCommand::Man { dir }) => shell_help::man_pages(&dir, printer),
    }
}
