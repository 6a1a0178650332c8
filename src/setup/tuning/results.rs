//! Gathers the known results of each config, with its sampled values.

use std::collections::BTreeMap;

use sweep_config::records::{JobOrigins, JobState, SetupRecord};
use sweep_config::{JobId, ObjectiveGoal, Sweep, Value};

use super::told::{self, ToldResult};
use crate::app::Failure;
use crate::suggest::ObservedOutcome;
use crate::trials::{Objective, SampledValues, SentenceParser, TrialTable, Trials};

/// The known results, by config.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct KnownResults {
    /// The outcome of each config that has one, in the order of the configs.
    pub(super) outcomes: Vec<(u64, ObservedOutcome)>,
    /// The sampled values of these configs, by name.
    pub(super) sampled: BTreeMap<u64, Vec<(String, Value)>>,
    /// The number of configs of which nothing is known yet.
    pub(super) open: usize,
}

/// The result of a job.
#[derive(Debug, Clone, PartialEq)]
enum JobResult {
    Values(Vec<f64>),
    Failed,
    /// It ended by no fault of its own, or has not ended.
    Unknown,
}

impl KnownResults {
    /// Reads what was collected and told.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or is damaged.
    pub(super) fn read(sweep: &Sweep, record: &SetupRecord) -> Result<Self, Failure> {
        let mut jobs = collected(sweep)?;
        for (job, told) in told::all(&sweep.dir())? {
            jobs.insert(job, told_result(sweep, &told));
        }
        let mut outcomes = Vec::new();
        let by_config = jobs_by_config(record);
        for (config, ids) in &by_config {
            let results = ids.iter().filter_map(|job| jobs.get(job));
            outcomes.extend(outcome(results).map(|outcome| (*config, outcome)));
        }
        let open = by_config.len() - outcomes.len();
        Self { outcomes, sampled: BTreeMap::new(), open }.with_sampled(sweep, &by_config)
    }

    /// Restores results from the record of a suggestion.
    pub(super) fn restored(
        sweep: &Sweep,
        record: &SetupRecord,
        outcomes: Vec<(u64, ObservedOutcome)>,
    ) -> Result<Self, Failure> {
        Self { outcomes, ..Self::default() }.with_sampled(sweep, &jobs_by_config(record))
    }

    /// Reads the sampled values of the configs that have an outcome.
    fn with_sampled(
        mut self,
        sweep: &Sweep,
        jobs: &BTreeMap<u64, Vec<JobId>>,
    ) -> Result<Self, Failure> {
        let first = |config: &u64| jobs.get(config).and_then(|jobs| jobs.first().copied());
        self.outcomes.retain(|(config, _)| first(config).is_some());
        let mut firsts: Vec<(JobId, u64)> = self
            .outcomes
            .iter()
            .filter_map(|(config, _)| Some((first(config)?, *config)))
            .collect();
        firsts.sort_unstable();
        let jobs = firsts.iter().map(|(job, _)| (*job, None));
        let sampled = SampledValues::read(&sweep.dir(), jobs, || SentenceParser::of_sweep(sweep))?;
        for ((_, config), row) in firsts.iter().zip(sampled.into_rows()) {
            let values = row.iter().map(|(name, value)| (name.to_owned(), value.clone().into()));
            self.sampled.insert(*config, values.collect());
        }
        Ok(self)
    }
}

/// Returns the jobs of each config.
fn jobs_by_config(record: &SetupRecord) -> BTreeMap<u64, Vec<JobId>> {
    let origins = JobOrigins::of(record);
    let mut jobs: BTreeMap<u64, Vec<JobId>> = BTreeMap::new();
    for job in 0..record.kept {
        let id = u32::try_from(job).map(JobId);
        jobs.entry(origins.config(job)).or_default().extend(id);
    }
    jobs
}

/// Returns what the last collect found of each job; nothing if there was none.
fn collected(sweep: &Sweep) -> Result<BTreeMap<JobId, JobResult>, Failure> {
    let dir = sweep.dir();
    if !dir.sweep_parquet().exists() {
        return Ok(BTreeMap::new());
    }
    let table = TrialTable::open(&dir.sweep_parquet())?;
    let mut trials = Trials::of_table(&table, &dir, || SentenceParser::of_sweep(sweep))?;
    let objectives = Objective::all(&sweep.analyze.objectives, &[&table]);
    trials.rank(&objectives, &table);
    let result = |trial: &crate::trials::Trial| match trial.state {
        JobState::Done => {
            let values = objectives.iter().zip(&trial.objectives);
            let small = values.map(|(objective, value)| {
                let sign = if objective.is_minimized() { 1.0 } else { -1.0 };
                value.map(|value| sign * value)
            });
            // A job that is done and has no finite value diverged.
            small.collect::<Option<Vec<f64>>>().map_or(JobResult::Failed, JobResult::Values)
        }
        JobState::Failed | JobState::OutOfMemory => JobResult::Failed,
        _ => JobResult::Unknown,
    };
    let found: BTreeMap<JobId, JobResult> =
        trials.jobs.iter().map(|trial| (trial.id, result(trial))).collect();
    let has_values = found.values().any(|result| matches!(result, JobResult::Values(_)));
    let is_lost = !has_values && found.values().filter(|r| **r == JobResult::Failed).count() > 0;
    match objectives.first().and_then(|objective| objective.proposal(&table)) {
        Some(proposal) if is_lost => Err(Failure::usage(
            "no job has a value of ANALYZE.OBJECTIVE, so that nothing can be learned",
            proposal,
        )),
        _ => Ok(found),
    }
}

fn told_result(sweep: &Sweep, told: &ToldResult) -> JobResult {
    if told.state.is_some() {
        return JobResult::Failed;
    }
    let goals = sweep.analyze.objectives.iter().map(|objective| objective.goal);
    let goals = goals.chain(std::iter::repeat(ObjectiveGoal::Minimize));
    let value = |(metric, goal): (String, ObjectiveGoal)| {
        let sign = if goal == ObjectiveGoal::Minimize { 1.0 } else { -1.0 };
        told.values.get(&metric).map(|value| sign * value)
    };
    let values: Option<Vec<f64>> = told::metrics(sweep).into_iter().zip(goals).map(value).collect();
    values.map_or(JobResult::Unknown, JobResult::Values)
}

/// Joins the results of replicates: their mean, or failed if all that are known failed. `None` while none is known.
fn outcome<'r>(jobs: impl Iterator<Item = &'r JobResult>) -> Option<ObservedOutcome> {
    let (mut sum, mut count, mut failed): (Vec<f64>, f64, bool) = (Vec::new(), 0.0, false);
    for job in jobs {
        match job {
            JobResult::Values(values) => {
                sum.resize(values.len(), 0.0);
                sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
                count += 1.0;
            }
            JobResult::Failed => failed = true,
            JobResult::Unknown => {}
        }
    }
    if count > 0.0 {
        return Some(ObservedOutcome::Values(sum.iter().map(|sum| sum / count).collect()));
    }
    failed.then_some(ObservedOutcome::Failed)
}
