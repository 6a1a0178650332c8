//! Writes the commands that prepare the shell before a job: modules, variables, the conda
//! environment, and the user's own commands (pure).

use std::fmt::Write;
use std::path::{Path, PathBuf};

use sweep_config::LaunchConfig;

use crate::app::{Failure, find_program};

/// Commands that define the function `module`, which a shell that is no login shell may lack.
const FIND_MODULES: &str = "\
command -v module > /dev/null || for file in /etc/profile.d/{modules,lmod,z00_lmod}.sh \\
    \"${LMOD_PKG:-/none}/init/bash\" \"${MODULESHOME:-/none}/init/bash\"; do
    [ -r \"$file\" ] && . \"$file\" && break
done
";

/// Returns the lines of bash that `LAUNCH` asks for: empty, or ending in a line break.
///
/// # Errors
///
/// When a conda environment is wanted that is not active, and there is no conda.
pub fn prelude(launch: &LaunchConfig) -> Result<String, Failure> {
    prelude_lines(launch, is_active(&launch.conda_env), conda().as_deref())
}

/// Returns the conda of the user's own shell, since the shell on a node may have none in its
/// `PATH`.
fn conda() -> Option<PathBuf> {
    let exe = std::env::var_os("CONDA_EXE").map(PathBuf::from).filter(|exe| exe.is_file());
    exe.or_else(|| find_program("conda"))
}

fn is_active(conda_env: &str) -> bool {
    let is = |name| std::env::var(name).is_ok_and(|active| active == conda_env);
    is("CONDA_PREFIX") || is("CONDA_DEFAULT_ENV")
}

/// Returns the lines of bash. An environment that is active here is active too in whatever is
/// started from here, so it needs no conda.
fn prelude_lines(
    launch: &LaunchConfig,
    is_active: bool,
    conda: Option<&Path>,
) -> Result<String, Failure> {
    let mut text = String::new();
    if !launch.modules.is_empty() {
        text.push_str(FIND_MODULES);
        let _ = writeln!(
            text,
            "module load {}{}",
            shell_words(&launch.modules)?,
            exit_on_failure("MODULES")
        );
    }
    for (name, value) in &launch.env {
        let _ = writeln!(text, "export {name}={}", shell_word(value)?);
    }
    match conda {
        _ if launch.conda_env.is_empty() => {}
        Some(conda) => text.push_str(&conda_activation(&launch.conda_env, conda)?),
        None if is_active => {}
        None => {
            let message = format!(
                "LAUNCH.CONDA_ENV is `{}`, but there is no `conda` in PATH",
                launch.conda_env
            );
            return Err(Failure::usage(
                message,
                "set LAUNCH.CONDA_ENV to \"\" to run without conda",
            ));
        }
    }
    for command in &launch.pre_commands {
        // A line of its own: the command may end in a comment.
        let _ =
            writeln!(text, "{}\n[ $? = 0 ]{}", command.trim_end(), exit_on_failure("PRE_COMMANDS"));
    }
    Ok(text)
}

/// Returns the line that activates a conda environment. `conda activate` is a function that has to
/// run in the job's own shell: in another one it would change nothing.
fn conda_activation(env: &str, conda: &Path) -> Result<String, Failure> {
    let conda = shell_word(&conda.to_string_lossy())?;
    let env = shell_word(env)?;
    let exit_on_failure = exit_on_failure("CONDA_ENV");
    Ok(format!("eval \"$({conda} shell.bash hook)\" && conda activate {env}{exit_on_failure}\n"))
}

/// Returns the code that ends the shell with an error: a command that fails here would fail every
/// job.
fn exit_on_failure(key: &str) -> String {
    format!(" || {{ echo 'LAUNCH.{key} failed, so no job is started' >&2; exit 127; }}")
}

fn shell_words(texts: &[String]) -> Result<String, Failure> {
    Ok(texts.iter().map(|text| shell_word(text)).collect::<Result<Vec<_>, _>>()?.join(" "))
}

fn shell_word(text: &str) -> Result<String, Failure> {
    shlex::try_quote(text).map(std::borrow::Cow::into_owned).map_err(|_| {
        let message = format!(
            "LAUNCH: `{}` contains a NUL character, which a shell cannot \
            handle",
            text.escape_debug()
        );
        Failure::usage(message, "remove it")
    })
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Output};

    use sweep_config::fs;

    use super::*;
    use crate::runtime::tests::launch;

    fn bash(script: &str) -> Output {
        Command::new("bash").args(["-c", script]).env_remove("BASH_ENV").output().unwrap()
    }

    fn stdout(script: &str) -> String {
        let output = bash(script);
        assert!(output.status.success(), "{script}\n{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn variables_and_commands_come_before_the_job_and_hold_in_its_shell() {
        let launch = launch("ENV: {A: \"it's $HOME\", N: 1_0}\nPRE_COMMANDS: [cd /tmp, 'B=${A}!']");
        let script = prelude_lines(&launch, false, None).unwrap()
            + "printf '%s|%s|%s' \"$B\" \"$N\" \"$PWD\"";
        assert_eq!(stdout(&script), "it's $HOME!|1_0|/tmp");
    }

    #[test]
    fn a_command_that_fails_keeps_the_job_from_starting() {
        let launch = launch("PRE_COMMANDS: ['false']");
        let output = bash(&(prelude_lines(&launch, false, None).unwrap() + "echo started"));
        assert_eq!((output.status.code(), output.stdout), (Some(127), Vec::new()));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, "LAUNCH.PRE_COMMANDS failed, so no job is started\n");
    }

    #[test]
    fn the_conda_environment_is_activated_in_the_shell_of_the_job() {
        let dir = tempfile::tempdir().unwrap();
        let conda = dir.path().join("my conda");
        let hook =
            "#!/bin/sh\necho 'conda() { [ \"$2\" = \"my env\" ] && export CONDA_PREFIX=$2; }'\n";
        fs::write_atomic(&conda, hook.as_bytes()).unwrap();
        Command::new("chmod").arg("+x").arg(&conda).status().unwrap();
        let with = |env: &str| {
            let launch = LaunchConfig { conda_env: env.into(), ..launch("") };
            prelude_lines(&launch, false, Some(&conda)).unwrap() + "echo $CONDA_PREFIX"
        };
        assert_eq!(stdout(&with("my env")), "my env\n");
        assert_eq!(bash(&with("another")).status.code(), Some(127));
    }

    #[test]
    fn without_conda_only_an_environment_that_is_active_is_fine() {
        let launch = LaunchConfig { conda_env: "env".into(), ..launch("") };
        assert_eq!(prelude_lines(&launch, true, None).unwrap(), "");
        assert!(
            prelude_lines(&launch, false, None).unwrap_err().to_string().contains("no `conda`")
        );
    }

    #[test]
    fn modules_are_loaded_where_their_function_has_to_be_found_first() {
        let dir = tempfile::tempdir().unwrap();
        let init = dir.path().join("init");
        fs::create_dir_all(&init).unwrap();
        let function = b"module() { echo \"module $*\"; [ \"$2\" != missing ]; }\n";
        fs::write_atomic(&init.join("bash"), function).unwrap();
        let with = |modules: &str| {
            let home = format!("MODULESHOME={}\n", dir.path().display());
            home + &prelude_lines(&launch(&format!("MODULES: {modules}")), false, None).unwrap()
        };
        assert_eq!(stdout(&with("[cuda/12.1, 'a b']")), "module load cuda/12.1 a b\n");
        assert_eq!(bash(&with("[missing]")).status.code(), Some(127));
    }
}
