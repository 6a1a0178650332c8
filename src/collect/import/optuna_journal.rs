//! Optuna's storage in a journal: a line for each operation, which are done once more here.
//!
//! Studies and trials are numbered in the order in which they were made, and nothing changes a trial that has ended, as in
//! Optuna. A last line without its end is being written.

use std::path::Path;

use serde_json::Value as Json;
use sweep_config::{ObjectiveGoal, fs};

use super::clock_text::milliseconds;
use super::imported_run::ImportedSource;
use super::optuna::{StoredStudy, StoredTrial, TrialEnd};
use super::optuna_law::{OptunaLaw, value};
use crate::app::Failure;
use crate::collect::reader::tokens;

/// The studies of a journal while it is read.
#[derive(Default)]
struct JournalReplay {
    /// `None` of one that was deleted.
    studies: Vec<Option<StoredStudy>>,
    /// The study of each trial, and its place there.
    trials: Vec<(usize, usize)>,
}

/// True if a file begins as a journal does.
pub(super) fn is_journal(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    text.starts_with('{') && text.lines().next().is_some_and(|line| line.contains("\"op_code\""))
}

/// Reads the trials of a study.
///
/// # Errors
///
/// When the file cannot be read, a line of it is no operation, or it has several studies of which none is named.
pub(super) fn read(path: &Path, wanted: Option<&str>) -> Result<ImportedSource, Failure> {
    let bytes = fs::read(path)?;
    let mut replay = JournalReplay::default();
    for (number, line) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
        let is_whole = line.ends_with(b"\n");
        match parse(line).and_then(|operation| replay.apply(&operation)) {
            Some(()) => {}
            None if !is_whole || line.trim_ascii().is_empty() => {}
            None => {
                return Err(Failure::Damaged {
                    message: format!(
                        "`{}`, line {number}, is not an operation of Optuna",
                        path.display()
                    ),
                    hint: Some("the journal is damaged, or of a newer Optuna".to_owned()),
                });
            }
        }
    }
    StoredStudy::choose(replay.studies.into_iter().flatten().collect(), wanted)
}

/// Parses a line; Python writes `NaN` and `Infinity` as they are.
fn parse(line: &[u8]) -> Option<Json> {
    let strict = serde_json::from_slice(line).ok();
    strict.or_else(|| serde_json::from_str(&tokens::revive(line).text).ok())
}

impl JournalReplay {
    /// Does an operation; `None` of what is none.
    fn apply(&mut self, operation: &Json) -> Option<()> {
        let text = |key: &str| operation.get(key).and_then(Json::as_str);
        match operation.get("op_code")?.as_i64()? {
            0 => {
                let goals = operation.get("directions")?.as_array()?.iter().map(goal).collect();
                let name = text("study_name")?.to_owned();
                self.studies.push(Some(StoredStudy { name, goals, ..StoredStudy::default() }));
            }
            1 => *self.studies.get_mut(index(operation, "study_id")?)? = None,
            3 => {
                let study = self.studies.get_mut(index(operation, "study_id")?)?.as_mut();
                let names = operation.get("system_attr")?.get("study:metric_names");
                if let (Some(study), Some(names)) = (study, names.and_then(Json::as_array)) {
                    study.metric_names =
                        names.iter().filter_map(Json::as_str).map(str::to_owned).collect();
                }
            }
            4 => {
                let study = index(operation, "study_id")?;
                // One of a study that is gone gets no number.
                if let Some(study_trials) = self.studies.get_mut(study)?.as_mut() {
                    self.trials.push((study, study_trials.trials.len()));
                    study_trials.trials.push(created(operation)?);
                }
            }
            5..=8 => {
                if let Some(trial) = self.trial(index(operation, "trial_id")?) {
                    change(trial, operation)?;
                }
            }
            _ => {}
        }
        Some(())
    }

