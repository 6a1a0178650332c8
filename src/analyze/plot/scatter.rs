//! The error against a metric, with the range of the metric over the best jobs.

use super::{Axis, Line, Mark, Plot, SMALL};
use crate::analyze::stats::BestRange;

/// A job in a scatter plot.
#[derive(Debug, Clone)]
pub struct Point {
    /// The metric's value.
    pub value: f64,
    /// The error.
    pub error: f64,
    /// The job, in words.
    pub title: String,
}

/// What a scatter plot shows.
#[derive(Debug)]
pub struct Scatter<'a> {
    /// The metric's axis.
    pub x: Axis,
    /// The error's axis.
    pub y: Axis,
    /// The jobs.
    pub points: &'a [Point],
    /// The range of the metric over the best jobs.
    pub range: Option<BestRange>,
    /// The number of the population.
    pub series: usize,
}

/// Beyond so many points their names would outweigh the figure, and are left out.
const NAMED: usize = 2000;

/// The scatter plot.
#[must_use]
pub fn scatter(scatter: &Scatter<'_>) -> Plot {
    let (bottom, top) = scatter.y.ends();
    let box_of = |range: &BestRange| {
        vec![(range.low, bottom), (range.high, bottom), (range.high, top), (range.low, top)]
    };
    let median = |range: &BestRange| Line {
        points: vec![(range.median, bottom), (range.median, top)],
        series: None,
        width: 1,
    };
    let named = scatter.points.len() <= NAMED;
    let mark = |point: &Point| Mark {
        at: (point.value, point.error),
        series: scatter.series,
        title: if named { point.title.clone() } else { String::new() },
    };
    Plot {
        size: SMALL,
        alt: format!(
            "{} against {}, {} jobs",
            scatter.y.label,
            scatter.x.label,
            scatter.points.len()
        ),
        areas: scatter.range.iter().map(|range| (box_of(range), scatter.series)).collect(),
        lines: scatter.range.iter().map(median).collect(),
        marks: scatter.points.iter().map(mark).collect(),
        x: scatter.x.clone(),
        y: scatter.y.clone(),
    }
}
