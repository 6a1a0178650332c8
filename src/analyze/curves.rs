//! What a job logged over its epochs, from `curves.parquet`.
//!
//! The file has a row a job, phase and epoch: a sweep of 100,000 jobs has fifteen million. A report
//! shows the curves of a few, so that only where each job's rows are is read at first, and the rows
//! of a job when it is asked for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sweep_config::{JobId, table};

use super::frame::{Column, Table, column_names, job_id, read_columns, read_slice};
use crate::app::Failure;

/// The type of the epochs of training.
pub const TRAIN: &str = "train_epoch";
/// The type of the tests.
pub const TEST: &str = "test_epoch";
/// The type of the tests of the averaged weights.
pub const TEST_EMA: &str = "test_ema_epoch";
/// What learning curves may show, the likeliest first: the first that was logged is taken.
const METRICS: [&str; 3] = ["top1_err", "error", "loss"];

/// The curves of one job.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JobCurves {
    /// Phase -> `(epoch, value)`, in the order of the epochs.
    pub phases: BTreeMap<String, Vec<(f64, f64)>>,
    /// How many epochs the job has, as far as it said.
    pub epochs: Option<f64>,
}

/// One metric of the jobs of one sweep over their epochs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curves {
    /// Which; empty if none of those that can be drawn was logged.
    pub metric: String,
    path: PathBuf,
    /// Each job's first row, and how many it has.
    rows: BTreeMap<JobId, (usize, usize)>,
}

impl Curves {
    /// Finds the jobs in `curves.parquet`. `wanted` is the metric that is sought before others.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is no such table.
    pub fn read(path: &Path, wanted: Option<&str>) -> Result<Self, Failure> {
        let known = column_names(path)?;
        let metric = wanted.into_iter().chain(METRICS).find(|m| known.iter().any(|k| k == m));
        let (_, jobs) = read_columns(path, &[table::JOB])?;
        let jobs = match jobs.get(table::JOB) {
            Some(Column::Numbers(jobs)) => jobs.as_slice(),
            _ => &[],
        };
        let mut rows = BTreeMap::new();
        let mut first = 0;
        // A job's rows follow each other: fifteen million are a hundred thousand runs.
        for run in jobs.chunk_by(|a, b| a == b) {
            if let Some(id) = run[0].and_then(job_id) {
                rows.insert(id, (first, run.len()));
            }
            first += run.len();
        }
        Ok(Self { metric: metric.unwrap_or_default().to_owned(), path: path.to_owned(), rows })
    }

    /// The curves of a job; `None` if it logged none. Epochs without a number are left out.
    pub fn of(&self, job: JobId) -> Option<JobCurves> {
        let &(first, count) = self.rows.get(&job)?;
        let columns = [table::PHASE, table::EPOCH, table::EPOCH_MAX, self.metric.as_str()];
        let columns = &columns[..if self.metric.is_empty() { 3 } else { 4 }];
        // The file was read before: what is gone since has no curve.
        let (rows, table) = read_slice(&self.path, columns, (first, count)).ok()?;
        Some(self.gather(&table, rows))
    }

    fn gather(&self, table: &Table, rows: usize) -> JobCurves {
        let phases = table.text_column(table::PHASE);
        let epochs = table.numbers(table::EPOCH, rows);
        let values = table.numbers(&self.metric, rows);
        let lasts = table.numbers(table::EPOCH_MAX, rows);
        let mut curves = JobCurves {
            epochs: lasts.into_iter().flatten().reduce(f64::max),
            ..JobCurves::default()
        };
        for (row, phase) in phases.iter().enumerate() {
            if let (Some(phase), Some(epoch), Some(value)) = (phase, epochs[row], values[row]) {
                curves.phases.entry(phase.clone()).or_default().push((epoch, value));
            }
        }
        curves
    }
}
