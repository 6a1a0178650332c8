//! `MLflow`'s store in a file of `SQLite`.
//!
//! An infinity is the greatest number there is, a not-a-number a 0 with a mark.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::Row;

use super::database::SourceDatabase;
use super::imported_run::ImportedSource;
use super::mlflow::{MlflowRun, MlflowRuns, StoredMetric};
use crate::app::Failure;

const RUNS: &str = "SELECT r.run_uuid, coalesce(r.name, ''), coalesce(e.name, r.experiment_id), coalesce(r.status, ''), \
     r.start_time, r.end_time, coalesce(r.lifecycle_stage, 'active') = 'deleted' OR coalesce(e.lifecycle_stage, \
     'active') = 'deleted' FROM runs r LEFT JOIN experiments e ON e.experiment_id = r.experiment_id";

const PARENTS: &str = "SELECT run_uuid, value FROM tags WHERE key = 'mlflow.parentRunId'";

const PARAMS: &str = "SELECT run_uuid, key, coalesce(value, '') FROM params ORDER BY rowid";

const METRICS: &str =
    "SELECT run_uuid, key, coalesce(step, 0), value, is_nan FROM metrics ORDER BY timestamp, rowid";

/// Reads all runs of a store.
///
/// # Errors
///
/// When it is damaged or locked, or has several experiments of which none is named.
pub(super) fn read(path: &Path, experiment: Option<&str>) -> Result<ImportedSource, Failure> {
    let store = SourceDatabase::open(path)?;
    let all = store.rows(RUNS, |row| Ok((run(row)?, row.get::<_, bool>(6)?)))?;
    let deleted = all.iter().filter(|(_, is_deleted)| *is_deleted).count();
    let mut runs: Vec<MlflowRun> =
        all.into_iter().filter(|(_, is_deleted)| !is_deleted).map(|(run, _)| run).collect();
    let places: HashMap<String, usize> =
        runs.iter().enumerate().map(|(at, run)| (run.id.clone(), at)).collect();
    for (id, parent) in store.rows(PARENTS, |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))? {
        if let Some(at) = places.get(&id) {
            runs[*at].parent = Some(parent);
        }
    }
    let param = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, (row.get(1)?, row.get(2)?)));
    for (id, param) in store.rows(PARAMS, param)? {
        if let Some(at) = places.get(&id) {
            runs[*at].params.push(param);
        }
    }
    for (id, metric) in store.rows(METRICS, |row| Ok((row.get::<_, String>(0)?, metric(row)?)))? {
        if let Some(at) = places.get(&id) {
            runs[*at].metrics.push(metric);
        }
    }
    MlflowRuns { runs, deleted, unreadable: 0 }.into_source(experiment)
}

fn run(row: &Row<'_>) -> rusqlite::Result<MlflowRun> {
    // An experiment without a name has its number.
    let experiment: rusqlite::types::Value = row.get(2)?;
    let experiment = match experiment {
        rusqlite::types::Value::Text(name) => name,
        rusqlite::types::Value::Integer(number) => number.to_string(),
        _ => String::new(),
    };
    Ok(MlflowRun {
        id: row.get(0)?,
        name: row.get(1)?,
        experiment,
        status: row.get(3)?,
        started: row.get(4)?,
        ended: row.get(5)?,
        ..MlflowRun::default()
    })
}

fn metric(row: &Row<'_>) -> rusqlite::Result<StoredMetric> {
    let is_nan = row.get::<_, Option<bool>>(4)?.unwrap_or(false);
    let value: f64 = row.get(3)?;
    let value = match value {
        _ if is_nan => f64::NAN,
        value if value.abs() >= f64::MAX => f64::INFINITY.copysign(value),
        value => value,
    };
    Ok(StoredMetric { name: row.get(1)?, step: row.get(2)?, value })
}
