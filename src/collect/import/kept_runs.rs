//! Runs that were imported and that their source has no more: what the sweep directory keeps of them.

use std::collections::{BTreeMap, HashSet};

use sweep_config::records::{ImportRecord, JobState, decisive_attempt, read_attempts};
use sweep_config::{JobId, SweepDir, Value, yaml};

use super::imported_run::{ImportedRun, ImportedSource};
use super::space::leaves;
use crate::app::{Failure, count};
use crate::trials::{SampledValues, SentenceParser};

/// Orders the runs of a source such that each that was imported keeps its number, and adds those that the source has no
/// more.
///
/// # Errors
///
/// When what was kept of one cannot be read.
pub(super) fn keep_numbers(
    source: &mut ImportedSource,
    record: &ImportRecord,
    dir: &SweepDir,
) -> Result<(), Failure> {
    let mut found: BTreeMap<String, ImportedRun> = BTreeMap::new();
    let mut order = Vec::with_capacity(source.runs.len());
    for run in source.runs.drain(..) {
        order.push(run.id.clone());
        found.insert(run.id.clone(), run);
    }
    let mut gone = 0_usize;
    for (number, id) in (0..).zip(&record.runs) {
        gone += usize::from(!found.contains_key(id));
        let run = found.remove(id).map_or_else(|| kept(dir, JobId(number), id), Ok)?;
        source.runs.push(run);
    }
    let known: HashSet<&String> = record.runs.iter().collect();
    let new = order.iter().filter(|id| !known.contains(id));
    source.runs.extend(new.filter_map(|id| found.remove(id)));
    if gone > 0 {
        source.notes.push(format!(
            "the source has {} no more that {} imported earlier: kept as imported",
            count(gone, "run"),
            if gone == 1 { "was" } else { "were" }
        ));
    }
    Ok(())
}

/// Returns a run as it was imported.
fn kept(dir: &SweepDir, job: JobId, id: &str) -> Result<ImportedRun, Failure> {
    let params = match yaml::read_file(&dir.cfg(job))? {
        Value::Map(config) => leaves(config),
        _ => Vec::new(),
    };
    let sampled = SampledValues::read(dir, [(job, None)].into_iter(), SentenceParser::default)?;
    let sampled = sampled.of_job(job).map(|row| {
        row.iter().map(|(name, value)| (name.to_owned(), value.clone().into())).collect::<Vec<_>>()
    });
    let is_leaf = |name: &String| params.iter().any(|(known, _)| known == name);
    let choices = sampled.unwrap_or_default().into_iter().filter(|(name, _)| !is_leaf(name));
    let attempts = read_attempts(&dir.attempts(job))?;
    let state = decisive_attempt(&attempts).and_then(|last| last.start.imported.as_ref());
    Ok(ImportedRun {
        id: id.to_owned(),
        choices: choices.collect(),
        params,
        state: state.map(|imported| JobState::from_name(&imported.state)),
        is_kept: true,
        ..ImportedRun::default()
    })
}
