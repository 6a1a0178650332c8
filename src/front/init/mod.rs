//! `sweepkit init`: writes a sweep config for a program, with its parameters proposed.
//!
//! The program is asked for its `--help`; nothing of it is imported. Or its config file is read.
//!
//! - `init_args`: the arguments,
//! - `program_help`: runs a program for its help,
//! - `help_text`: the options in a help of argparse, click, typer, tyro or the like (pure),
//! - `config_source`: the values of a config file, and of the help of a Hydra program,
//! - `script_option`: an option, and which sampler is proposed for it (pure),
//! - `config_draft`: the text of the sweep config (pure).

mod config_draft;
mod config_source;
mod help_text;
mod init_args;
mod program_help;
mod script_option;

use std::path::Path;

use sweep_config::fs;

use super::quick::{command_text, program_name};
use crate::app::{Exit, Failure, Printer, count, find_program};
use config_draft::ConfigDraft;
pub(super) use init_args::InitArgs;

/// Writes the sweep config.
///
/// # Errors
///
/// When the file is there already, the program does not answer, or the config file cannot be read.
pub(super) fn run(args: &InitArgs, printer: Printer) -> Result<Exit, Failure> {
    let path = &args.output;
    if path.symlink_metadata().is_ok() {
        let message = format!("`{}` exists already", path.display());
        return Err(Failure::usage(message, "choose another file: `--output other.yaml`"));
    }
    let draft = draft(args)?;
    fs::write_atomic(path, draft.text().as_bytes())?;
    printer.note(format_args!("{}: {}", path.display(), draft.said()));
    printer.note(format_args!(
        "next: check the file, then run `sweepkit setup {} --preview`",
        path.display()
    ));
    printer.data(path.display());
    Ok(Exit::Done)
}

/// Finds out what there is to propose.
fn draft(args: &InitArgs) -> Result<ConfigDraft, Failure> {
    let source = args.source.as_deref();
    if let Some((file, format)) =
        source.and_then(|path| Some((path, config_source::format_of(path)?)))
    {
        let command = match args.command.as_slice() {
            [] => None,
            words => Some(command_text(words)?),
        };
        return ConfigDraft::of_file(file, format, command);
    }
    let words = match (source, args.command.as_slice()) {
        (None, []) => return Ok(ConfigDraft::empty()),
        (Some(script), []) => program_of(script)?,
        (_, words) => words.to_vec(),
    };
    let help = program_help::ask(&words)?;
    let name = program_name(&words);
    let draft = match config_source::of_hydra(&help) {
        Some(values) => ConfigDraft::of_hydra(name, &command_text(&words)?, &values?),
        None => ConfigDraft::of_options(name, &command_text(&words)?, help_text::options(&help)),
    };
    if draft.found() == 0 {
        let message = format!("`{} --help` shows no options", words.join(" "));
        let hint = "write a config by hand (`sweepkit init` alone writes an example), or give the program's \
            config file: `sweepkit init config.yaml`";
        return Err(Failure::usage(message, hint));
    }
    Ok(draft)
}

/// Returns the words that run a script.
fn program_of(script: &Path) -> Result<Vec<String>, Failure> {
    if !script.is_file() {
        let message = format!("`{}` is not a file", script.display());
        return Err(Failure::usage(
            message,
            "give your script or its config file (YAML, JSON, TOML)",
        ));
    }
    let text = script.to_string_lossy().into_owned();
    if script.extension().is_some_and(|extension| extension == "py") {
        let python = if find_program("python").is_some() { "python" } else { "python3" };
        return Ok(vec![python.to_owned(), text]);
    }
    let here = !text.contains('/');
    Ok(vec![if here { format!("./{text}") } else { text }])
}

impl ConfigDraft {
    /// Says what was found.
    fn said(&self) -> String {
        match self.found() {
            0 => "an example to fill in".to_owned(),
            n => format!("{} found, {} proposed to vary", count(n, "parameter"), self.varied()),
        }
    }
}
