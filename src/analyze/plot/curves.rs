//! Learning curves of one job: the error of each phase over the epochs.

use super::{Axis, Line, Plot, SMALL};
use crate::analyze::stats::Span;

/// One curve: `(epoch, value)` points of a phase.
#[derive(Debug, Clone)]
pub struct Curve {
    /// The series number of its phase.
    pub series: usize,
    /// Its points.
    pub points: Vec<(f64, f64)>,
}

/// The curves of a job on a logarithmic axis (a linear one where a value is 0), as pycls draws them.
///
/// `None` where no curve has a point.
#[must_use]
pub fn curves(curves: &[Curve], metric: &str, y: Span, epochs: f64, title: &str) -> Option<Plot> {
    curves.iter().find(|curve| !curve.points.is_empty())?;
    let line =
        |curve: &Curve| Line { points: curve.points.clone(), series: Some(curve.series), width: 2 };
    Some(Plot {
        size: SMALL,
        alt: format!("Learning curves of {title}"),
        x: Axis::new("epoch", false, Span { low: 1.0, high: epochs.max(1.0) }),
        y: Axis::new(metric, y.low > 0.0, y),
        areas: Vec::new(),
        lines: curves.iter().filter(|curve| curve.points.len() > 1).map(line).collect(),
        marks: Vec::new(),
    })
}
