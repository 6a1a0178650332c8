//! Error distribution functions: one step curve a population.

use super::{Axis, Line, Plot, WIDE};
use crate::analyze::stats::{Edf, Edges, robust_span};

/// The EDFs of sorted samples; `None` where all are empty.
#[must_use]
pub fn edf(samples: &[Vec<f64>], error: &str) -> Option<Plot> {
    let all: Vec<f64> = samples.iter().flatten().copied().collect();
    let x = Axis::new(error, false, robust_span(&all, Edges::High)?);
    let end = x.ends().1;
    let line = |(series, sample): (usize, &Vec<f64>)| Line {
        points: Edf::of(sample.clone()).corners(end),
        series: Some(series),
        width: 2,
    };
    Some(Plot {
        size: WIDE,
        alt: format!("Cumulative distribution of the {error} of {} jobs", all.len()),
        x,
        y: Axis::exact("share of jobs at or below", 0.0, 1.0),
        areas: Vec::new(),
        lines: samples.iter().enumerate().filter(|(_, s)| !s.is_empty()).map(line).collect(),
        marks: Vec::new(),
    })
}
