//! The kinds of stores, and the options of an import.

use std::path::PathBuf;

use clap::ValueEnum;

/// A kind of store whose runs can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SourceKind {
    /// A store of `MLflow`: a directory `mlruns`, or a file of `SQLite`
    Mlflow,
    /// A directory of Weights & Biases with runs, offline or not, or one such run
    Wandb,
    /// A storage of Optuna: a file of `SQLite`, or a journal
    Optuna,
    /// A directory of Hydra with jobs of a multirun
    Hydra,
    /// A table with a row for each run
    Csv,
}

/// A store of a known kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundSource {
    pub(super) kind: SourceKind,
    pub(super) path: PathBuf,
}

/// The options of an import.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// The store.
    pub source: PathBuf,
    /// The sweep directory.
    pub into: PathBuf,
    /// The kind of store, if it is not to be guessed.
    pub kind: Option<SourceKind>,
    /// The experiment or study, of a store with several.
    pub experiment: Option<String>,
    /// The columns of a table that are parameters.
    pub params: Vec<String>,
    /// The columns of a table that are metrics.
    pub metrics: Vec<String>,
    /// The `--set` arguments, which the sweep keeps.
    pub overrides: Vec<String>,
}

impl SourceKind {
    /// Returns its name on the command line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Mlflow => "mlflow",
            Self::Wandb => "wandb",
            Self::Optuna => "optuna",
            Self::Hydra => "hydra",
            Self::Csv => "csv",
        }
    }

    /// Returns the name of the tool.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Mlflow => "MLflow",
            Self::Wandb => "W&B",
            Self::Optuna => "Optuna",
            Self::Hydra => "Hydra",
            Self::Csv => "CSV",
        }
    }
}
