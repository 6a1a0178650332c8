//! The learning curves of a sweep's jobs, from `curves.parquet`.
//!
//! The file has a row a job, phase and epoch: a sweep of 100,000 jobs has fifteen million. A report
//! shows the curves of a few, so that only where each job's rows are is read at first, and the rows
//! of a job when it is asked for.

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};
use std::path::Path;
use std::sync::OnceLock;

use rayon::prelude::*;
use sweep_config::{JobId, table};

use crate::app::Failure;
use crate::tables::ParquetFile;
use crate::tables::{PlainColumn, job_id};

/// The type of the epochs of training.
pub(crate) const TRAIN: &str = "train_epoch";
/// The type of the tests.
pub(crate) const TEST: &str = "test_epoch";
/// The type of the tests of the averaged weights.
pub(crate) const TEST_EMA: &str = "test_ema_epoch";
/// The metrics that learning curves may show, the likeliest first: the first that was logged is taken.
const METRICS: [&str; 3] = ["top1_err", "error", "loss"];

/// The name of the metric among [`CurveColumns`].
const VALUE: &str = "";

/// The rows that are read at once: all job numbers of a large sweep would take a quarter of a gigabyte. A file
/// that has no more is read as a whole, since many small readings take longer.
const WINDOW: usize = 1 << 18;

/// The curves of one job.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JobCurves {
    /// Phase -> `(epoch, value)`, in the order of the epochs.
    pub phases: BTreeMap<String, Vec<(f64, f64)>>,
    /// The number of epochs of the job, as far as it said.
    pub epochs: Option<f64>,
}

/// One metric of the jobs of one sweep over their epochs.
#[derive(Debug)]
pub struct LearningCurves {
    /// Its name; empty if none of those that can be drawn was logged.
    pub metric: String,
    file: ParquetFile,
    /// The rows of each job, by job.
    runs: Vec<(JobId, Range<usize>)>,
    /// All rows of a small file, when one was first asked for; `None` within: they are damaged.
    all: OnceLock<Option<CurveColumns>>,
}

/// Rows of the columns that make a curve.
type CurveColumns = BTreeMap<&'static str, PlainColumn>;

impl LearningCurves {
    /// Finds the jobs in `curves.parquet`. `wanted` is the metric that is sought before others.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is no such table.
    pub fn read(path: &Path, wanted: Option<&str>) -> Result<Self, Failure> {
        let file = ParquetFile::open(path)?;
        let is_there = |metric: &&str| file.kind(metric).is_some();
        let metric =
            wanted.into_iter().chain(METRICS).find(is_there).unwrap_or_default().to_owned();
        let runs = if file.kind(table::JOB).is_some() { runs(&file)? } else { Vec::new() };
        Ok(Self { metric, file, runs, all: OnceLock::new() })
    }

    /// The curves of a job; `None` if it logged none, or if they are damaged, of which [`LearningCurves::damage`] tells
    /// from then on. Epochs without a number are left out.
    pub fn of(&self, job: JobId) -> Option<JobCurves> {
        let before = self.runs.partition_point(|(id, _)| *id < job);
        let runs = self.runs[before..].iter().take_while(|(id, _)| *id == job);
        let mut curves = None;
        for (_, rows) in runs {
            let curves = curves.get_or_insert_default();
            if self.file.rows() <= WINDOW {
                let all = self.all.get_or_init(|| self.rows(0..self.file.rows())).as_ref()?;
                gather(all, rows.clone(), curves);
            } else {
                gather(&self.rows(rows.clone())?, 0..rows.len(), curves);
            }
        }
        curves
    }

    /// Returns the curves of the jobs of several ranges of numbers, in their order. A job without any is left out, and so is one
    /// whose rows are damaged.
    pub fn of_ranges(&self, ranges: &[RangeInclusive<JobId>]) -> Vec<(JobId, JobCurves)> {
        let read = |range: &RangeInclusive<JobId>| {
            let first = self.runs.partition_point(|(id, _)| id < range.start());
            let last = self.runs.partition_point(|(id, _)| id <= range.end());
            self.block(&self.runs[first..last])
        };
        ranges.par_iter().flat_map_iter(read).collect()
    }

