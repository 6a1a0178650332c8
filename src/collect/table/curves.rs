//! The epochs of the jobs: the rows of `curves.parquet`.

use std::collections::BTreeMap;
use std::ops::Range;

use parquet::data_type::ByteArray;
use sweep_config::JobId;
use sweep_config::table::{EPOCH, EPOCH_MAX, JOB, PHASE};

use super::values::{ColumnChunk, ColumnType, NullableColumn};
use crate::collect::reader::{JobLog, LogSeries, LoggedType, SeriesRow, is_position};

/// Columns that every row has, so that no metric can have their names.
pub(crate) const FIXED: [(&str, ColumnType); 4] = [
    (JOB, ColumnType::Int),
    (PHASE, ColumnType::Text),
    (EPOCH, ColumnType::Int),
    (EPOCH_MAX, ColumnType::Int),
];

/// The epochs of one type of one job.
#[derive(Debug)]
pub(crate) struct JobCurve {
    job: JobId,
    phase: String,
    epochs: Vec<i64>,
    maxima: NullableColumn<i64>,
    /// The metrics that hold a number anywhere.
    metrics: Vec<(String, NullableColumn<f64>)>,
}

impl JobCurve {
    /// Returns the number of its rows.
    pub(crate) fn rows(&self) -> usize {
        self.epochs.len()
    }

    /// Returns the type that it is of.
    pub(crate) fn phase(&self) -> &str {
        &self.phase
    }

    /// Returns the metrics with their numbers by epoch.
    pub(crate) fn points(&self) -> impl Iterator<Item = (&str, Vec<(i64, f64)>)> {
        self.metrics.iter().map(|(name, values)| {
            let points = self.epochs.iter().zip(values.iter());
            (name.as_str(), points.filter_map(|(epoch, value)| Some((*epoch, *value?))).collect())
        })
    }
}

/// The greatest number of epochs of a training whose curves go by step, if it logs many.
const FEW_EPOCHS: i64 = 2;

/// The number of values of a metric an epoch that are many.
const MANY_STEPS: usize = 3;

/// The curves of a job, by type; it is to have `epochs` epochs, as far as that is known.
pub(crate) fn of_log(job: JobId, log: &JobLog, epochs: Option<i64>) -> Vec<JobCurve> {
    let series = || {
        log.iter().filter_map(|(kind, logged)| match logged {
            LoggedType::Series(series) => Some((kind, series)),
            LoggedType::Once(_) => None,
        })
    };
    let is_by_step = epochs.is_none_or(|epochs| epochs <= FEW_EPOCHS)
        && series().all(|(_, series)| has_few_epochs(series))
        && series().any(|(_, series)| has_many_steps(series));
    series().map(|(kind, series)| of_series(job, kind, series, is_by_step)).collect()
}

/// True if a type has so few epochs that its steps may count instead.
fn has_few_epochs(series: &LogSeries) -> bool {
    let epochs = series.rows().chunk_by(|a, b| a.at.epoch == b.at.epoch).count();
    series.is_by_step || i64::try_from(epochs).is_ok_and(|epochs| epochs <= FEW_EPOCHS)
}

/// True if a metric of a program that knows nothing of us has many values an epoch.
fn has_many_steps(series: &LogSeries) -> bool {
    let epochs = series.rows().chunk_by(|a, b| a.at.epoch == b.at.epoch).count();
    let count = |metric| series.column(metric).filter(|value| value.number().is_some()).count();
    let mut metrics = series.names.iter().enumerate().filter(|(_, name)| !is_position(name));
    series.is_sparse
        && series.has_iter
        && !series.is_by_step
        && metrics.any(|(metric, _)| count(metric) >= MANY_STEPS * epochs)
}

/// Numbers the steps of all epochs on from each other, if each epoch counts anew.
fn steps(series: &LogSeries) -> impl Iterator<Item = i64> {
    let (mut last, mut before) = (None, 0_i64);
    series.rows().iter().map(move |row| {
        if let Some((epoch, step)) = last
            && epoch < row.at.epoch
            && row.at.iter <= step
        {
            before = before.saturating_add(step);
        }
        last = Some((row.at.epoch, row.at.iter));
        before.saturating_add(row.at.iter)
    })
}

