//! The empirical distribution of errors: one step function a group.

use std::fmt::Write;

use plotters::series::LineSeries;

use super::axis::Axis;
use super::frame::{Chart, Frame, draw, stroke};
use super::marks::arrow;
use super::theme::{Ink, SERIES, WIDE};
use crate::analyze::stats::{Edf, Span};
use crate::page::Scale;

/// One group's curve.
#[derive(Debug, Clone, PartialEq)]
pub struct EdfCurve {
    /// Which colour it has.
    pub series: usize,
    /// The distribution.
    pub edf: Edf,
    /// What the arrow says where the curve leaves the figure.
    pub beyond: String,
}

/// Draws the curves over the errors that `x` shows; those that go on to the right end in an arrow.
pub fn edf(curves: &[EdfCurve], x: &Axis) -> String {
    let y = Axis::exact("share of jobs", Scale::Linear, Span { low: 0.0, high: 1.0 }, 6);
    let title = format!("Empirical distribution function of the {}", x.label);
    let frame = Frame { size: WIDE, x, y: &y, title: &title };
    let end = x.span().high;
    let paint = |chart: &mut Chart<'_>| {
        for curve in curves {
            let corners = curve.edf.corners(end);
            chart.draw_series(LineSeries::new(corners, stroke(Ink::Solid(curve.series), 18)))?;
        }
        Ok(())
    };
    draw(frame, paint, |places| {
        let mut marks = String::new();
        for curve in curves.iter().filter(|curve| curve.edf.at(end) < 1.0) {
            let at = places.of(end, curve.edf.at(end));
            let _ = write!(marks, "<g class=\"points s{}\">", curve.series % SERIES);
            arrow(&mut marks, at, (1.0, 0.0), &curve.beyond);
            marks.push_str("</g>\n");
        }
        marks
    })
}