    /// Reads the rows of several runs at once.
    fn block(&self, runs: &[(JobId, Range<usize>)]) -> Vec<(JobId, JobCurves)> {
        let rows = runs.iter().map(|run| &run.1);
        let first = rows.clone().map(|rows| rows.start).min().unwrap_or(0);
        let last = rows.map(|rows| rows.end).max().unwrap_or(0);
        if last - first > WINDOW {
            // Their rows lie far apart, as no collect leaves them.
            return runs.iter().filter_map(|(job, _)| Some((*job, self.of(*job)?))).collect();
        }
        let own;
        let (columns, first) = if self.file.rows() <= WINDOW {
            (self.all.get_or_init(|| self.rows(0..self.file.rows())).as_ref(), 0)
        } else {
            own = self.rows(first..last);
            (own.as_ref(), first)
        };
        let Some(columns) = columns else { return Vec::new() };
        let mut found: Vec<(JobId, JobCurves)> = Vec::with_capacity(runs.len());
        for (job, rows) in runs {
            if found.last().is_none_or(|(last, _)| last != job) {
                found.push((*job, JobCurves::default()));
            }
            if let Some((_, curves)) = found.last_mut() {
                gather(columns, rows.start - first..rows.end - first, curves);
            }
        }
        found
    }

    fn rows(&self, rows: Range<usize>) -> Option<CurveColumns> {
        let columns = [
            (table::PHASE, table::PHASE),
            (table::EPOCH, table::EPOCH),
            (table::EPOCH_MAX, table::EPOCH_MAX),
            (VALUE, self.metric.as_str()),
        ];
        let known = columns.into_iter().filter(|(_, name)| self.file.kind(name).is_some());
        let (keys, names): (Vec<&'static str>, Vec<&str>) = known.unzip();
        let columns = self.file.read(&names, &rows).ok()?;
        Some(keys.into_iter().zip(columns).collect())
    }

    /// The sentences that say what was asked for and could not be read.
    pub fn damage(&self) -> Vec<String> {
        self.file.damage()
    }
}

/// Adds rows to a job's curves.
fn gather(columns: &CurveColumns, rows: Range<usize>, curves: &mut JobCurves) {
    let numbers = |name: &str| match columns.get(name) {
        Some(PlainColumn::Numbers(numbers)) => &numbers[rows.clone()],
        _ => &[],
    };
    let lasts = numbers(table::EPOCH_MAX).iter().copied().flatten();
    curves.epochs = curves.epochs.into_iter().chain(lasts).reduce(f64::max);
    let Some(PlainColumn::Texts(phases)) = columns.get(table::PHASE) else { return };
    let mut points = numbers(table::EPOCH).iter().zip(numbers(VALUE));
    // The rows of a phase follow each other: its name is looked up once.
    for run in phases[rows].chunk_by(|a, b| a == b) {
        let known = |(epoch, value): (&Option<f64>, &Option<f64>)| Some(((*epoch)?, (*value)?));
        let mut points = points.by_ref().take(run.len()).filter_map(known).peekable();
        if let (Some(phase), Some(_)) = (&run[0], points.peek()) {
            curves.phases.entry(phase.clone()).or_default().extend(points);
        } else {
            points.for_each(drop);
        }
    }
}

/// Finds the rows of each job, in the order of the jobs and then of the file.
///
/// This is no query of polars: it would hold fifteen million numbers at once, for a hundred thousand runs.
fn runs(file: &ParquetFile) -> Result<Vec<(JobId, Range<usize>)>, Failure> {
    let mut runs: Vec<(JobId, Range<usize>)> = Vec::new();
    for first in (0..file.rows()).step_by(WINDOW) {
        let window = first..file.rows().min(first + WINDOW);
        let columns = file.read(&[table::JOB], &window)?;
        let [PlainColumn::Numbers(jobs)] = columns.as_slice() else { continue };
        let mut start = first;
        // A job's rows follow each other: fifteen million are a hundred thousand runs.
        for run in jobs.chunk_by(|a, b| a == b) {
            let rows = start..start + run.len();
            start = rows.end;
            let Some(id) = run[0].and_then(job_id) else { continue };
            match runs.last_mut() {
                Some((last, before)) if *last == id && before.end == rows.start => {
                    before.end = rows.end;
                }
                _ => runs.push((id, rows)),
            }
        }
    }
    runs.sort_by_key(|(id, rows)| (*id, rows.start));
    Ok(runs)
}
