//! Wraps command lines for the shell that runs them.

use std::borrow::Cow;
use std::path::PathBuf;

use sweep_config::LaunchConfig;
use sweep_config::secrets::without_credentials;

use super::prelude::prelude;
use crate::app::{Failure, find_program};

/// The lines that bash is given before a command line with a pipe: a part that fails fails the whole. A part whose reader had ended
/// before it (`yes | train`) did not fail, if the last part did well.
const PIPE_GUARD: &str = r#"set -o pipefail
trap 'sweep_ends=("$?" "${PIPESTATUS[@]}"); if [ "${sweep_ends[0]}" = 141 ] && [ "${sweep_ends[-1]}" = 0 ]; then exit 0; fi' EXIT
"#;

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

    /// Returns a script as the shell runs it: where it has a pipe, the exit code is that of the last part that failed.
    pub(crate) fn guarded<'s>(&self, script: &'s str) -> Cow<'s, str> {
        if self.is_bash() && has_pipe(script) {
            [PIPE_GUARD, script].concat().into()
        } else {
            script.into()
        }
    }

    /// True if a failure of the first part of a pipe would not be seen.
    pub(crate) fn hides_failures(&self, script: &str) -> bool {
        !self.is_bash() && has_pipe(script)
    }

    fn is_bash(&self) -> bool {
        self.program.file_name().is_some_and(|name| name == "bash")
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

/// True if a script may have a pipe: a bar that is not one of two. One in quotes does no harm.
fn has_pipe(script: &str) -> bool {
    script.replace("||", "").contains('|')
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn code(script: &str) -> Option<i32> {
        let shell = JobShell::bare();
        let run = Command::new(&shell.program).arg("-c").arg(&*shell.guarded(script)).output();
        run.unwrap().status.code()
    }

    #[test]
    fn a_pipe_fails_if_a_part_does_and_not_for_a_reader_that_has_enough() {
        for (script, expected) in [
            ("false | cat", 1),
            ("sh -c 'exit 3' 2>&1 | tee /dev/null", 3),
            ("true | cat", 0),
            ("yes | true", 0),
            ("yes | (sleep 0.1; exit 4)", 4),
            ("false || true", 0),
            ("true | sh -c 'kill -PIPE $$'", 141),
            ("set +o pipefail; false | cat", 0),
        ] {
            assert_eq!(code(script), Some(expected), "{script}");
        }
        assert_eq!(JobShell::bare().guarded("a || b"), "a || b");
    }
}
