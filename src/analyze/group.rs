//! Groups of jobs that figures are about: a sweep, what filters keep of it, its splits.

use std::sync::Arc;

use polars::prelude::{Column, DataFrame};
use sweep_config::{KeptValues, MetricFilter, SeedReduction};

use super::categories::{cell_values, ranged_values};
use super::configs::{ConfigOutcome, outcomes};
use super::fate::{JobFate, ValueRule};
use super::filtering::{is_named, unranged};
use super::frame::{self, ERROR, IS_BOUNDLESS, IS_LOST, LOSS};
use super::metrics::{Metric, MetricProblem, Objective};
use super::population::Population;
use super::stats::{SampleSummary, quantile};
use crate::trials::Trial;

/// A column: true if a job is kept.
const IS_KEPT: &str = "is_kept";

/// Jobs of one sweep under one name: what a curve, a column of figures or a colour stands for.
#[derive(Debug, Clone)]
pub struct JobGroup<'a> {
    /// Its name in legends.
    pub name: String,
    /// The sweep.
    pub population: &'a Population,
    /// The objective that its jobs are ranked by.
    pub objective: Objective,
    /// One row a job, with the columns of [`super::frame`].
    frame: DataFrame,
    /// The rows of its jobs in the population.
    rows: Vec<usize>,
    /// The fates of all jobs of the population.
    fates: Arc<[JobFate]>,
    /// How the values of replicates become their config's.
    over_seeds: SeedReduction,
    /// Its drawn configs that have begun, with their outcomes.
    configs: Vec<ConfigOutcome>,
    /// Its chosen configs that have begun, which are no draws.
    chosen: Vec<ConfigOutcome>,
}

/// A job that has both an error and a value of some metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MetricPoint {
    /// The job's row.
    pub row: usize,
    /// Its value.
    pub value: f64,
    /// Its error.
    pub error: f64,
}

/// Returns the word for jobs that are no draws, of which so many are `tuned`: `tuned`, `chosen` or `tuned or chosen`.
pub(super) fn beside_draws(tuned: usize, chosen: usize) -> &'static str {
    match tuned {
        0 => "chosen",
        tuned if tuned == chosen => "tuned",
        _ => "tuned or chosen",
    }
}

impl<'a> JobGroup<'a> {
    /// All jobs of a sweep, each with its value.
    ///
    /// # Panics
    ///
    /// If its jobs were not ranked.
    pub fn whole(name: String, population: &'a Population) -> Self {
        Self::ruled(name, population, &ValueRule::default()).expect("no rule asks for anything")
    }

    /// All jobs of a sweep, with their values by a rule.
    ///
    /// # Errors
    ///
    /// When the rule asks for what no job of the sweep has.
    ///
    /// # Panics
    ///
    /// If its jobs were not ranked.
    pub(crate) fn ruled(
        name: String,
        population: &'a Population,
        rule: &ValueRule,
    ) -> Result<Self, MetricProblem> {
        let objective =
            population.trials.objectives.first().expect("jobs that were ranked").clone();
        let fates = rule.fates(population, &population.trials.values(0))?;
        let frame = frame::jobs(population, &fates, &objective);
        let whole = Self {
            name,
            population,
            objective,
            rows: Vec::new(),
            frame,
            fates: fates.into(),
            over_seeds: rule.over_seeds,
            configs: Vec::new(),
            chosen: Vec::new(),
        };
        Ok(whole.counted())
    }

    /// Returns the group with the rows and configs of its frame.
    fn counted(self) -> Self {
        let rows = frame::rows(&self.frame);
        let jobs = &self.population.trials.jobs;
        let (chosen, drawn): (Vec<usize>, Vec<usize>) =
            rows.iter().partition(|&&row| jobs[row].is_chosen);
        let outcomes =
            |rows: &[usize]| outcomes(rows, jobs, &self.fates, &self.objective, self.over_seeds);
        let (configs, chosen) = (outcomes(&drawn), outcomes(&chosen));
        Self { rows, configs, chosen, ..self }
    }

    /// The jobs that every filter keeps; one without a value for a filter's metric is not kept.
    ///
    /// # Errors
    ///
    /// When a filter's metric is unknown.
    pub fn filtered(&self, name: String, filters: &[MetricFilter]) -> Result<Self, MetricProblem> {
        let mut kept = vec![true; self.fates.len()];
        for filter in filters {
            let metric = Metric::named(&filter.metric);
            match &filter.keep {
                KeptValues::Range(range) => {
                    let values = ranged_values(self.population, &metric, || {
                        metric.values(&self.population.table, &self.objective)
                    });
                    let values = values.map_err(|why| unranged(why, self.population, &metric))?;
                    for (kept, value) in kept.iter_mut().zip(values) {
                        let value = value.map(|value| metric.as_pycls(value));
                        *kept &= value.is_some_and(|v| range.low <= v && v <= range.high);
                    }
                }
                KeptValues::Named(names) => {
                    let values = cell_values(self.population, &metric)?;
                    for (kept, value) in kept.iter_mut().zip(&values) {
                        *kept &= is_named(names, value.as_ref());
                    }
                }
            }
        }
        Ok(self.with_rows(name, |row| kept[row]))
    }

