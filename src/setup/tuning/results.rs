//! Gathers the known results of each config, with its sampled values.

use std::collections::BTreeMap;

use sweep_config::records::{JobOrigins, SetupRecord, ToldResult};
use sweep_config::{JobId, ObjectiveGoal, Sweep, Value};

use super::ended::ResultSource;
use super::job_result::JobResult;
use super::measured;
use super::told;
use crate::app::{Failure, count};
use crate::suggest::ObservedOutcome;
use crate::trials::{SampledValues, SentenceParser};

/// The known results, by config.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct KnownResults {
    /// The outcome of each config that has one, in the order of the configs.
    pub(super) outcomes: Vec<(u64, ObservedOutcome)>,
    /// The sampled values of these configs, by name.
    pub(super) sampled: BTreeMap<u64, Vec<(String, Value)>>,
    /// The number of configs of which nothing is known yet.
    pub(super) open: usize,
    /// Sentences on results that could not be read.
    pub(super) warnings: Vec<String>,
}

impl KnownResults {
    /// Reads what was noted, collected and told: what was told counts before all, and else the newest attempt.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or is damaged.
    pub(super) fn read(
        sweep: &Sweep,
        record: &SetupRecord,
        source: &ResultSource<'_>,
    ) -> Result<Self, Failure> {
        let (mut jobs, mut warnings) = measured::read(sweep, record, source)?;
        let mut lacking = 0;
        for (job, told) in ToldResult::all(&sweep.dir())? {
            match told_result(sweep, &told) {
                Some(result) => _ = jobs.insert(job, result),
                None => lacking += 1,
            }
        }
        if lacking > 0 {
            let metrics: Vec<String> =
                told::metrics(sweep).iter().map(|(metric, _)| format!("`{metric}`")).collect();
            let (path, metrics) = (sweep.dir().told_jsonl(), metrics.join(" and "));
            let results = count(lacking, "result");
            warnings.push(format!("`{}`: {results} without {metrics} left out", path.display()));
        }
        let mut outcomes = Vec::new();
        let by_config = jobs_by_config(record);
        for (config, ids) in &by_config {
            let results = ids.iter().filter_map(|job| jobs.get(job));
            outcomes.extend(outcome(results).map(|outcome| (*config, outcome)));
        }
        let open = by_config.len() - outcomes.len();
        Self { outcomes, sampled: BTreeMap::new(), open, warnings }.with_sampled(sweep, &by_config)
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

/// Returns the sampled value of a name.
pub(super) fn value_of(sampled: &[(String, Value)], name: &str) -> Option<Value> {
    sampled.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
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

/// Returns what was told of a job; `None` if that was before the sweep had its objectives.
fn told_result(sweep: &Sweep, told: &ToldResult) -> Option<JobResult> {
    if told.state.is_some() {
        return Some(JobResult::Failed);
    }
    let value = |(metric, goal): (String, ObjectiveGoal)| {
        let sign = if goal == ObjectiveGoal::Minimize { 1.0 } else { -1.0 };
        told.values.get(&metric).map(|value| sign * value)
    };
    let values: Option<Vec<f64>> = told::metrics(sweep).into_iter().map(value).collect();
    values.map(JobResult::Values)
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
