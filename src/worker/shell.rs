//! The shell that a job's command line is for.

use std::ffi::OsStr;
use std::path::PathBuf;

use crate::app::Failure;

/// How a command line is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shell {
    /// The shell's own path.
    pub program: PathBuf,
    /// What comes before the command; empty or ending in a line break.
    prelude: String,
}

impl Shell {
    /// bash where there is one, else sh; activates `conda_env` unless it is empty or active.
    ///
    /// # Errors
    ///
    /// When an environment is to be activated and there is no conda.
    pub fn new(conda_env: &str) -> Result<Self, Failure> {
        let program = find_program("bash").unwrap_or_else(|| "/bin/sh".into());
        let active = ["CONDA_PREFIX", "CONDA_DEFAULT_ENV"]
            .iter()
            .any(|name| std::env::var(name).is_ok_and(|value| value == conda_env));
        let prelude = if conda_env.is_empty() || active { None } else { Some(conda_env) };
        let prelude = prelude.map_or(Ok(String::new()), activation)?;
        Ok(Self { program, prelude })
    }

    /// What the shell is given.
    pub fn script(&self, command: &str) -> String {
        format!("{}{command}", self.prelude)
    }
}

/// `conda activate` is a function of the shell that has to do the work: in a shell of its own it
/// would change nothing.
fn activation(env: &str) -> Result<String, Failure> {
    let hint = "set LAUNCH.CONDA_ENV to \"\" to run without";
    if find_program("conda").is_none() {
        let message = format!("LAUNCH.CONDA_ENV is `{env}`, but there is no `conda` in PATH");
        return Err(Failure::usage(message, hint));
    }
    let env = shlex::try_quote(env)
        .map_err(|_| Failure::usage("LAUNCH.CONDA_ENV holds a NUL character", hint))?;
    Ok(format!("eval \"$(conda shell.bash hook)\" && conda activate {env} || exit 127\n"))
}

/// The program of that name in `PATH`.
pub fn find_program(name: &str) -> Option<PathBuf> {
    find_in(&std::env::var_os("PATH")?, name)
}

fn find_in(path: &OsStr, name: &str) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    std::env::split_paths(path).map(|dir| dir.join(name)).find(|file| {
        file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    })
}
