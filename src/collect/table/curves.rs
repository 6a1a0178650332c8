//! The epochs of all jobs: the rows of `curves.parquet`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;

use parquet::data_type::ByteArray;
use sweep_config::JobId;
use sweep_config::table::{EPOCH, EPOCH_MAX, JOB, PHASE};

use super::cells::POSITIONS;
use super::file::{self, Chunk, Nullable, Type};
use crate::collect::reader::{Log, Logged, Series};

/// A row group is closed when it has this many rows.
const GROUP: usize = 1 << 19;

/// Columns that every row has, so that no metric can have their names.
const FIXED: [(&str, Type); 4] =
    [(JOB, Type::Int), (PHASE, Type::Text), (EPOCH, Type::Int), (EPOCH_MAX, Type::Int)];

/// The epochs of one type of one job.
#[derive(Debug)]
pub(crate) struct Curve {
    job: JobId,
    phase: String,
    epochs: Vec<i64>,
    maxima: Nullable<i64>,
    /// The metrics that hold a number anywhere.
    metrics: Vec<(String, Nullable<f64>)>,
}

/// The curves of a job, by type.
pub(crate) fn of_log(job: JobId, log: &Log) -> Vec<Curve> {
    let series = log.iter().filter_map(|(kind, logged)| match logged {
        Logged::Series(series) => Some(of_series(job, kind, series)),
        Logged::Once(_) => None,
    });
    series.collect()
}

/// Of a type with iterations the last one of each epoch counts: a curve has one row an epoch.
fn of_series(job: JobId, kind: &str, series: &Series) -> Curve {
    let rows = series.rows();
    let is_last = |i: &usize| rows.get(i + 1).is_none_or(|r| r.at.epoch != rows[*i].at.epoch);
    let kept: Vec<usize> = (0..rows.len()).filter(is_last).collect();
    let metrics = series.names.iter().enumerate().filter_map(|(metric, name)| {
        let values: Nullable<f64> =
            kept.iter().map(|row| rows[*row].value(metric).number()).collect();
        let wanted = !values.is_missing()
            && !POSITIONS.contains(&name.as_str())
            && FIXED.iter().all(|(fixed, _)| fixed != name);
        wanted.then(|| (name.clone(), values))
    });
    Curve {
        job,
        phase: kind.to_owned(),
        epochs: kept.iter().map(|row| rows[*row].at.epoch).collect(),
        maxima: kept.iter().map(|row| rows[*row].epoch_max).collect(),
        metrics: metrics.collect(),
    }
}

/// Writes `curves.parquet`; the curves are in the order of their rows.
pub(crate) fn write(out: &mut File, curves: &[Curve]) -> io::Result<()> {
    let metrics = curves.iter().flat_map(|curve| curve.metrics.iter().map(|(name, _)| name));
    let mut at: BTreeMap<&str, usize> = metrics.map(|name| (name.as_str(), 0)).collect();
    at.values_mut().enumerate().for_each(|(i, at)| *at = i);
    let fixed = FIXED.iter().map(|(name, kind)| ((*name).to_owned(), *kind));
    let schema: Vec<_> =
        fixed.chain(at.keys().map(|name| ((*name).to_owned(), Type::Double))).collect();
    file::write(out, &schema, groups(curves).map(|group| chunks(group, &at)))
}

/// The curves in pieces of about [`GROUP`] rows.
fn groups(curves: &[Curve]) -> impl Iterator<Item = &[Curve]> {
    let mut rest = curves;
    std::iter::from_fn(move || {
        let mut rows = 0;
        let enough = rest.iter().position(|curve| {
            rows += curve.epochs.len();
            rows >= GROUP
        });
        let (group, others) = rest.split_at(enough.map_or(rest.len(), |last| last + 1));
        rest = others;
        (!group.is_empty()).then_some(group)
    })
}

fn chunks(curves: &[Curve], at: &BTreeMap<&str, usize>) -> Vec<Chunk> {
    let (mut jobs, mut phases) = (Nullable::default(), Nullable::default());
    let (mut epochs, mut maxima) = (Nullable::default(), Nullable::default());
    let mut metrics: Vec<Nullable<f64>> = vec![Nullable::default(); at.len()];
    for curve in curves {
        let phase = ByteArray::from(curve.phase.as_bytes().to_vec());
        for epoch in &curve.epochs {
            jobs.push(Some(i64::from(curve.job.0)));
            phases.push(Some(phase.clone()));
            epochs.push(Some(*epoch));
        }
        maxima.append(&curve.maxima);
        for (name, values) in &curve.metrics {
            let column = &mut metrics[at[name.as_str()]];
            column.push_missing(jobs.len() - curve.epochs.len() - column.len());
            column.append(values);
        }
    }
    for column in &mut metrics {
        column.push_missing(jobs.len() - column.len());
    }
    let fixed = [Chunk::Int(jobs), Chunk::Text(phases), Chunk::Int(epochs), Chunk::Int(maxima)];
    fixed.into_iter().chain(metrics.into_iter().map(Chunk::Double)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::reader::read_log;
    use crate::collect::remark::Remarks;

    fn curves(text: &str) -> Vec<Curve> {
        let (log, _) = read_log(text.as_bytes(), &mut Vec::new(), &mut Remarks::default());
        of_log(JobId(7), &log)
    }

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
        let curves = curves(
            "json_stats: {\"_type\": \"b\", \"epoch\": \"1/1\", \"y\": 2, \"eta\": \"1 s\"}\n\
             json_stats: {\"_type\": \"a\", \"epoch\": \"1/1\", \"x\": 1, \"job\": 3}\n",
        );
        let at = BTreeMap::from([("x", 0), ("y", 1)]);
        let double = |values: [Option<f64>; 2]| Chunk::Double(values.into_iter().collect());
        assert_eq!(
            chunks(&curves, &at)[4..],
            [double([Some(1.0), None]), double([None, Some(2.0)])]
        );
    }
}
