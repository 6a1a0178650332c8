//! The scripts that make shells ask, and the places where these look for them.

use std::borrow::Cow;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use sweep_config::fs;

use crate::app::{Exit, Failure, Printer, count, find_program};
use crate::front::cli::NAME;
use crate::front::hand_over::FlowStage;

/// A shell that can be made to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::front) enum CompletedShell {
    /// bash 4.2 and newer.
    Bash,
    /// zsh.
    Zsh,
    /// fish.
    Fish,
}

impl CompletedShell {
    fn template(self) -> &'static str {
        match self {
            Self::Bash => include_str!("../../../templates/completions/bash"),
            Self::Zsh => include_str!("../../../templates/completions/zsh"),
            Self::Fish => include_str!("../../../templates/completions/fish"),
        }
    }

    /// Returns the script, which calls this very binary.
    fn script(self) -> String {
        let script = self.template().replace("@PROGRAMS@", &programs().join(" "));
        script.replace("@SWEEPKIT@", &own_name())
    }

    /// Returns where the shell looks for the script below `share`; bash and fish look by the name of the program.
    fn files(self) -> Vec<PathBuf> {
        let each = |file: fn(String) -> String| programs().into_iter().map(file).map(PathBuf::from);
        match self {
            Self::Bash => each(|name| format!("bash-completion/completions/{name}")).collect(),
            Self::Zsh => vec![format!("zsh/site-functions/_{NAME}").into()],
            Self::Fish => each(|name| format!("fish/vendor_completions.d/{name}.fish")).collect(),
        }
    }
}

/// Prints the script for one shell.
pub(in crate::front) fn print(shell: CompletedShell) -> Exit {
    // A reader that went away (`| head`) is no error of ours.
    let _ = std::io::stdout().lock().write_all(shell.script().as_bytes());
    Exit::Done
}

/// Writes the scripts for all shells to where these look for them below `share`.
///
/// # Errors
///
/// When a file cannot be written.
pub(in crate::front) fn install(share: &Path, printer: Printer) -> Result<Exit, Failure> {
    let mut written = 0;
    for shell in CompletedShell::value_variants() {
        for file in shell.files() {
            let path = share.join(file);
            fs::create_dir_all(path.parent().unwrap_or(share))?;
            fs::write_atomic(&path, shell.script().as_bytes())?;
            written += 1;
        }
    }
    printer.note(format_args!("{} below {}", count(written, "file"), share.display()));
    Ok(Exit::Done)
}

fn programs() -> Vec<String> {
    let stages = FlowStage::ALL.map(FlowStage::binary);
    std::iter::once(NAME.to_owned()).chain(stages).collect()
}

/// Returns how a shell calls this binary: by its name where that is the one in `PATH`, or by its path, quoted.
fn own_name() -> String {
    let Ok(me) = std::env::current_exe() else { return NAME.to_owned() };
    let in_path = find_program(NAME).and_then(|path| fs::canonicalize(&path).ok());
    if in_path.is_some() && in_path == fs::canonicalize(&me).ok() {
        return NAME.to_owned();
    }
    let path = me.to_string_lossy().into_owned();
    shlex::try_quote(&path).map_or(NAME.to_owned(), Cow::into_owned)
}
