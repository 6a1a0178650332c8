//! Results that were measured elsewhere: `told.jsonl`, a line each.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sweep_config::fs::{self, FsError};
use sweep_config::records::SetupRecord;
use sweep_config::{JobId, ObjectiveGoal, Sweep, SweepDir};

use crate::app::Failure;

/// The result of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ToldResult {
    pub(super) job: u32,
    /// The value of each objective by its METRIC.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) values: BTreeMap<String, f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) state: Option<ToldState>,
}

/// The state of a job that has no values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ToldState {
    /// It died by its own fault.
    Failed,
}

/// Reads results, each a line, and keeps all of them or none; returns how many there were.
///
/// # Errors
///
/// Names the first line that is wrong.
pub(super) fn take(sweep: &Sweep, record: &SetupRecord, path: &Path) -> Result<usize, Failure> {
    let text = read(path)?;
    let mut lines = String::new();
    let mut taken = 0;
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |why: String| {
            Failure::usage(
                format!("{}:{number}: {why}", path.display()),
                format!("write a line such as {}", example(sweep)),
            )
        };
        let told: ToldResult = serde_json::from_str(line)
            .map_err(|error| wrong(format!("is not a result: {error}")))?;
        check(&told, sweep, record).map_err(wrong)?;
        lines.push_str(&serde_json::to_string(&told).map_err(|error| wrong(error.to_string()))?);
        lines.push('\n');
        taken += 1;
    }
    if taken > 0 {
        fs::append_line(&sweep.dir().told_jsonl(), lines.trim_end(), true)?;
    }
    Ok(taken)
}

fn read(path: &Path) -> Result<String, Failure> {
    if path != Path::new("-") {
        return Ok(fs::read_to_string(path)?);
    }
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text);
    read.map_err(|error| FsError::new("read", path, error))?;
    Ok(text)
}

/// Says what is wrong with a result.
fn check(told: &ToldResult, sweep: &Sweep, record: &SetupRecord) -> Result<(), String> {
    if u64::from(told.job) >= record.kept {
        return Err(format!(
            "there is no job {}; the last one is {}",
            told.job,
            record.kept.saturating_sub(1)
        ));
    }
    if told.state.is_some() {
        let has_values = !told.values.is_empty();
        return if has_values { Err("a failed job has no values".to_owned()) } else { Ok(()) };
    }
    for (metric, _) in metrics(sweep) {
        if !told.values.contains_key(&metric) {
            return Err(format!("`values` has no `{metric}`, the METRIC of ANALYZE.OBJECTIVE"));
        }
    }
    Ok(())
}

/// Returns the names of the objectives' values with their goals.
pub(super) fn metrics(sweep: &Sweep) -> Vec<(String, ObjectiveGoal)> {
    let objectives = &sweep.analyze.objectives;
    if objectives.is_empty() {
        return vec![("error".to_owned(), ObjectiveGoal::Minimize)];
    }
    objectives.iter().map(|objective| (objective.metric.clone(), objective.goal)).collect()
}

fn example(sweep: &Sweep) -> String {
    let values = metrics(sweep).into_iter().map(|(metric, _)| (metric, 0.31)).collect();
    let told = ToldResult { job: 12, values, state: None };
    serde_json::to_string(&told).unwrap_or_default()
}

/// Reads what was told, by job; of several results of one job the last counts.
///
/// # Errors
///
/// When the file cannot be read, or a line of it is damaged.
pub(super) fn all(dir: &SweepDir) -> Result<BTreeMap<JobId, ToldResult>, Failure> {
    let path = dir.told_jsonl();
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.is_not_found() => return Ok(BTreeMap::new()),
        Err(error) => return Err(error.into()),
    };
    let mut all = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let told: ToldResult = serde_json::from_str(line).map_err(|error| Failure::Damaged {
            message: format!("{}:{number}: {error}", path.display()),
            hint: Some("remove the line, and tell its result again".to_owned()),
        })?;
        all.insert(JobId(told.job), told);
    }
    Ok(all)
}