/// A curve has one row an epoch: where a type is logged several times in one, the last value of each
/// metric counts. By step it has one row a step.
fn of_series(job: JobId, kind: &str, series: &LogSeries, is_by_step: bool) -> JobCurve {
    let is_by_step = is_by_step && series.has_iter && !series.is_by_step;
    let places: Vec<i64> = if is_by_step {
        steps(series).collect()
    } else {
        series.rows().iter().map(|row| row.at.epoch).collect()
    };
    let (mut rows, mut epochs) = (series.rows(), Vec::new());
    for chunk in places.chunk_by(|a, b| a == b) {
        let (same, rest) = rows.split_at(chunk.len());
        epochs.push((chunk[0], same));
        rows = rest;
    }
    let metrics = series.names.iter().enumerate().filter_map(|(metric, name)| {
        let is_metric = !is_position(name) && FIXED.iter().all(|(fixed, _)| fixed != name);
        if !is_metric {
            return None;
        }
        let last =
            epochs.iter().map(|(_, rows)| rows.iter().rev().find_map(|row| row.given(metric)));
        let values: NullableColumn<f64> = last.map(|value| value?.number()).collect();
        (!values.is_missing()).then(|| (name.clone(), values))
    });
    let of = |rows: &[SeriesRow]| rows.last().and_then(|row| row.epoch_max);
    JobCurve {
        job,
        phase: kind.to_owned(),
        epochs: epochs.iter().map(|(epoch, _)| *epoch).collect(),
        maxima: epochs.iter().map(|(_, rows)| of(rows).filter(|_| !is_by_step)).collect(),
        metrics: metrics.collect(),
    }
}

/// Rows of several jobs, as columns.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct CurveRows {
    jobs: NullableColumn<i64>,
    phases: NullableColumn<ByteArray>,
    epochs: NullableColumn<i64>,
    maxima: NullableColumn<i64>,
    /// The metrics by name; a column may be shorter than the others, and is missing beyond its end.
    metrics: BTreeMap<String, NullableColumn<f64>>,
}

impl CurveRows {
    /// Takes columns as they stand in a file: the fixed ones, then the metrics.
    pub(crate) fn from_chunks(
        fixed: [ColumnChunk; 4],
        metrics: Vec<(String, ColumnChunk)>,
    ) -> Option<Self> {
        let [
            ColumnChunk::Int(jobs),
            ColumnChunk::Text(phases),
            ColumnChunk::Int(epochs),
            ColumnChunk::Int(maxima),
        ] = fixed
        else {
            return None;
        };
        let metrics = metrics.into_iter().map(|(name, chunk)| match chunk {
            ColumnChunk::Double(values) => Some((name, values)),
            _ => None,
        });
        Some(Self { jobs, phases, epochs, maxima, metrics: metrics.collect::<Option<_>>()? })
    }

    pub(crate) fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Appends the rows of a job's curve.
    pub(crate) fn push(&mut self, curve: &JobCurve) {
        let start = self.len();
        let phase = ByteArray::from(curve.phase.as_bytes().to_vec());
        for epoch in &curve.epochs {
            self.jobs.push(Some(i64::from(curve.job.0)));
            self.phases.push(Some(phase.clone()));
            self.epochs.push(Some(*epoch));
        }
        self.maxima.append(&curve.maxima);
        for (name, values) in &curve.metrics {
            self.metric(name, start).append(values);
        }
    }

    /// Appends rows of another table.
    pub(crate) fn copy(&mut self, from: &CurveCursor<'_>, rows: Range<usize>) {
        let start = self.len();
        self.jobs.append_range(&from.rows.jobs, rows.clone(), &from.fixed);
        self.phases.append_range(&from.rows.phases, rows.clone(), &from.fixed);
        self.epochs.append_range(&from.rows.epochs, rows.clone(), &from.fixed);
        self.maxima.append_range(&from.rows.maxima, rows.clone(), &from.maxima);
        for ((name, values), values_before) in from.rows.metrics.iter().zip(&from.metrics) {
            let column = self.metric(name, start);
            column.append_range(values, rows.clone(), values_before);
        }
    }

