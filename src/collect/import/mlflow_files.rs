//! `MLflow`'s file store: `EXPERIMENT/RUN/{meta.yaml, params/NAME, metrics/NAME, tags/NAME}`.
//!
//! The name of a parameter or a metric may have slashes, which are folders. A line of a metric is its time, value and step.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sweep_config::{Value, fs, yaml};
use walkdir::WalkDir;

use super::imported_run::ImportedSource;
use super::mlflow::{MlflowRun, MlflowRuns, StoredMetric};
use crate::app::Failure;

/// The file of an experiment or a run.
const META: &str = "meta.yaml";

/// Where deleted experiments go.
const TRASH: &str = ".trash";

/// True if a directory has an experiment that has a run, or is called as `MLflow` calls it and has an experiment.
pub(super) fn is_store(path: &Path) -> bool {
    let has_meta = |folder: &PathBuf| folder.join(META).is_file();
    let experiments: Vec<PathBuf> = folders(path).into_iter().filter(has_meta).collect();
    let is_named = path.file_name().is_some_and(|name| name == "mlruns");
    (is_named && !experiments.is_empty())
        || experiments.iter().any(|experiment| folders(experiment).iter().any(has_meta))
}

/// Reads all runs of a store.
///
/// # Errors
///
/// When a file cannot be read, or it has several experiments of which none is named.
pub(super) fn read(path: &Path, experiment: Option<&str>) -> Result<ImportedSource, Failure> {
    let mut runs = Vec::new();
    let mut found = MlflowRuns::default();
    for folder in folders(path) {
        if folder.ends_with(TRASH) {
            found.deleted +=
                folders(&folder).iter().map(|folder| run_folders(folder).len()).sum::<usize>();
        } else if let Some(meta) = meta(&folder) {
            let name = word(&meta, "name").unwrap_or_else(|| file_name(&folder));
            let is_deleted = word(&meta, "lifecycle_stage").as_deref() == Some("deleted");
            let folders = run_folders(&folder);
            if is_deleted {
                found.deleted += folders.len();
            } else {
                runs.extend(folders.into_iter().map(|folder| (folder, name.clone())));
            }
        }
    }
    let read = |(folder, experiment): &(PathBuf, String)| match meta(folder) {
        None => Ok(FoundRun::Unreadable),
        Some(meta) if word(&meta, "lifecycle_stage").as_deref() == Some("deleted") => {
            Ok(FoundRun::Deleted)
        }
        Some(meta) => run(folder, experiment, &meta).map(FoundRun::Active),
    };
    let read: Vec<FoundRun> = runs.par_iter().map(read).collect::<Result<_, _>>()?;
    for run in read {
        match run {
            FoundRun::Active(run) => found.runs.push(*run),
            FoundRun::Deleted => found.deleted += 1,
            FoundRun::Unreadable => found.unreadable += 1,
        }
    }
    found.into_source(experiment)
}

/// A run's folder, as it was found.
enum FoundRun {
    Active(Box<MlflowRun>),
    Deleted,
    Unreadable,
}

fn run(folder: &Path, experiment: &str, meta: &Value) -> Result<Box<MlflowRun>, Failure> {
    let number = |key: &str| match meta.get_path(key) {
        Some(Value::Int(number)) => Some(*number),
        _ => None,
    };
    let status = match number("status") {
        Some(1) => "RUNNING",
        Some(2) => "SCHEDULED",
        Some(3) => "FINISHED",
        Some(4) => "FAILED",
        Some(5) => "KILLED",
        _ => "unknown",
    };
    let mut params = Vec::new();
    for (name, path) in files(&folder.join("params")) {
        params.push((name, text(&path)?));
    }
    let parent = folder.join("tags/mlflow.parentRunId");
    Ok(Box::new(MlflowRun {
        id: word(meta, "run_id")
            .or_else(|| word(meta, "run_uuid"))
            .unwrap_or_else(|| file_name(folder)),
        name: word(meta, "run_name").unwrap_or_default(),
        experiment: experiment.to_owned(),
        status: status.to_owned(),
        started: number("start_time"),
        ended: number("end_time"),
        parent: parent.is_file().then(|| text(&parent)).transpose()?,
        params,
        metrics: metrics(folder)?,
    }))
}

/// Reads all metrics of a run, in the order in which they were logged.
fn metrics(folder: &Path) -> Result<Vec<StoredMetric>, Failure> {
    let mut metrics = Vec::new();
    for (name, path) in files(&folder.join("metrics")) {
        for line in text(&path)?.lines() {
            let mut cells = line.split_ascii_whitespace();
            let time = cells.next().and_then(|time| time.parse::<i64>().ok());
            let value = cells.next().and_then(|value| value.parse::<f64>().ok());
            let step = cells.next().map_or(Some(0), |step| step.parse().ok());
            // A line that is being written lacks its end.
            if let (Some(time), Some(value), Some(step)) = (time, value, step) {
                metrics.push((time, StoredMetric { name: name.clone(), step, value }));
            }
        }
    }
    metrics.sort_by_key(|(time, _)| *time);
    Ok(metrics.into_iter().map(|(_, metric)| metric).collect())
}

/// Lists the files below a folder, in order, by their paths below it.
fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    let named = entries.filter(|entry| entry.file_type().is_file()).filter_map(|entry| {
        let name = entry.path().strip_prefix(folder).ok()?.to_str()?.to_owned();
        Some((name, entry.into_path()))
    });
    named.collect()
}

fn text(path: &Path) -> Result<String, Failure> {
    Ok(String::from_utf8_lossy(&fs::read(path)?).into_owned())
}

/// Lists the folders in a folder, in order; none where there is no folder.
fn folders(path: &Path) -> Vec<PathBuf> {
    let names = fs::list(path).unwrap_or_default().into_iter();
    names.map(|name| path.join(name)).filter(|path| path.is_dir()).collect()
}

/// Lists the folders of the runs of an experiment.
fn run_folders(experiment: &Path) -> Vec<PathBuf> {
    let is_run =
        |folder: &PathBuf| folder.join("metrics").is_dir() || folder.join("params").is_dir();
    folders(experiment).into_iter().filter(is_run).collect()
}

fn meta(folder: &Path) -> Option<Value> {
    yaml::read_file(&folder.join(META)).ok()
}

fn word(meta: &Value, key: &str) -> Option<String> {
    match meta.get_path(key)? {
        Value::Str(word) | Value::Timestamp(word) => Some(word.clone()),
        Value::Int(number) => Some(number.to_string()),
        _ => None,
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
