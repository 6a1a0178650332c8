//! Writes the man pages of the binaries.

use std::path::Path;

use clap::Command;
use clap_mangen::Man;
use sweep_config::fs::{self, FsError};

use super::cli;
use super::hand_over::FlowStage;
use crate::app::{Exit, Failure, Printer, count};

/// Writes a man page for each binary, and for each command of `sweepkit` that is no stage.
///
/// # Errors
///
/// When a page cannot be written.
pub(super) fn write(dir: &Path, printer: Printer) -> Result<Exit, Failure> {
    fs::create_dir_all(dir)?;
    let own = cli::command();
    let is_own = |command: &&Command| {
        FlowStage::named(command.get_name()).is_none() && command.get_name() != "help"
    };
    let mut pages: Vec<(String, Command)> = vec![(cli::NAME.to_owned(), own.clone())];
    pages.extend(FlowStage::ALL.map(|stage| (stage.binary(), stage.command())));
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
