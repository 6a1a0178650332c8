//! The shell that a job's command line is for.

use std::path::PathBuf;

use sweep_config::LaunchConfig;

use super::prelude::prelude;
use crate::app::{Failure, find_program};

/// How a command line is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shell {
    /// The shell's own path.
    pub program: PathBuf,
    /// What comes before the command; empty or ending in a line break.
    prelude: String,
}

impl Shell {
    /// bash where there is one, else sh; what a launch wants before its jobs comes before each.
    ///
    /// # Errors
    ///
    /// When an environment is to be activated and there is no conda.
    pub fn new(launch: &LaunchConfig) -> Result<Self, Failure> {
        Ok(Self { prelude: prelude(launch)?, ..Self::bare() })
    }

    /// For jobs in a task, whose script has prepared everything.
    #[must_use]
    pub fn bare() -> Self {
        let program = find_program("bash").unwrap_or_else(|| "/bin/sh".into());
        Self { program, prelude: String::new() }
    }

    /// A command that runs this script.
    pub(crate) fn command(&self, script: &str) -> std::process::Command {
        let mut command = std::process::Command::new(&self.program);
        command.arg("-c").arg(self.script(script));
        command
    }

    /// What the shell is given.
    pub fn script(&self, command: &str) -> String {
        format!("{}{command}", self.prelude)
    }
}
