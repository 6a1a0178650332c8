//! The arguments of `sweepkit`.

use std::path::PathBuf;

use clap::{Command, CommandFactory, Parser, Subcommand, ValueHint};

use super::completion::CompletedShell;
use super::hand_over::FlowStage;
use super::init::InitArgs;
use super::quick::RunArgs;
use crate::convert::ConvertArgs;

/// The name of the program.
pub(super) const NAME: &str = "sweepkit";

const EXAMPLES: &str = "\
Examples:
  sweepkit                      show the sweeps of this folder and what to do next
  sweepkit init train.py        write a sweep config for your program
  sweepkit convert wandb.yaml   print the sweep config that another tool's file stands for
  sweepkit run ... -- COMMAND   go from a command line to a report in one step
  sweepkit setup sweep.yaml     run a stage (the same as `sweep_setup sweep.yaml`)
  sweepkit help launch          show the options of a stage
  source <(sweepkit completions bash)

Start here: docs/guide/start.md goes from a program that prints `val_acc: 0.93` to a report.";

/// Study a population of training runs: sample configs, run them, compare the results
///
/// Without a command, shows the stages and the progress of the sweeps in the current directory.
#[derive(Debug, Parser)]
#[command(name = NAME, version, after_help = EXAMPLES)]
pub(super) struct FrontArgs {
    #[command(subcommand)]
    pub(super) command: Option<FrontCommand>,
}

/// The commands that are not stages.
#[derive(Debug, Subcommand)]
pub(super) enum FrontCommand {
    Init(InitArgs),
    Convert(ConvertArgs),
    Run(Box<RunArgs>),
    /// Print the completions for a shell: `source <(sweepkit completions bash)`
    Completions {
        /// The shell
        #[arg(required_unless_present = "install")]
        shell: Option<CompletedShell>,
        /// Install the completions for all shells below this directory, e.g. `~/.local/share`
        #[arg(long, value_name = "SHARE", value_hint = ValueHint::DirPath, conflicts_with = "shell")]
        install: Option<PathBuf>,
    },
    /// Write the man pages into a directory
    Man {
        /// A `man1` directory of your MANPATH
        #[arg(value_hint = ValueHint::DirPath)]
        dir: PathBuf,
    },
}

/// Returns the whole command line, with those of the stages.
pub(super) fn command() -> Command {
    let stages = FlowStage::ALL.map(|stage| stage.command().name(stage.name()));
    FrontArgs::command().subcommands(stages)
}
