//! Tells what kind of store a path is, and reads it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use sweep_config::fs;

use super::imported_run::ImportedSource;
use super::options::{FoundSource, ImportOptions, SourceKind};
use super::{
    csv_table, database, hydra, mlflow_database, mlflow_files, optuna_database, optuna_journal,
    wandb,
};
use crate::app::Failure;

/// The names of files of `SQLite` that `MLflow` makes.
const MLFLOW_FILES: [&str; 2] = ["mlflow.db", "mlruns.db"];

impl SourceKind {
    /// Reads all runs of a store.
    ///
    /// # Errors
    ///
    /// When it is none of this kind, is damaged or locked, or has several parts of which none was named.
    pub(super) fn read(
        self,
        path: &Path,
        options: &ImportOptions,
    ) -> Result<ImportedSource, Failure> {
        let experiment = options.experiment.as_deref();
        match self {
            Self::Mlflow if path.is_file() => mlflow_database::read(path, experiment),
            Self::Mlflow => mlflow_files::read(path, experiment),
            Self::Wandb => wandb::read(path),
            Self::Optuna if database::is_database(path) => optuna_database::read(path, experiment),
            Self::Optuna => optuna_journal::read(path, experiment),
            Self::Hydra => hydra::read(path),
            Self::Csv => csv_table::read(path, options),
        }
    }

    /// Finds the store that a path is or has.
    ///
    /// # Errors
    ///
    /// When there is none, or several.
    pub(super) fn find(path: &Path, wanted: Option<Self>) -> Result<FoundSource, Failure> {
        let path = fs::canonicalize(path)?;
        let mut found = if path.is_dir() { in_directory(&path)? } else { of_file(&path)? };
        if let Some(kind) = wanted {
            found.retain(|source| source.kind == kind);
        }
        match found.len() {
            1 => Ok(found.remove(0)),
            // A file may be what it is said to be, whatever its name.
            0 if path.is_file() && wanted.is_some_and(|kind| kind == Self::Csv) => {
                Ok(FoundSource { kind: Self::Csv, path })
            }
            0 => Err(none_in(&path, wanted)),
            _ => Err(several_in(&path, &found)),
        }
    }
}

/// Returns the stores that a file may be.
fn of_file(path: &Path) -> Result<Vec<FoundSource>, Failure> {
    let one = |kind| vec![FoundSource { kind, path: path.to_owned() }];
    let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
    if end == "wandb" {
        return Ok(one(SourceKind::Wandb));
    }
    if database::is_database(path) {
        let tables = database::tables(path)?;
        let has = |name: &str| tables.iter().any(|table| table == name);
        return Ok(match () {
            () if has("trials") && has("studies") => one(SourceKind::Optuna),
            () if has("runs") && has("experiments") => one(SourceKind::Mlflow),
            () => Vec::new(),
        });
    }
    if optuna_journal::is_journal(&head(path)?) {
        return Ok(one(SourceKind::Optuna));
    }
    Ok(if matches!(end, "csv" | "tsv") { one(SourceKind::Csv) } else { Vec::new() })
}

/// Returns the beginning of a file.
fn head(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(1 << 10).read_to_end(&mut head));
    read.map_err(|e| fs::FsError::new("read", path, e))?;
    Ok(head)
}

/// Returns the stores that a directory is or has.
fn in_directory(path: &Path) -> Result<Vec<FoundSource>, Failure> {
    let mut found = Vec::new();
    let mut add = |kind, path: PathBuf| found.push(FoundSource { kind, path });
    for name in MLFLOW_FILES.map(|name| path.join(name)) {
        if name.is_file() {
            add(SourceKind::Mlflow, name);
        }
    }
    for store in [path.to_owned(), path.join("mlruns")] {
        if mlflow_files::is_store(&store) {
            add(SourceKind::Mlflow, store);
            break;
        }
    }
    for folder in [path.to_owned(), path.join("wandb")] {
        if wandb::is_folder(&folder)? {
            add(SourceKind::Wandb, folder);
            break;
        }
    }
    if hydra::is_folder(path) {
        add(SourceKind::Hydra, path.to_owned());
    }
    Ok(found)
}

fn none_in(path: &Path, wanted: Option<SourceKind>) -> Failure {
    let what = wanted.map_or_else(
        || "no store that can be imported".to_owned(),
        |kind| format!("no {} store", kind.title()),
    );
    let found = if path.is_dir() { "contains" } else { "is" };
    Failure::usage(
        format!("`{}` {found} {what}", path.display()),
        "name a directory `mlruns`, `wandb` or `multirun`, a database of MLflow or Optuna, a journal of Optuna, or a \
         CSV file with a header",
    )
}

fn several_in(path: &Path, found: &[FoundSource]) -> Failure {
    let each =
        found.iter().map(|source| format!("`{}` ({})", source.path.display(), source.kind.name()));
    Failure::usage(
        format!(
            "`{}` contains several stores: {}",
            path.display(),
            each.collect::<Vec<_>>().join(", ")
        ),
        "name one of them, or its kind with `--as`",
    )
}
