//! The arguments of `sweepkit convert`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use sweep_config::ForeignTool;

const EXAMPLES: &str = "\
Examples:
  sweepkit convert wandb.yaml                  print the sweep config, with a comment on each key
  sweepkit convert wandb.yaml -o sweep.yaml    write it to a file, which must not exist
  sweepkit convert --hydra 'python app.py -m model=a,b lr=range(1,4)'
                                               convert a command line of Hydra

docs/guide/convert.md says for each tool what becomes of each key.";

/// Convert a sweep of another tool into a sweep config
///
/// Reads the sweep files of Weights & Biases, the files of SEML, the command lines of Hydra, and the search spaces of NNI
/// and Ray Tune. Comments say what was kept, approximated and dropped, and why. What
/// cannot be converted is an error with its line.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ConvertArgs {
    /// The file of the other tool (YAML or JSON); `-` reads the standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    #[arg(required_unless_present = "hydra")]
    pub(super) file: Option<PathBuf>,

    /// A command line of Hydra in place of a file, e.g. `--hydra 'model=a,b lr=range(1,4)'`
    #[arg(long, value_name = "LINE", conflicts_with_all = ["file", "from"])]
    pub(super) hydra: Option<String>,

    /// The tool that the file is of; by default, its keys say so
    #[arg(long, value_name = "TOOL")]
    pub(super) from: Option<NamedTool>,

    /// The file to write; by default, the config is printed
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) output: Option<PathBuf>,

    /// The number of configs, for a search that does not limit it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) jobs: Option<u64>,
}

/// A tool as the command line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum NamedTool {
    /// Weights & Biases
    Wandb,
    /// SEML
    Seml,
    /// NNI
    Nni,
    /// Ray Tune, and mappings of Ax, Optuna and others
    Ray,
    /// A command line of Hydra
    Hydra,
}

impl From<NamedTool> for ForeignTool {
    fn from(tool: NamedTool) -> Self {
        match tool {
            NamedTool::Wandb => Self::Wandb,
            NamedTool::Seml => Self::Seml,
            NamedTool::Nni => Self::Nni,
            NamedTool::Ray => Self::Ray,
            NamedTool::Hydra => Self::Hydra,
        }
    }
}
