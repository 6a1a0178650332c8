//! `house`: measures the sources of the workspace and checks the rules of CONTRIBUTING.md that a
//! machine can check.
//!
//! `house [--check] [ROOT]` prints the figures and what breaks a rule, by room; with `--check` it
//! prints the broken rules alone and ends with exit code 1 if there are any.

mod circles;
mod figures;
mod glossary;
mod imports;
mod lines;
mod measure;
mod names;
mod present;
mod rules;
mod sources;
mod syntax;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use glossary::WordGlossary;
use sources::SourceError;

/// The command line.
struct HouseArgs {
    /// True if only broken rules are wanted.
    check: bool,
    /// The folder of the workspace.
    root: PathBuf,
}

fn main() -> ExitCode {
    let args = parse(std::env::args().skip(1));
    match run(&args, &mut io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Who reads the first lines only has what was wanted.
        Err(SourceError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "house: {error}");
            ExitCode::from(2)
        }
    }
}

/// Reads the command line; the last word that is no option is the root.
fn parse(words: impl Iterator<Item = String>) -> HouseArgs {
    let mut args = HouseArgs { check: false, root: PathBuf::from(".") };
    for word in words {
        if word == "--check" {
            args.check = true;
        } else {
            args.root = PathBuf::from(word);
        }
    }
    args
}

/// Measures and prints; returns false if a rule is broken and the rules were to be checked.
fn run(args: &HouseArgs, out: &mut impl Write) -> Result<bool, SourceError> {
    let files = measure::measure(&args.root)?;
    let glossary = WordGlossary::read(&args.root)?;
    let broken = rules::broken(&files, &glossary);
    if args.check {
        present::rules(out, &broken)?;
        return Ok(broken.is_empty());
    }
    present::figures(out, &figures::figures(&files))?;
    present::rules(out, &broken)?;
    Ok(true)
}

#[cfg(test)]
mod tests;