    /// Returns a trial that has not ended.
    fn trial(&mut self, id: usize) -> Option<&mut StoredTrial> {
        let (study, trial) = *self.trials.get(id)?;
        let trial = self.studies.get_mut(study)?.as_mut()?.trials.get_mut(trial)?;
        matches!(trial.state, TrialEnd::Running | TrialEnd::Waiting).then_some(trial)
    }
}

fn index(operation: &Json, key: &str) -> Option<usize> {
    operation.get(key)?.as_u64().and_then(|index| usize::try_from(index).ok())
}

fn goal(direction: &Json) -> Option<ObjectiveGoal> {
    match direction.as_i64()? {
        1 => Some(ObjectiveGoal::Minimize),
        2 => Some(ObjectiveGoal::Maximize),
        _ => None,
    }
}

fn time(operation: &Json, key: &str) -> Option<i64> {
    milliseconds(operation.get(key)?.as_str()?)
}

/// Returns the trial that an operation makes, which may be there as a whole.
fn created(operation: &Json) -> Option<StoredTrial> {
    let mut trial = StoredTrial {
        state: operation.get("state").map_or(Some(TrialEnd::Running), state)?,
        started: time(operation, "datetime_start"),
        ended: time(operation, "datetime_complete"),
        ..StoredTrial::default()
    };
    let entries = |key: &str| operation.get(key).and_then(Json::as_object).into_iter().flatten();
    for (name, stored) in entries("params") {
        let law = operation.get("distributions")?.get(name)?.as_str()?;
        trial.params.push((name.clone(), number(stored)?, OptunaLaw::of_json(law)?));
    }
    if let Some(value) = operation.get("value").filter(|value| !value.is_null()) {
        trial.values = vec![number(value)?];
    }
    if let Some(values) = operation.get("values").and_then(Json::as_array) {
        trial.values = values.iter().map(number).collect::<Option<_>>()?;
    }
    for (step, value) in entries("intermediate_values") {
        trial.intermediate.insert(step.parse().ok()?, number(value)?);
    }
    for (name, attribute) in entries("user_attrs") {
        trial.attributes.insert(name.clone(), value(attribute).into());
    }
    Some(trial)
}

/// Does what an operation says to a trial.
fn change(trial: &mut StoredTrial, operation: &Json) -> Option<()> {
    match operation.get("op_code")?.as_i64()? {
        5 => {
            let law = OptunaLaw::of_json(operation.get("distribution")?.as_str()?)?;
            let name = operation.get("param_name")?.as_str()?.to_owned();
            let stored = number(operation.get("param_value_internal")?)?;
            trial.params.retain(|(known, ..)| *known != name);
            trial.params.push((name, stored, law));
        }
        6 => {
            let next = state(operation.get("state")?)?;
            if next == TrialEnd::Running {
                trial.started = time(operation, "datetime_start").or(trial.started);
            }
            trial.ended = time(operation, "datetime_complete").or(trial.ended);
            trial.state = next;
            if let Some(values) = operation.get("values").and_then(Json::as_array) {
                trial.values = values.iter().map(number).collect::<Option<_>>()?;
            }
        }
        7 => {
            let step = operation.get("step")?.as_i64()?;
            trial.intermediate.insert(step, number(operation.get("intermediate_value")?)?);
        }
        _ => {
            for (name, attribute) in operation.get("user_attr")?.as_object()? {
                trial.attributes.insert(name.clone(), value(attribute).into());
            }
        }
    }
    Some(())
}

fn state(json: &Json) -> Option<TrialEnd> {
    Some(match json.as_i64()? {
        0 => TrialEnd::Running,
        1 => TrialEnd::Complete,
        2 => TrialEnd::Pruned,
        3 => TrialEnd::Failed,
        4 => TrialEnd::Waiting,
        _ => return None,
    })
}

/// Returns a number, one that JSON has no word for included.
fn number(json: &Json) -> Option<f64> {
    json.as_f64().or_else(|| tokens::number(json.as_str()?))
}
