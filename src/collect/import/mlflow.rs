//! Runs of `MLflow`, whichever of its two stores they are from, with texts as parameters, and metrics by step.

use std::collections::{BTreeMap, BTreeSet};

use sweep_config::Value;
use sweep_config::records::JobState;

use super::imported_run::{ImportedRun, ImportedSource, LoggedRow};
use super::typed_text::type_texts;
use crate::app::Failure;
use crate::collect::log_value::LogValue;

/// A run as a store keeps it.
#[derive(Debug, Default)]
pub(super) struct MlflowRun {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) experiment: String,
    /// `FINISHED`, `FAILED`, `KILLED`, `RUNNING` or `SCHEDULED`.
    pub(super) status: String,
    pub(super) started: Option<i64>,
    pub(super) ended: Option<i64>,
    pub(super) parent: Option<String>,
    pub(super) params: Vec<(String, String)>,
    /// In the order in which they were logged.
    pub(super) metrics: Vec<StoredMetric>,
}

/// A value of a metric.
#[derive(Debug)]
pub(super) struct StoredMetric {
    pub(super) name: String,
    pub(super) step: i64,
    pub(super) value: f64,
}

/// The runs of a store that are not deleted, and the number of those that are.
#[derive(Debug, Default)]
pub(super) struct MlflowRuns {
    pub(super) runs: Vec<MlflowRun>,
    pub(super) deleted: usize,
    pub(super) unreadable: usize,
}

impl MlflowRuns {
    /// Turns the runs of one experiment into those of a source.
    ///
    /// # Errors
    ///
    /// When several experiments have runs and none is named, or none is called so.
    pub(super) fn into_source(mut self, wanted: Option<&str>) -> Result<ImportedSource, Failure> {
        let experiments: BTreeSet<String> =
            self.runs.iter().map(|run| run.experiment.clone()).collect();
        let chosen = chosen("experiment", &experiments, wanted)?;
        let all = self.runs.len();
        self.runs.retain(|run| chosen.as_ref().is_none_or(|chosen| run.experiment == *chosen));
        let mut source = ImportedSource::default();
        source.leave_out(all - self.runs.len(), "of another experiment");
        source.leave_out(self.deleted, "deleted");
        source.leave_out(self.unreadable, "without a `meta.yaml` that can be read");
        let parents: BTreeSet<String> =
            self.runs.iter().filter_map(|run| run.parent.clone()).collect();
        let before = self.runs.len();
        self.runs.retain(|run| !run.metrics.is_empty() || !parents.contains(&run.id));
        source.leave_out(before - self.runs.len(), "without metrics, the parent of others");
        source.runs = self.runs.into_iter().map(MlflowRun::into_run).collect();
        type_texts(&mut source.runs);
        source.sort_by_start();
        Ok(source)
    }
}

impl MlflowRun {
    fn into_run(self) -> ImportedRun {
        let state = match self.status.as_str() {
            "FINISHED" => JobState::Done,
            "FAILED" => JobState::Failed,
            "KILLED" => JobState::Cancelled,
            "RUNNING" => JobState::Running,
            "SCHEDULED" => JobState::Waiting,
            other => JobState::Other(other.to_lowercase()),
        };
        let reason = match state {
            JobState::Failed => "MLflow has it as FAILED",
            JobState::Cancelled => "MLflow has it as KILLED",
            _ => "",
        };
        let text = |(name, text): (String, String)| (name, Value::Str(text));
        ImportedRun {
            rows: rows(self.metrics),
            id: self.id,
            name: self.name,
            params: self.params.into_iter().map(text).collect(),
            state: Some(state),
            reason: reason.to_owned(),
            started: self.started,
            ended: self.ended,
            ..ImportedRun::default()
        }
    }
}

/// Puts the metrics of one step into one row; one that is there twice begins another.
fn rows(metrics: Vec<StoredMetric>) -> Vec<LoggedRow> {
    let mut by_step: BTreeMap<i64, Vec<LoggedRow>> = BTreeMap::new();
    for StoredMetric { name, step, value } in metrics {
        let rows = by_step.entry(step).or_default();
        let free = rows.iter_mut().find(|row| row.iter().all(|(known, _)| *known != name));
        let cell = (name, LogValue::Float(value));
        match free {
            Some(row) => row.push(cell),
            None => rows.push(vec![("step".to_owned(), LogValue::Int(step)), cell]),
        }
    }
    by_step.into_values().flatten().collect()
}

/// Returns the part of a store that is meant; `None` if it has only one or none.
///
/// # Errors
///
/// When it has several and none is named, or none is called so.
pub(super) fn chosen(
    noun: &str,
    parts: &BTreeSet<String>,
    wanted: Option<&str>,
) -> Result<Option<String>, Failure> {
    let names = || {
        let quoted: Vec<String> = parts.iter().take(20).map(|name| format!("`{name}`")).collect();
        quoted.join(", ")
    };
    match wanted {
        Some(wanted) if parts.contains(wanted) => Ok(Some(wanted.to_owned())),
        Some(wanted) => Err(Failure::usage(
            format!("the store has no {noun} `{wanted}` with runs"),
            format!("it has {}", names()),
        )),
        None if parts.len() > 1 => Err(Failure::usage(
            format!("the store has runs of more than one {noun}: {}", names()),
            "each may have parameters of its own: name one with `--experiment`",
        )),
        None => Ok(None),
    }
}
