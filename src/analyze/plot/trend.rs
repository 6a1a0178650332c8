//! How the range of a metric moves from one population to the next.

use super::{Axis, Line, Mark, Plot, SMALL};
use crate::analyze::stats::{BestRange, Span};

/// A population in a trend plot.
#[derive(Debug, Clone)]
pub struct Trend {
    /// Its name.
    pub name: String,
    /// The metric over all its jobs.
    pub full: Span,
    /// The metric over its best jobs.
    pub best: BestRange,
}

/// The trend of a metric over populations, side by side in their order.
#[must_use]
pub fn trend(trends: &[Trend], label: &str, log: bool) -> Option<Plot> {
    let span = trends.iter().map(|trend| trend.full).reduce(Span::join)?;
    #[expect(clippy::cast_precision_loss, reason = "a handful of populations")]
    let at = |i: usize| (i + 1) as f64;
    let bar = |i: usize, low: f64, high: f64, half: f64| {
        let (left, right) = (at(i) - half, at(i) + half);
        (vec![(left, low), (right, low), (right, high), (left, high)], i)
    };
    let full = trends.iter().enumerate().map(|(i, t)| bar(i, t.full.low, t.full.high, 0.3));
    let best = trends.iter().enumerate().map(|(i, t)| bar(i, t.best.low, t.best.high, 0.2));
    let mark = |(i, trend): (usize, &Trend)| Mark {
        at: (at(i), trend.best.median),
        series: i,
        title: format!("{}: best about {}", trend.name, super::short(trend.best.median)),
    };
    Some(Plot {
        size: SMALL,
        alt: format!("Range of {label} in {} populations", trends.len()),
        x: Axis::exact("population", 0.5, at(trends.len()) - 0.5),
        y: Axis::new(label, log, span),
        areas: full.chain(best).collect(),
        lines: vec![Line {
            points: trends.iter().enumerate().map(|(i, t)| (at(i), t.best.median)).collect(),
            series: None,
            width: 1,
        }],
        marks: trends.iter().enumerate().map(mark).collect(),
    })
}
