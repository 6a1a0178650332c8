//! Finds the binary of a stage, beside this one or in `PATH`.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process;

use clap::{Command, CommandFactory};

use crate::app::{CALLED_AS, Failure, find_program};
use crate::commands::{AnalyzeArgs, CollectArgs, LaunchArgs, SetupArgs, WorkerArgs};

/// A stage, which is a binary of its own.
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

    /// Returns the process of its binary, to be started.
    ///
    /// # Errors
    ///
    /// When the binary is neither beside this one nor in `PATH`.
    pub(super) fn process(self) -> Result<process::Command, Failure> {
        let mut process = process::Command::new(self.find()?);
        process.env(CALLED_AS, self.name());
        Ok(process)
    }

    /// Replaces this process by its binary; returns only if that cannot be.
    pub(super) fn become_it(self, args: &[OsString]) -> Failure {
        let mut process = match self.process() {
            Ok(process) => process,
            Err(failure) => return failure,
        };
        let error = process.args(args).exec();
        let program = process.get_program().to_string_lossy().into_owned();
        Failure::usage(format!("cannot start `{program}`: {error}"), "reinstall sweepkit")
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
