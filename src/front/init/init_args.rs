//! The arguments of `sweepkit init`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

const EXAMPLES: &str = "\
Examples:
  sweepkit init train.py                      ask `python train.py --help` for its parameters
  sweepkit init -- python -m pkg.train data   likewise, of any command with what it must have
  sweepkit init conf.yaml -- python train.py --config {{cfg}}
                                              propose what a config file has (YAML, JSON, TOML)
  sweepkit init                               an example to fill in";

/// Write a sweep config for your program, with its parameters proposed
///
/// Runs the program with `--help` (argparse, click, typer, tyro and Hydra are understood, and what looks like them), or
/// reads its config file. Takes nothing for granted: look at the file before you set it up.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct InitArgs {
    /// The script, or a config file that it reads
    #[arg(value_name = "SCRIPT", value_hint = ValueHint::FilePath)]
    pub(super) source: Option<PathBuf>,

    /// The file to write
    #[arg(long, short, value_name = "FILE", default_value = "sweep.yaml", value_hint = ValueHint::FilePath)]
    pub(super) output: PathBuf,

    /// The command that runs the program
    #[arg(last = true, value_name = "COMMAND")]
    pub(super) command: Vec<String>,
}
