//! Optuna's storage in a file of `SQLite`.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::Row;
use sweep_config::ObjectiveGoal;

use super::clock_text::milliseconds;
use super::database::SourceDatabase;
use super::imported_run::ImportedSource;
use super::optuna::{StoredStudy, StoredTrial, TrialEnd};
use super::optuna_law::OptunaLaw;
use crate::app::Failure;
use crate::collect::log_value::parse_json;

const TRIALS: &str = "SELECT trial_id, study_id, state, datetime_start, datetime_complete FROM trials \
     WHERE number IS NOT NULL ORDER BY study_id, number";

/// Where a trial is: the place of its study, and its own there.
type TrialPlace = (usize, usize);

/// The studies of a storage while they are read.
struct StudyReader<'p> {
    store: SourceDatabase<'p>,
    studies: Vec<StoredStudy>,
    places: HashMap<i64, TrialPlace>,
}

/// Reads the trials of a study.
///
/// # Errors
///
/// When the file is damaged or locked, or has several studies of which none is named.
pub(super) fn read(path: &Path, wanted: Option<&str>) -> Result<ImportedSource, Failure> {
    let store = SourceDatabase::open(path)?;
    let mut reader = StudyReader { store, studies: Vec::new(), places: HashMap::new() };
    reader.read_studies()?;
    reader.read_params()?;
    reader.read_values()?;
    reader.read_attributes()?;
    StoredStudy::choose(reader.studies, wanted)
}

impl StudyReader<'_> {
    fn read_studies(&mut self) -> Result<(), Failure> {
        let pair = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?));
        let named =
            self.store.rows("SELECT study_id, study_name FROM studies ORDER BY study_id", pair)?;
        let at: HashMap<i64, usize> =
            named.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
        let study = |(_, name): (i64, String)| StoredStudy { name, ..StoredStudy::default() };
        self.studies = named.into_iter().map(study).collect();
        let goals = "SELECT study_id, direction FROM study_directions ORDER BY study_id, objective";
        for (study, goal) in self.store.rows(goals, pair)? {
            let goal = match goal.as_str() {
                "MINIMIZE" => Some(ObjectiveGoal::Minimize),
                "MAXIMIZE" => Some(ObjectiveGoal::Maximize),
                _ => None,
            };
            if let Some(at) = at.get(&study) {
                self.studies[*at].goals.push(goal);
            }
        }
        let metrics = "SELECT study_id, value_json FROM study_system_attributes WHERE \"key\" = 'study:metric_names'";
        for (study, names) in self.store.rows(metrics, pair)? {
            if let Some(at) = at.get(&study) {
                self.studies[*at].metric_names = serde_json::from_str(&names).unwrap_or_default();
            }
        }
        let trial = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, trial(row)?));
        for (id, study, trial) in self.store.rows(TRIALS, trial)? {
            if let Some(at) = at.get(&study) {
                let trials = &mut self.studies[*at].trials;
                self.places.insert(id, (*at, trials.len()));
                trials.push(trial);
            }
        }
        Ok(())
    }

    fn read_params(&mut self) -> Result<(), Failure> {
        let query = "SELECT trial_id, param_name, param_value, distribution_json FROM trial_params ORDER BY param_id";
        let param = |row: &Row<'_>| {
            Ok((
                row.get(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, f64>(2)?,
                row.get::<_, String>(3)?,
            ))
        };
        let mut laws: HashMap<String, OptunaLaw> = HashMap::new();
        for (id, name, stored, law) in self.store.rows(query, param)? {
            let known = match laws.get(&law) {
                Some(known) => known.clone(),
                None => OptunaLaw::of_json(&law).ok_or_else(|| self.store.lacks(&law))?,
            };
            laws.insert(law, known.clone());
            if let Some(trial) = self.trial(id) {
                trial.params.push((name, stored, known));
            }
        }
        Ok(())
    }

    fn read_values(&mut self) -> Result<(), Failure> {
        let has_type = self.store.has_column("trial_values", "value_type")?;
        let kind = if has_type { "value_type" } else { "'FINITE'" };
        let query = format!(
            "SELECT trial_id, objective, value, {kind} FROM trial_values ORDER BY trial_id, objective"
        );
        for (id, _, value) in self.store.rows(&query, number)? {
            if let Some(trial) = self.trial(id) {
                trial.values.push(value);
            }
        }
        let kind = "intermediate_value_type";
        let has_type = self.store.has_column("trial_intermediate_values", kind)?;
        let kind = if has_type { kind } else { "'FINITE'" };
        let query = format!(
            "SELECT trial_id, step, intermediate_value, {kind} FROM trial_intermediate_values"
        );
        for (id, step, value) in self.store.rows(&query, number)? {
            if let Some(trial) = self.trial(id) {
                trial.intermediate.insert(step, value);
            }
        }
        Ok(())
    }

    fn read_attributes(&mut self) -> Result<(), Failure> {
        let query = "SELECT trial_id, \"key\", value_json FROM trial_user_attributes";
        let attribute =
            |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?));
        for (id, name, value) in self.store.rows(query, attribute)? {
            if let (Some(value), Some(trial)) = (parse_json(value.as_bytes()), self.trial(id)) {
                trial.attributes.insert(name, value);
            }
        }
        Ok(())
    }

    fn trial(&mut self, id: i64) -> Option<&mut StoredTrial> {
        let (study, trial) = *self.places.get(&id)?;
        self.studies[study].trials.get_mut(trial)
    }
}

fn trial(row: &Row<'_>) -> rusqlite::Result<StoredTrial> {
    let state = match row.get::<_, String>(2)?.as_str() {
        "COMPLETE" => TrialEnd::Complete,
        "PRUNED" => TrialEnd::Pruned,
        "FAIL" => TrialEnd::Failed,
        "WAITING" => TrialEnd::Waiting,
        _ => TrialEnd::Running,
    };
    let time = |at: usize| -> rusqlite::Result<Option<i64>> {
        Ok(row.get::<_, Option<String>>(at)?.and_then(|text| milliseconds(&text)))
    };
    Ok(StoredTrial { state, started: time(3)?, ended: time(4)?, ..StoredTrial::default() })
}

/// Reads a trial, a place and the number there, which `SQLite` may have no word for.
fn number(row: &Row<'_>) -> rusqlite::Result<(i64, i64, f64)> {
    let value = match row.get::<_, String>(3)?.as_str() {
        "INF_POS" => f64::INFINITY,
        "INF_NEG" => f64::NEG_INFINITY,
        "NAN" => f64::NAN,
        _ => row.get::<_, Option<f64>>(2)?.unwrap_or(f64::NAN),
    };
    Ok((row.get(0)?, row.get(1)?, value))
}
