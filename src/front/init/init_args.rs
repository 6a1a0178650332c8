//! The arguments of `sweepkit init`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

const EXAMPLES: &str = "\
Examples:
  sweepkit init train.py                      read the parameters from `python train.py --help`
  sweepkit init -- python -m pkg.train data   the same for any command, with its required arguments
  sweepkit init conf.yaml -- python train.py --config {{cfg}}
                                              read the parameters from a config file (YAML, JSON, TOML)
  sweepkit init                               write an example to fill in";

/// Write a sweep config for your program, with proposed parameters
///
/// Finds the parameters by running the program with `--help` (argparse, click, typer, tyro, Hydra and similar), or by
/// reading its config file. The proposed ranges are guesses: check the file before you set it up.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct InitArgs {
    /// Your script, or a config file that it reads
    #[arg(value_name = "SCRIPT", value_hint = ValueHint::FilePath)]
    pub(super) source: Option<PathBuf>,

    /// The file to write
    #[arg(long, short, value_name = "FILE", default_value = "sweep.yaml", value_hint = ValueHint::FilePath)]
    pub(super) output: PathBuf,

    /// The command that runs the program
    #[arg(last = true, value_name = "COMMAND")]
    pub(super) command: Vec<String>,
}
