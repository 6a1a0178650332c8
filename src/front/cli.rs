//! The arguments of `sweepkit`.

use std::path::PathBuf;

use clap::{Command, CommandFactory, Parser, Subcommand, ValueHint};

use super::completion::CompletedShell;
use super::hand_over::FlowStage;
use super::init::InitArgs;
use super::quick::RunArgs;

/// The name of the program.
pub(super) const NAME: &str = "sweepkit";

const EXAMPLES: &str = "\
Examples:
  sweepkit                      where the sweeps of this folder stand, and what comes next
  sweepkit init train.py        write a sweep config for a program
  sweepkit run ... -- COMMAND   from a command line to a report
  sweepkit setup sweep.yaml     the same as `sweep_setup sweep.yaml`; so are the other stages
  sweepkit help launch          the options of a stage
  source <(sweepkit completions bash)

Start here: docs/guide/start.md, from a program that prints `val_acc: 0.93` to a report.";

/// Study a population of training runs: sample their configs, run them, see what they say
///
/// Without a command: shows the stages, and where the sweeps of the present folder stand.
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
    Run(Box<RunArgs>),
    /// Print the completions for a shell: `source <(sweepkit completions bash)`
    Completions {
        /// The shell
        #[arg(required_unless_present = "install")]
        shell: Option<CompletedShell>,
        /// Write those for all shells to where they look for them below this directory: `~/.local/share`
        #[arg(long, value_name = "SHARE", value_hint = ValueHint::DirPath, conflicts_with = "shell")]
        install: Option<PathBuf>,
    },
    /// Write the man pages into a directory
    Man {
        /// The directory; `DIR` is to be a `man1` of your MANPATH
        #[arg(value_hint = ValueHint::DirPath)]
        dir: PathBuf,
    },
}

/// Returns the whole command line, with those of the stages.
pub(super) fn command() -> Command {
    let stages = FlowStage::ALL.map(|stage| stage.command().name(stage.name()));
    FrontArgs::command().subcommands(stages)
}
