//! Answers a shell that completes a command line: `sweepkit __complete SHELL INDEX WORD...`.
//!
//! Whatever goes wrong, there is nothing to complete: a user who types wants no error among the words.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use clap::{Command, ValueEnum};
use clap_complete::engine::{CompletionCandidate, complete};

use super::script::CompletedShell;
use super::typed_line::TypedLine;
use super::value_candidates::with_values;
use crate::app::Exit;
use crate::front::cli;
use crate::front::hand_over::FlowStage;

/// The first word of such a call.
pub(in crate::front) const QUESTION: &str = "__complete";

/// Prints the candidates, a line each; the line is what follows [`QUESTION`].
pub(in crate::front) fn answer(line: &[OsString]) -> Exit {
    let Some(text) = candidates(line) else { return Exit::Incomplete };
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    Exit::Done
}

fn candidates(line: &[OsString]) -> Option<String> {
    let [shell, index, words @ ..] = line else { return None };
    let shell = CompletedShell::from_str(shell.to_str()?, true).ok()?;
    let typed = TypedLine::new(words, index.to_str()?.parse().ok()?, shell == CompletedShell::Bash);
    let typed = Arc::new(typed);
    let mut command = command(&typed)?;
    let here = std::env::current_dir().ok();
    let found = complete(&mut command, typed.words.clone(), typed.index, here.as_deref()).ok()?;
    let mut text = String::new();
    for candidate in &found {
        let value = candidate.get_value().to_str()?;
        let value = value.strip_prefix(&typed.prefix).unwrap_or(value);
        // A line each is all that the scripts understand.
        if !value.contains('\n') {
            let _ = writeln!(text, "{}", shown(shell, value, candidate));
        }
    }
    Some(text)
}

/// Returns the command line that the first word begins.
fn command(typed: &Arc<TypedLine>) -> Option<Command> {
    let program = Path::new(typed.words.first()?).file_name()?.to_str()?.to_owned();
    if let Some(stage) = FlowStage::of_binary(&program) {
        return Some(with_values(stage.command(), typed));
    }
    let mut command = cli::command();
    for stage in FlowStage::ALL {
        command = command.mut_subcommand(stage.name(), |stage| with_values(stage, typed));
    }
    Some(command)
}

/// Formats a candidate with its help, as far as the shell shows that.
fn shown(shell: CompletedShell, value: &str, candidate: &CompletionCandidate) -> String {
    let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
    let help = help.lines().next().unwrap_or_default();
    match (shell, help.is_empty()) {
        (CompletedShell::Fish, false) => format!("{value}\t{help}"),
        (CompletedShell::Bash, _) | (CompletedShell::Fish, true) => value.to_owned(),
        (CompletedShell::Zsh, false) => format!("{}:{help}", value.replace(':', "\\:")),
        (CompletedShell::Zsh, true) => value.replace(':', "\\:"),
    }
}
