//! Wraps command lines for the shell that runs them.

use std::path::PathBuf;

use sweep_config::LaunchConfig;
use sweep_config::secrets::without_credentials;

use super::prelude::prelude;
use crate::app::{Failure, find_program};

/// The shell that runs command lines, and the commands that prepare it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobShell {
    /// The path of the shell.
    pub program: PathBuf,
    /// The commands before each command line; empty, or ending in a line break.
    prelude: String,
    /// They as others may see them, without the values of variables.
    shown_prelude: String,
}

impl JobShell {
    /// Returns bash, or sh where there is no bash, prepared as `LAUNCH` says.
    ///
    /// # Errors
    ///
    /// When a conda environment is to be activated and there is no conda.
    pub fn new(launch: &LaunchConfig) -> Result<Self, Failure> {
        let shown_prelude = prelude(&launch.masked())?;
        Ok(Self { prelude: prelude(launch)?, shown_prelude, ..Self::bare() })
    }

    /// Returns the shell for jobs in a task, whose script has prepared everything.
    #[must_use]
    pub fn bare() -> Self {
        let program = find_program("bash").unwrap_or_else(|| "/bin/sh".into());
        Self { program, prelude: String::new(), shown_prelude: String::new() }
    }

    /// Returns a command that runs this script.
    pub(crate) fn command(&self, script: &str) -> std::process::Command {
        let mut command = std::process::Command::new(&self.program);
        command.arg("-c").arg(self.script(script));
        command
    }

    /// Returns the script that the shell is given for a command line.
    pub fn script(&self, command: &str) -> String {
        format!("{}{command}", self.prelude)
    }

    /// Returns a script as others may see it: with the names of variables, and not their values, and without credentials.
    #[must_use]
    pub fn shown(&self, script: &str) -> String {
        match script.strip_prefix(&self.prelude) {
            Some(command) => format!("{}{}", self.shown_prelude, without_credentials(command)),
            None => without_credentials(script).into_owned(),
        }
    }
}
