//! Writes what shells and `man` know of the binaries: completions and man pages.

use std::io::Write;
use std::path::Path;

use clap::Command;
use clap_complete::{Shell, generate};
use clap_mangen::Man;
use sweep_config::fs::{self, FsError};

use super::cli;
use super::hand_over::FlowStage;
use crate::app::{Exit, Failure, Printer, count};

/// Prints the completions of all binaries for one shell.
pub(super) fn completions(shell: Shell) -> Exit {
    let mut script = Vec::new();
    for (name, mut command) in binaries() {
        generate(shell, &mut command, name, &mut script);
    }
    // A reader that went away (`| head`) is no error of ours.
    let _ = std::io::stdout().lock().write_all(&script);
    Exit::Done
}

/// Writes a man page for each binary, and for each command of `sweepkit` that is no stage.
///
/// # Errors
///
/// When a page cannot be written.
pub(super) fn man_pages(dir: &Path, printer: Printer) -> Result<Exit, Failure> {
    fs::create_dir_all(dir)?;
    let mut pages = binaries();
    let own = pages[0].1.clone();
    let is_own = |command: &&Command| {
        FlowStage::named(command.get_name()).is_none() && command.get_name() != "help"
    };
    for command in own.get_subcommands().filter(is_own) {
        let name = format!("{}-{}", cli::NAME, command.get_name());
        pages.push((name.clone(), command.clone().display_name(name)));
    }
    let written = pages.len();
    for (name, command) in pages {
        let path = dir.join(format!("{name}.1"));
        let mut page = Vec::new();
        Man::new(command).render(&mut page).map_err(|e| FsError::new("write", &path, e))?;
        fs::write_atomic(&path, &page)?;
    }
    printer.note(format_args!("{} in {}", count(written, "page"), dir.display()));
    Ok(Exit::Done)
}

/// Returns the command lines of all binaries, `sweepkit` first.
fn binaries() -> Vec<(String, Command)> {
    let stages = FlowStage::ALL.map(|stage| (stage.binary(), stage.command()));
    std::iter::once((cli::NAME.to_owned(), cli::command())).chain(stages).collect()
}