    /// The jobs of which a condition is true, by their rows.
    pub(super) fn with_rows(&self, name: String, is_in: impl Fn(usize) -> bool) -> Self {
        let keeps: Vec<bool> = self.rows.iter().map(|&row| is_in(row)).collect();
        let keeps = frame::frame(vec![Column::new(IS_KEPT.into(), keeps)]);
        let frame = frame::filter(&self.frame, &frame::is_true(&keeps, IS_KEPT));
        Self { name, frame, ..self.clone() }.counted()
    }

    /// The number of jobs, with or without an error.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True if there is no job.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The frame of its jobs, in the order of their numbers, with the columns of [`super::frame`].
    pub(super) fn frame(&self) -> &DataFrame {
        &self.frame
    }

    /// The rows of its jobs in the population, in the order of their numbers.
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// Returns the rows of its jobs for which a column of the frame is true.
    pub(super) fn rows_where(&self, column: &str) -> Vec<usize> {
        frame::rows(&frame::filter(&self.frame, &frame::is_true(&self.frame, column)))
    }

    /// The job of a row.
    pub fn job(&self, row: usize) -> &'a Trial {
        &self.population.trials.jobs[row]
    }

    /// Returns the values of all jobs of the population, those of open ones so far.
    pub fn all_errors(&self) -> Vec<Option<f64>> {
        self.fates.iter().map(|fate| fate.value()).collect()
    }

    /// Returns the outcomes of all drawn jobs of the population that ended, infinite in the bad direction if they are
    /// lost: for ranks.
    pub fn ended_errors(&self) -> Vec<Option<f64>> {
        let worst = self.objective.goal.as_loss(f64::INFINITY);
        let ended = |fate: &JobFate| match fate {
            JobFate::Value(value) => Some(*value),
            JobFate::Lost => Some(worst),
            JobFate::Open(_) | JobFate::Boundless | JobFate::Withdrawn | JobFate::Unstarted => None,
        };
        let jobs = self.population.trials.jobs.iter();
        let drawn = self.fates.iter().zip(jobs).map(|(fate, job)| (fate, !job.is_chosen));
        drawn.map(|(fate, is_drawn)| ended(fate).filter(|_| is_drawn)).collect()
    }

    /// The fate of the job of a row.
    pub(super) fn fate(&self, row: usize) -> JobFate {
        self.fates[row]
    }

    /// The value of the job of a row, so far if it is open.
    pub fn error(&self, row: usize) -> Option<f64> {
        self.fates[row].value()
    }

    /// The values of its jobs that have one, so far of open ones, in the order of the jobs.
    pub fn errors(&self) -> Vec<f64> {
        frame::numbers(&self.frame, ERROR)
    }

    /// The value of the job of a row if it ended.
    pub fn settled_error(&self, row: usize) -> Option<f64> {
        match self.fates[row] {
            JobFate::Value(value) => Some(value),
            _ => None,
        }
    }

    /// Its configs that were drawn and have begun, with their outcomes: all that statistics are about.
    pub fn configs(&self) -> &[ConfigOutcome] {
        &self.configs
    }

    /// Returns true if a config of it has several jobs.
    pub fn is_replicated(&self) -> bool {
        self.all_configs().any(|config| config.rows.len() > 1)
    }

    /// Its configs that have begun, drawn and chosen ones.
    pub fn all_configs(&self) -> impl Iterator<Item = &ConfigOutcome> {
        self.configs.iter().chain(&self.chosen)
    }

    /// The number of its jobs whose config was chosen, and not drawn.
    pub fn chosen_jobs(&self) -> usize {
        self.rows.iter().filter(|&&row| self.job(row).is_chosen).count()
    }

    /// The number of its jobs whose config a search by results chose.
    pub fn tuned_jobs(&self) -> usize {
        self.rows.iter().filter(|&&row| self.job(row).is_tuned).count()
    }

    /// Returns the word for its jobs that are no draws: `tuned`, `chosen` or `tuned or chosen`.
    pub fn beside_draws(&self) -> &'static str {
        beside_draws(self.tuned_jobs(), self.chosen_jobs())
    }

    /// The losses of the configs that ended with a value, in their order.
    pub fn losses(&self) -> Vec<f64> {
        self.settled().map(|(_, loss)| loss).filter(|loss| loss.is_finite()).collect()
    }

    /// The losses of the configs that ended, best first: those that are lost are infinite.
    pub fn censored_losses(&self) -> Vec<f64> {
        let mut losses: Vec<f64> = self.settled().map(|(_, loss)| loss).collect();
        losses.sort_by(f64::total_cmp);
        losses
    }

    /// The configs that ended, each by the row of its first job, with their losses, infinite if they are lost.
    pub fn settled(&self) -> impl Iterator<Item = (usize, f64)> {
        self.configs.iter().filter_map(|config| Some((config.rows[0], config.settled()?)))
    }

    /// The number of configs that may still end otherwise.
    pub fn open(&self) -> usize {
        self.configs.iter().filter(|config| config.settled().is_none()).count()
    }

    /// The number of configs that are lost: they ended without a value.
    pub fn lost(&self) -> usize {
        self.settled().filter(|(_, loss)| loss.is_infinite()).count()
    }

    /// The number of jobs that are lost: they ended without a value.
    pub fn lost_jobs(&self) -> usize {
        self.rows_where(IS_LOST).len()
    }

    /// The number of jobs that ended with the infinity that is better than all values.
    pub fn boundless_jobs(&self) -> usize {
        self.rows_where(IS_BOUNDLESS).len()
    }

    /// The number of jobs that may end otherwise, have not begun, or were cancelled before they had a value.
    pub fn unsettled_jobs(&self) -> usize {
        let is_unsettled = |fate: JobFate| {
            matches!(fate, JobFate::Open(_) | JobFate::Withdrawn | JobFate::Unstarted)
        };
        self.rows.iter().filter(|&&row| is_unsettled(self.fates[row])).count()
    }

    /// The number of jobs that ended with a value.
    pub fn with_value(&self) -> usize {
        self.rows.iter().filter(|&&row| self.settled_error(row).is_some()).count()
    }

    /// The value that half of the configs that ended reach, lost ones being worse than all; `None` where not so many
    /// do.
    pub fn median(&self) -> Option<f64> {
        let median = quantile(&self.censored_losses(), 0.5)?;
        median.is_finite().then(|| self.objective.goal.as_loss(median))
    }

    /// The values of the configs that ended with one, in three numbers; `None` where none did.
    pub fn summary(&self) -> Option<SampleSummary> {
        let goal = self.objective.goal;
        let values: Vec<f64> = self.losses().into_iter().map(|loss| goal.as_loss(loss)).collect();
        SampleSummary::of(&values)
    }

    /// Returns how the values of replicates become their config's.
    pub fn over_seeds(&self) -> SeedReduction {
        self.over_seeds
    }

    /// Returns how it counts: `job`, or `config` where some have several jobs.
    pub fn unit(&self) -> &'static str {
        if self.is_replicated() { "config" } else { "job" }
    }

    /// The rows of the jobs that have a value, of open ones if it can only get better, least loss first; the lower number
    /// first of equals.
    pub fn ranked(&self) -> Vec<usize> {
        let tested = frame::filter(&self.frame, &frame::is_present(&self.frame, LOSS));
        frame::rows(&frame::sort(&tested, [LOSS], [false]))
    }

    /// The jobs that have both a value, so far if they are open, and a number for the metric.
    ///
    /// # Errors
    ///
    /// When no job of the sweep has the metric.
    pub fn points(&self, metric: &Metric) -> Result<Vec<MetricPoint>, MetricProblem> {
        let values = metric.values(&self.population.table, &self.objective)?;
        let point =
            |&row: &usize| Some(MetricPoint { row, value: values[row]?, error: self.error(row)? });
        Ok(self.rows.iter().filter_map(point).collect())
    }

    /// Returns `(loss, value)` of each config that ended with a value and has points, of which `value` is their mean.
    pub fn pairs_of(&self, points: &[MetricPoint]) -> Vec<(f64, f64)> {
        let mut values = vec![None; self.population.trials.jobs.len()];
        for point in points {
            values[point.row] = Some(point.value);
        }
        self.config_pairs(|row| values[row])
    }

    /// Returns `(loss, value)` of each config that ended with a value, of which `value` is the mean over its jobs.
    pub fn config_pairs(&self, value: impl Fn(usize) -> Option<f64>) -> Vec<(f64, f64)> {
        let mean = |rows: &[usize]| {
            let values: Option<Vec<f64>> = rows.iter().map(|&row| value(row)).collect();
            SampleSummary::of(&values?).map(|summary| summary.mean)
        };
        let pair = |config: &ConfigOutcome| {
            let loss = config.settled().filter(|loss| loss.is_finite())?;
            Some((loss, mean(&config.rows)?))
        };
        self.configs.iter().filter_map(pair).collect()
    }
}
