//! Groups of jobs that figures are about: a sweep, what filters keep of it, its splits.

use std::sync::Arc;

use polars::prelude::{Column, DataFrame};
use sweep_config::MetricFilter;

use super::frame::{self, ERROR, IS_LOST, JUDGED, LOSS};
use super::metrics::{Metric, MetricProblem, Objective};
use super::population::Population;
use super::stats::{SampleSummary, quantile};
use crate::trials::Trial;

/// A column: the value that a filter asks for.
const VALUE: &str = "value";

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
    /// The errors of all jobs of the population.
    errors: Arc<[Option<f64>]>,
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

impl<'a> JobGroup<'a> {
    /// All jobs of a sweep.
    ///
    /// # Panics
    ///
    /// If its jobs were not ranked.
    pub fn whole(name: String, population: &'a Population) -> Self {
        let objective =
            population.trials.objectives.first().expect("jobs that were ranked").clone();
        let errors = population.trials.values(0);
        let frame = frame::jobs(population, &errors, objective.goal);
        let rows = frame::rows(&frame);
        Self { name, population, objective, frame, rows, errors: errors.into() }
    }

    /// The jobs that every filter keeps; one without a number for a filter's metric is not kept.
    ///
    /// # Errors
    ///
    /// When a filter's metric is unknown.
    pub fn filtered(&self, name: String, filters: &[MetricFilter]) -> Result<Self, MetricProblem> {
        let mut frame = self.frame.clone();
        for filter in filters {
            let metric = Metric::named(&filter.metric);
            let values = metric.values(&self.population.table, &self.objective)?;
            let value = |row: usize| values[row].map(|value| metric.as_pycls(value));
            let values: Vec<Option<f64>> = frame::rows(&frame).into_iter().map(value).collect();
            let value = frame::frame(vec![Column::new(VALUE.into(), values)]);
            let keeps = frame::is_within(&value, VALUE, (filter.keep.low, filter.keep.high));
            frame = frame::filter(&frame, &keeps);
        }
        let rows = frame::rows(&frame);
        Ok(Self { name, frame, rows, ..self.clone() })
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

    /// Returns the errors of all jobs of the population, whether they are in the group or not.
    pub fn all_errors(&self) -> &[Option<f64>] {
        &self.errors
    }

    /// The error of the job of a row.
    pub fn error(&self, row: usize) -> Option<f64> {
        self.errors[row]
    }

    /// The error of the job of a row as a loss: less is better whatever the objective's goal is.
    pub fn loss(&self, row: usize) -> Option<f64> {
        self.errors[row].map(|error| self.objective.goal.as_loss(error))
    }

    /// The errors of the jobs that have one, in the order of the jobs.
    pub fn errors(&self) -> Vec<f64> {
        frame::numbers(&self.frame, ERROR)
    }

    /// The errors as losses, of which less is better whatever the objective's goal is.
    pub fn losses(&self) -> Vec<f64> {
        frame::numbers(&self.frame, LOSS)
    }

    /// The losses of all jobs that came to an end, best first: one that failed, stopped or diverged without a
    /// value has lost by any measure, infinitely. Jobs that may still end well are not among them.
    pub fn censored_losses(&self) -> Vec<f64> {
        let mut losses = frame::numbers(&self.frame, JUDGED);
        losses.sort_by(f64::total_cmp);
        losses
    }

    /// The rows of the jobs that came to an end with their losses, infinite if they are lost, in the order of
    /// the jobs.
    pub fn judged(&self) -> Vec<(usize, f64)> {
        judged(&self.frame)
    }

    /// Returns what [`JobGroup::judged`] does, of the jobs for which a column of the frame is false.
    pub(super) fn judged_unless(&self, column: &str) -> Vec<(usize, f64)> {
        judged(&frame::filter(&self.frame, &!frame::is_true(&self.frame, column)))
    }

    /// The number of jobs that are lost: they stopped without a value.
    pub fn lost(&self) -> usize {
        self.rows_where(IS_LOST).len()
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

    /// The rows of the jobs that have an error, least loss first; the lower number first of equals.
    pub fn ranked(&self) -> Vec<usize> {
        let tested = frame::filter(&self.frame, &frame::is_present(&self.frame, LOSS));
        frame::rows(&frame::sort(&tested, [LOSS], [false]))
    }

    /// The jobs that have both an error and a number for the metric.
    ///
    /// # Errors
    ///
    /// When no job of the sweep has the metric.
    pub fn points(&self, metric: &Metric) -> Result<Vec<MetricPoint>, MetricProblem> {
        let values = metric.values(&self.population.table, &self.objective)?;
        let point =
            |&row: &usize| Some(MetricPoint { row, value: values[row]?, error: self.errors[row]? });
        Ok(self.rows.iter().filter_map(point).collect())
    }
}

/// Returns the rows of the jobs that came to an end with their losses, infinite if they are lost.
fn judged(frame: &DataFrame) -> Vec<(usize, f64)> {
    let judged = frame::filter(frame, &frame::is_present(frame, JUDGED));
    frame::rows(&judged).into_iter().zip(frame::numbers(&judged, JUDGED)).collect()
}
