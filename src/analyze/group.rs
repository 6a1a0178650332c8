//! Which jobs a figure is about: a sweep, what filters keep of it, its splits.

use std::collections::BTreeMap;

use sweep_config::records::JobState;
use sweep_config::{MetricFilter, table};

use super::column::PlainColumn;
use super::frame::{Job, Population};
use super::metrics::{Metric, MetricProblem, Objective};
use super::stats::{SampleSummary, quantile};

/// Jobs of one sweep under one name: what a curve, a column of figures or a colour stands for.
#[derive(Debug, Clone)]
pub struct Group<'a> {
    /// What the legend calls it.
    pub name: String,
    /// The sweep.
    pub population: &'a Population,
    /// What its jobs are ranked by.
    pub objective: Objective,
    errors: Vec<Option<f64>>,
    rows: Vec<usize>,
}

/// A job that has both an error and a value of some metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The job's row.
    pub row: usize,
    /// Its value.
    pub value: f64,
    /// Its error.
    pub error: f64,
}

impl<'a> Group<'a> {
    /// All jobs of a sweep.
    pub fn whole(name: String, population: &'a Population, objective: Objective) -> Self {
        let rows = (0..population.jobs.len()).collect();
        let errors = objective.values(population);
        Self { name, population, objective, errors, rows }
    }

    /// How many different configs the jobs have: replicates share one. Each job its own where nobody
    /// says.
    pub fn configs(&self) -> usize {
        let all = self.population.table.numbers(table::CONFIG, self.population.jobs.len());
        let mut configs: Vec<f64> = self.rows.iter().filter_map(|&row| all[row]).collect();
        if configs.len() < self.rows.len() {
            return self.rows.len();
        }
        configs.sort_by(f64::total_cmp);
        configs.dedup();
        configs.len()
    }

    /// The number of each job's config, which replicates share; `None` where nobody says.
    pub fn config_numbers(&self) -> Option<Vec<Option<u64>>> {
        let Some(PlainColumn::Numbers(configs)) = self.population.table.get(table::CONFIG) else {
            return None;
        };
        #[expect(
            clippy::cast_sign_loss,
            clippy::cast_possible_truncation,
            reason = "whole numbers"
        )]
        Some(configs.iter().map(|config| config.map(|config| config as u64)).collect())
    }

    /// The jobs that every filter keeps; one without a number for a filter's metric is not kept.
    ///
    /// # Errors
    ///
    /// When a filter's metric is unknown.
    pub fn filtered(&self, name: String, filters: &[MetricFilter]) -> Result<Self, MetricProblem> {
        let mut kept = self.clone();
        kept.name = name;
        for filter in filters {
            let metric = Metric::named(&filter.metric);
            let values = metric.values(self.population, &self.objective)?;
            kept.rows.retain(|&row| {
                values[row]
                    .map(|value| metric.as_pycls(value))
                    .is_some_and(|value| filter.keep.low <= value && value <= filter.keep.high)
            });
        }
        Ok(kept)
    }

    /// How many jobs, with or without an error.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True if and only if there is no job.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The job of a row.
    pub fn job(&self, row: usize) -> &'a Job {
        &self.population.jobs[row]
    }

    /// The error of the job of a row.
    pub fn error(&self, row: usize) -> Option<f64> {
        self.errors[row]
    }

    /// The same, of which less is better whatever the objective's goal is.
    pub fn loss(&self, row: usize) -> Option<f64> {
        self.errors[row].map(|error| self.objective.goal.as_loss(error))
    }

    /// The rows of its jobs, by number.
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// The errors of the jobs that have one, in the order of the jobs.
    pub fn errors(&self) -> Vec<f64> {
        self.rows.iter().filter_map(|&row| self.errors[row]).collect()
    }

    /// The errors as losses, of which less is better whatever the objective's goal is.
    pub fn losses(&self) -> Vec<f64> {
        self.errors().into_iter().map(|error| self.objective.goal.as_loss(error)).collect()
    }

    /// The losses of all jobs that came to an end, best first: one that failed, stopped or diverged without a
    /// value has lost by any measure, infinitely. Jobs that may still end well are not among them.
    pub fn censored_losses(&self) -> Vec<f64> {
        let mut losses: Vec<f64> = self.judged().into_iter().map(|(_, loss)| loss).collect();
        losses.sort_by(f64::total_cmp);
        losses
    }

    /// The same with the rows of the jobs, in the order of the jobs.
    pub fn judged(&self) -> Vec<(usize, f64)> {
        let loss = |row: usize| {
            let lost = || self.is_lost(row).then_some(f64::INFINITY);
            self.loss(row).or_else(lost)
        };
        self.rows.iter().filter_map(|&row| Some((row, loss(row)?))).collect()
    }

    /// How many jobs are lost.
    pub fn lost(&self) -> usize {
        self.rows.iter().filter(|&&row| self.is_lost(row)).count()
    }

    /// True if and only if the job stopped without a value: it failed, nobody knows that it goes on, or its
    /// last loss was no number.
    pub fn is_lost(&self, row: usize) -> bool {
        self.errors[row].is_none() && (self.job(row).state.is_bad() || self.is_diverged(row))
    }

    /// True if and only if the job has started and nobody knows that it ended: its value may still change.
    pub fn is_open(&self, row: usize) -> bool {
        matches!(self.job(row).state, JobState::Running | JobState::Other(_))
    }

    /// True if and only if the last loss of the job's training was no finite number.
    pub fn is_diverged(&self, row: usize) -> bool {
        match self.population.table.get(table::DIVERGED) {
            Some(PlainColumn::Numbers(diverged)) => diverged[row] == Some(1.0),
            _ => false,
        }
    }

    /// The error that half of the jobs that have one reach; `None` where no job has one.
    pub fn median(&self) -> Option<f64> {
        let mut losses = self.losses();
        losses.sort_by(f64::total_cmp);
        quantile(&losses, 0.5).map(|median| self.objective.goal.as_loss(median))
    }

    /// The errors in three numbers; `None` where no job has one.
    pub fn summary(&self) -> Option<SampleSummary> {
        SampleSummary::of(&self.errors())
    }

    /// The rows of the jobs that have an error, least error first; the lower number first of equals.
    pub fn ranked(&self) -> Vec<usize> {
        let mut tested: Vec<(f64, usize)> =
            self.rows.iter().filter_map(|&row| Some((self.loss(row)?, row))).collect();
        tested.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        tested.into_iter().map(|(_, row)| row).collect()
    }

    /// The jobs that have both an error and a number for the metric.
    ///
    /// # Errors
    ///
    /// When no job of the sweep has the metric.
    pub fn points(&self, metric: &Metric) -> Result<Vec<Point>, MetricProblem> {
        let values = metric.values(self.population, &self.objective)?;
        let point =
            |&row: &usize| Some(Point { row, value: values[row]?, error: self.errors[row]? });
        Ok(self.rows.iter().filter_map(point).collect())
    }

    /// How many of its jobs that `choose` picks are in which state, by the state's name.
    pub fn count_states(&self, choose: impl Fn(usize) -> bool) -> BTreeMap<&str, usize> {
        let mut states = BTreeMap::new();
        for &row in self.rows.iter().filter(|&&row| choose(row)) {
            *states.entry(self.job(row).state.name()).or_default() += 1;
        }
        states
    }
}
