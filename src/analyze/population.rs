//! A population: the jobs of one sweep, or of a part of it, and what is known of each.

use std::collections::BTreeMap;

use sweep_config::records::JobState;
use sweep_config::{Filters, JobId, Sweep, SweepDir, table};

use super::frame::Frame;
use super::metric::{self, Metric};
use crate::app::{Failure, command};

/// The jobs of one sweep or of one split of it.
#[derive(Debug, Clone)]
pub struct Population {
    /// Its name in legends.
    pub name: String,
    /// Where it lies.
    pub dir: SweepDir,
    /// All jobs of the sweep.
    pub frame: Frame,
    /// The rows of the frame that belong to the population.
    pub rows: Vec<usize>,
    /// The error of each row of the frame; a NaN where the job has none.
    pub errors: Vec<f64>,
    /// What the error is; empty where no job has one.
    pub error_is: &'static str,
    /// The job number of each row.
    pub jobs: Vec<JobId>,
    /// The state of each row.
    pub states: Vec<JobState>,
    /// What was sampled for each row.
    pub sampled: Vec<String>,
}

impl Population {
    /// Reads what was collected of a sweep.
    ///
    /// # Errors
    ///
    /// When nothing was collected yet, or the table cannot be read.
    pub fn load(name: &str, dir: SweepDir, sweep: &Sweep) -> Result<Self, Failure> {
        if !dir.sweep_parquet().exists() {
            let message = format!("nothing was collected in `{}` yet", dir.path().display());
            let collect = command("sweep_collect", sweep);
            return Err(Failure::usage(message, format!("run `{collect}` first")));
        }
        let frame = Frame::read(&dir.sweep_parquet(), None)?;
        let (errors, error_is) =
            metric::error(&frame).unwrap_or_else(|| (vec![f64::NAN; frame.rows()], ""));
        #[expect(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "a job number")]
        let job = |number: f64| JobId(number as u32);
        let states = frame.texts(table::STATE);
        Ok(Self {
            name: name.rsplit('/').next().unwrap_or(name).to_owned(),
            rows: (0..frame.rows()).collect(),
            jobs: frame.numbers(table::JOB).into_iter().map(job).collect(),
            states: states.iter().map(|name| JobState::from_name(name)).collect(),
            sampled: frame.texts(table::SAMPLED),
            dir,
            frame,
            errors,
            error_is,
        })
    }

    /// The rows that have an error, best first; equal errors in the order of the jobs.
    pub fn ranked(&self) -> Vec<usize> {
        let mut rows: Vec<usize> =
            self.rows.iter().copied().filter(|&row| self.errors[row].is_finite()).collect();
        rows.sort_by(|&a, &b| self.errors[a].total_cmp(&self.errors[b]));
        rows
    }

    /// The errors of the rows that have one, best first.
    pub fn sorted_errors(&self) -> Vec<f64> {
        self.ranked().into_iter().map(|row| self.errors[row]).collect()
    }

    /// How many of its jobs are in each state.
    pub fn count_states(&self) -> BTreeMap<JobState, usize> {
        let mut counts = BTreeMap::new();
        for &row in &self.rows {
            *counts.entry(self.states[row].clone()).or_insert(0) += 1;
        }
        counts
    }

    /// The part of it whose metrics lie within the filters.
    ///
    /// # Errors
    ///
    /// Why a filter's metric has no numbers.
    pub fn filtered(&self, name: &str, filters: &Filters) -> Result<Self, String> {
        let mut part = Self { name: name.to_owned(), ..self.clone() };
        for filter in filters {
            let metric = Metric::of(&self.frame, &filter.metric)?;
            let keep = |&row: &usize| {
                let value = metric.in_pyclss_terms(row);
                filter.keep.low <= value && value <= filter.keep.high
            };
            part.rows.retain(keep);
        }
        Ok(part)
    }
}
