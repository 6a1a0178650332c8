//! Joins what was measured of each job: by the last collect, and by what workers noted since.

use std::collections::BTreeMap;

use sweep_config::records::{JobState, SetupRecord};
use sweep_config::{JobId, Sweep, table};

use super::ended::{EndedJobs, ResultSource};
use super::job_result::{JobResult, values_by_row};
use crate::app::num::whole;
use crate::app::{Failure, command};
use crate::tables::PlainColumn;
use crate::trials::{ColumnSource, Objective, SentenceParser, Trial, TrialTable, Trials};

/// The results by job, and sentences on those that could not be read.
type MeasuredResults = (BTreeMap<JobId, JobResult>, Vec<String>);

/// The findings of the last collect.
struct CollectedTable {
    table: TrialTable,
    trials: Trials,
    /// The number of attempts at each job.
    attempts: Vec<u32>,
}

/// Reads the result of each job by its newest attempt.
///
/// # Errors
///
/// When a file cannot be read or is damaged, or jobs are done and none has a value of the objective.
pub(super) fn read(
    sweep: &Sweep,
    record: &SetupRecord,
    source: &ResultSource<'_>,
) -> Result<MeasuredResults, Failure> {
    let dir = sweep.dir();
    let collected = CollectedTable::open(sweep)?;
    let mut ended = EndedJobs::read(&dir)?;
    let is_open = |job: &JobId| !collected.as_ref().is_some_and(|all| all.is_done(*job));
    let jobs = (0..record.kept).filter_map(|job| u32::try_from(job).ok().map(JobId));
    ended.complete(&dir, jobs.filter(is_open), source)?;
    let mut tables: Vec<&dyn ColumnSource> = vec![&ended];
    tables.extend(collected.as_ref().map(|all| &all.table as &dyn ColumnSource));
    let objectives = Objective::all(&sweep.analyze.objectives, &tables);
    let mut results: BTreeMap<JobId, (u32, JobResult)> = BTreeMap::new();
    results.extend(collected.iter().flat_map(|all| all.results(&objectives)));
    for (job, attempt, result) in ended.results(&objectives) {
        if results.get(&job).is_none_or(|(known, _)| *known <= attempt) {
            results.insert(job, (attempt, result));
        }
    }
    let results: BTreeMap<_, _> =
        results.into_iter().map(|(job, (_, result))| (job, result)).collect();
    let has_values = results.values().any(|result| matches!(result, JobResult::Values(_)));
    let failed = results.values().filter(|result| **result == JobResult::Failed).count();
    if !has_values && failed >= source.patience {
        let table = collected.as_ref().map(|all| &all.table);
        let proposal = table.zip(objectives.first()).and_then(|(table, one)| one.proposal(table));
        if proposal.is_some() || ended.lack_metrics() {
            let collect = command("sweep_collect", sweep);
            return Err(Failure::usage(
                "no job has a value of ANALYZE.OBJECTIVE, so that nothing can be learned",
                proposal.unwrap_or_else(|| format!("`{collect}` names what the jobs log")),
            ));
        }
    }
    Ok((results, ended.warnings().collect()))
}

impl CollectedTable {
    fn open(sweep: &Sweep) -> Result<Option<Self>, Failure> {
        let dir = sweep.dir();
        if !dir.sweep_parquet().exists() {
            return Ok(None);
        }
        let table = TrialTable::open(&dir.sweep_parquet())?;
        let trials = Trials::of_table(&table, &dir, || SentenceParser::of_sweep(sweep))?;
        let attempts = match table.read(table::ATTEMPTS) {
            Ok(Some(PlainColumn::Numbers(numbers))) => numbers,
            _ => Vec::new(),
        };
        let attempts = attempts.into_iter().map(|number| number.map_or(0, whole)).collect();
        Ok(Some(Self { table, trials, attempts }))
    }

    /// Returns true if a job was done, so that its logs need not be read again.
    fn is_done(&self, job: JobId) -> bool {
        let at = self.trials.jobs.binary_search_by_key(&job, |trial| trial.id);
        at.is_ok_and(|at| self.trials.jobs[at].state == JobState::Done)
    }

    /// Returns the number of attempts at each job, with its result.
    fn results(&self, objectives: &[Objective]) -> Vec<(JobId, (u32, JobResult))> {
        let result = |((row, trial), values): ((usize, &Trial), Vec<Option<f64>>)| {
            let result = JobResult::of(&trial.state, objectives, &values);
            (trial.id, (self.attempts.get(row).copied().unwrap_or(0), result))
        };
        let trials = self.trials.jobs.iter().enumerate();
        trials.zip(values_by_row(objectives, &self.table)).map(result).collect()
    }
}
