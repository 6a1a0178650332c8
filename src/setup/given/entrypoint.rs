//! `SETUP.ENTRYPOINTS`: a Python function, or any command, that gives rows.

use std::path::Path;

use sweep_config::SetupConfig;

use super::answer::{self, AnswerRows};
use super::program::{EntrypointProgram, ProgramExit};
use super::row::GivenTable;
use crate::app::Failure;

/// Imports a function, calls it and prints its rows.
const CALL: &str = include_str!("call.py");

/// Runs an entrypoint and returns its rows.
///
/// # Errors
///
/// When it cannot be started, fails, takes too long, or prints anything but rows; its stderr was shown
/// already.
pub(super) fn table(
    entrypoint: &str,
    setup: &SetupConfig,
    dir: &Path,
) -> Result<GivenTable, Failure> {
    let is_function = is_function(entrypoint);
    let program = if is_function {
        let dir = dir.to_string_lossy();
        EntrypointProgram::new("python3", &["-c", CALL, entrypoint, &dir])
    } else {
        EntrypointProgram::new("sh", &["-c", entrypoint]).within(home(entrypoint, dir))
    };
    let found = match program.run(setup.entrypoint_timeout) {
        Err(why) => Err(why),
        Ok(ProgramExit { status, .. }) if !status.success() => Err(format!("failed: {status}")),
        Ok(ProgramExit { stdout, .. }) => answer::rows(&stdout, &setup.base_cfg),
    };
    let source = format!("SETUP.ENTRYPOINTS: `{entrypoint}`");
    let table = |AnswerRows { rows, adds }| GivenTable {
        source,
        rows,
        adds,
        is_argument: false,
        remarks: Vec::new(),
    };
    found.map(table).map_err(|why| {
        let dir = dir.display();
        let hint = if is_function {
            format!(
                "a dotted name is a Python function, MODULE.FUNCTION, imported from the directory of the \
                 sweep config (`{dir}`) or the current directory; it takes no arguments and returns rows of \
                 (key, value) pairs. Anything else is a command, e.g. ./rows.sh"
            )
        } else {
            format!(
                "a command must print its rows as JSON objects, one per line or in a list. It runs in the \
                 directory of the sweep config (`{dir}`) if it names a file there, else in the current \
                 directory"
            )
        };
        Failure::usage(format!("SETUP.ENTRYPOINTS: `{entrypoint}` {why}"), hint)
    })
}

/// Returns the directory that a command runs in: that of the sweep config if one of its words is a file there.
fn home<'d>(command: &str, dir: &'d Path) -> &'d Path {
    let is_there = |word: &str| {
        let word = word.trim_matches(['"', '\'', ';', '<', '(', ')']);
        !word.is_empty() && dir.join(word).is_file()
    };
    if command.split_whitespace().any(is_there) { dir } else { Path::new(".") }
}

/// Returns true if it names a Python function: words with dots between them.
fn is_function(entrypoint: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && word.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    entrypoint.contains('.') && entrypoint.split('.').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dotted_name_is_a_function_and_all_else_a_command() {
        for function in ["config.multilayer.configure", "rows._all"] {
            assert!(is_function(function), "{function}");
        }
        for command in ["./rows.sh", "python3 rows.py", "rows", "a..b", "rows.2x", ""] {
            assert!(!is_function(command), "{command}");
        }
    }
}
