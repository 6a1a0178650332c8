//! Starts a stage: in this binary, which has all but the report, or in that of the report, beside this one or in `PATH`.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{self, ExitCode};

use clap::{Command, CommandFactory, Parser};

use crate::app::{self, CALLED_AS, Failure, find_program};
use crate::commands::{AnalyzeArgs, CollectArgs, LaunchArgs, SetupArgs, WorkerArgs, run_worker};

/// A stage, which is a program of its own for its users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FlowStage {
    Setup,
    Launch,
    Worker,
    Collect,
    Analyze,
}

impl FlowStage {
    /// All of them, in the order of the flow.
    pub(super) const ALL: [Self; 5] =
        [Self::Setup, Self::Launch, Self::Worker, Self::Collect, Self::Analyze];

    /// Returns the stage of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }

    /// Returns its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Launch => "launch",
            Self::Worker => "worker",
            Self::Collect => "collect",
            Self::Analyze => "analyze",
        }
    }

    /// Returns the name of its binary.
    pub(super) fn binary(self) -> String {
        format!("sweep_{}", self.name())
    }

    /// Returns the stage whose binary has that name.
    pub(super) fn of_binary(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.binary() == name)
    }

    /// Returns its command line.
    pub(super) fn command(self) -> Command {
        match self {
            Self::Setup => SetupArgs::command(),
            Self::Launch => LaunchArgs::command(),
            Self::Worker => WorkerArgs::command(),
            Self::Collect => CollectArgs::command(),
            Self::Analyze => AnalyzeArgs::command(),
        }
    }

    /// Does what its binary would with that command line, whose first word is the binary's name.
    pub(super) fn run(self, line: &[OsString]) -> ExitCode {
        match self {
            Self::Setup => SetupArgs::parse_from(line).run(),
            Self::Launch => LaunchArgs::parse_from(line).run(),
            Self::Worker => run_worker(line.iter().cloned()),
            Self::Collect => CollectArgs::parse_from(line).run(),
            Self::Analyze => app::run(|| {
                let mut process = process::Command::new(self.find()?);
                Err(self.replace_this_by(process.args(&line[1..])))
            }),
        }
    }

    /// Returns its process as `sweepkit` starts it.
    ///
    /// # Errors
    ///
    /// When the binary of the report is neither beside this one nor in `PATH`.
    pub(super) fn process(self) -> Result<process::Command, Failure> {
        let mut process = match self {
            Self::Analyze => process::Command::new(self.find()?),
            _ => {
                process::Command::new(std::env::current_exe().unwrap_or_else(|_| "sweepkit".into()))
            }
        };
        if self != Self::Analyze {
            process.arg(self.binary());
        }
        process.env(CALLED_AS, self.name());
        Ok(process)
    }

    /// Replaces this process by the stage; returns only if that cannot be.
    pub(super) fn become_it(self, args: &[OsString]) -> Failure {
        match self.process() {
            Ok(mut process) => self.replace_this_by(process.args(args)),
            Err(failure) => failure,
        }
    }

    fn replace_this_by(self, process: &mut process::Command) -> Failure {
        let error = process.exec();
        let message = format!("cannot start `{}`: {error}", self.binary());
        Failure::usage(message, "reinstall sweepkit")
    }

    /// Finds its binary.
    pub(super) fn find(self) -> Result<PathBuf, Failure> {
        let binary = self.binary();
        let beside = std::env::current_exe().map(|me| me.with_file_name(&binary));
        if let Ok(beside) = beside
            && beside.is_file()
        {
            return Ok(beside);
        }
        find_program(&binary).ok_or_else(|| {
            let message = format!("`{binary}` was not found next to `sweepkit` or in PATH");
            let hint = match self {
                Self::Analyze => {
                    "a build with `--no-default-features` cannot write reports: build with `cargo build \
                     --release`, or copy the sweep directory to a machine that has `sweep_analyze`"
                }
                _ => "install all sweepkit binaries together",
            };
            Failure::usage(message, hint)
        })
    }
}
