//! Takes results that were measured elsewhere.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use sweep_config::fs::{self, FsError};
use sweep_config::records::{SetupRecord, ToldResult, ToldState};
use sweep_config::{ObjectiveGoal, Sweep};

use crate::app::Failure;

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
            Failure::usage(format!("{}:{number}: {why}", path.display()), example(sweep))
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

/// Says how a result is written, and one of a job that has none.
fn example(sweep: &Sweep) -> String {
    let values = metrics(sweep).into_iter().map(|(metric, _)| (metric, 0.31)).collect();
    let measured = ToldResult { job: 12, values, state: None };
    let failed =
        ToldResult { values: BTreeMap::new(), state: Some(ToldState::Failed), ..measured.clone() };
    let line = |told: &ToldResult| serde_json::to_string(told).unwrap_or_default();
    format!(
        "write a line such as {}; of a job that diverged or died, {}",
        line(&measured),
        line(&failed)
    )
}