    fn metric(&mut self, name: &str, start: usize) -> &mut NullableColumn<f64> {
        if !self.metrics.contains_key(name) {
            self.metrics.insert(name.to_owned(), NullableColumn::default());
        }
        let column = self.metrics.get_mut(name).expect("it is there by now");
        column.push_missing(start.saturating_sub(column.len()));
        column
    }

    /// The columns; a metric without any value in these rows is left out.
    pub(crate) fn into_columns(self) -> Vec<(String, ColumnChunk)> {
        let rows = self.len();
        let fixed = [
            ColumnChunk::Int(self.jobs),
            ColumnChunk::Text(self.phases),
            ColumnChunk::Int(self.epochs),
            ColumnChunk::Int(self.maxima),
        ];
        let names = FIXED.iter().map(|(name, _)| (*name).to_owned());
        let metrics = self.metrics.into_iter().filter(|(_, values)| !values.is_missing());
        let metrics = metrics.map(|(name, mut values)| {
            values.push_missing(rows - values.len());
            (name, ColumnChunk::Double(values))
        });
        names.zip(fixed).chain(metrics).collect()
    }
}

/// Rows that are copied from, with how many values come before each row.
pub(crate) struct CurveCursor<'a> {
    rows: &'a CurveRows,
    fixed: Vec<usize>,
    maxima: Vec<usize>,
    metrics: Vec<Vec<usize>>,
}

impl<'a> CurveCursor<'a> {
    pub(crate) fn new(rows: &'a CurveRows) -> Self {
        Self {
            rows,
            fixed: rows.jobs.values_before(),
            maxima: rows.maxima.values_before(),
            metrics: rows.metrics.values().map(NullableColumn::values_before).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::reader::{PyclsReader, read_text};

    fn curves(text: &str) -> Vec<JobCurve> {
        of_log(JobId(7), &read_text(&PyclsReader::new(), "", text.as_bytes()).0, None)
    }

    fn rows(curves: &[JobCurve]) -> CurveRows {
        let mut rows = CurveRows::default();
        for curve in curves {
            rows.push(curve);
        }
        rows
    }

    fn double(values: &[Option<f64>]) -> ColumnChunk {
        ColumnChunk::Double(values.iter().copied().collect())
    }

    const TWO_TYPES: &str = "json_stats: {\"_type\": \"b\", \"epoch\": \"1/1\", \"y\": 2, \"eta\": \"1 s\"}\n\
         json_stats: {\"_type\": \"a\", \"epoch\": \"1/1\", \"x\": 1, \"job\": 3}\n";

    #[test]
    fn a_type_with_iterations_has_one_row_an_epoch_the_last() {
        let line = |epoch, iter, loss| {
            format!(
                "json_stats: {{\"_type\": \"val_iter\", \"epoch\": \"{epoch}/2\", \
                 \"iter\": \"{iter}/2\", \"loss\": {loss}}}\n"
            )
        };
        let curves = curves(&[line(1, 2, 8), line(1, 1, 9), line(2, 1, 7)].concat());
        assert_eq!(curves[0].epochs, [1, 2]);
        let expected = [Some(8.0), Some(7.0)].into_iter().collect();
        assert_eq!(curves[0].metrics, [("loss".to_owned(), expected)]);
    }

    #[test]
    fn metrics_of_other_types_are_missing_in_a_row_and_texts_are_no_metrics() {
        let columns = rows(&curves(TWO_TYPES)).into_columns();
        let x = ("x".to_owned(), double(&[Some(1.0), None]));
        let y = ("y".to_owned(), double(&[None, Some(2.0)]));
        assert_eq!(columns[4..], [x, y]);
    }

    #[test]
    fn rows_that_are_copied_are_the_rows_that_were_pushed() {
        let curves = curves(&[TWO_TYPES, &TWO_TYPES.replace("1/1", "2/3")].concat());
        let all = rows(&curves);
        let cursor = CurveCursor::new(&all);
        for cut in 0..=all.len() {
            let mut copied = CurveRows::default();
            copied.copy(&cursor, 0..cut);
            copied.copy(&cursor, cut..all.len());
            assert_eq!(copied.into_columns(), rows(&curves).into_columns());
        }
    }
}
