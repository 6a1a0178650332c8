//! The empirical distribution of errors: one step function a group, with its band.

use std::fmt::Write;

use plotters::element::Polygon;
use plotters::series::LineSeries;

use super::axis::Axis;
use super::frame::{Chart, Failed, Frame, draw, fill, stroke};
use super::marks::arrow;
use super::numbers::corners;
use super::theme::{Ink, SERIES, WIDE};
use crate::analyze::stats::Span;
use crate::page::Scale;

/// One group's curve, in the values of the horizontal axis.
#[derive(Debug, Clone, PartialEq)]
pub struct EdfCurve {
    /// Whose it is.
    pub name: String,
    /// Which colour it has.
    pub series: usize,
    /// The corners of the step function.
    pub corners: Vec<(f64, f64)>,
    /// Bands around it, the widest first: the corners of their lower and of their upper edge.
    pub bands: Vec<[Vec<(f64, f64)>; 2]>,
    /// Further lines of its, dashed: how far it may still move.
    pub bounds: Vec<Vec<(f64, f64)>>,
    /// What the arrow says where the curve leaves the figure; empty if it does not.
    pub beyond: String,
}

/// Draws the curves; those that go on beyond the axis end in an arrow.
pub fn edf(curves: &[EdfCurve], x: &Axis) -> String {
    let y = Axis::exact("share of jobs", Scale::Linear, Span { low: 0.0, high: 1.0 }, 6);
    let title = format!("Empirical distribution function of the {}", x.label);
    let frame = Frame { size: WIDE, x, y: &y, title: &title };
    let paint = |chart: &mut Chart<'_>| {
        for curve in curves {
            curve.bands.iter().try_for_each(|band| zone(chart, band, curve.series))?;
        }
        for curve in curves {
            let line = curve.corners.iter().copied();
            chart.draw_series(LineSeries::new(line, stroke(Ink::Solid(curve.series), 18)))?;
            for bound in &curve.bounds {
                let line = bound.iter().copied();
                chart.draw_series(LineSeries::new(line, stroke(Ink::Dashed(curve.series), 10)))?;
            }
        }
        Ok(())
    };
    draw(frame, paint, |places| {
        let mut marks = String::new();
        for curve in curves.iter().filter(|curve| !curve.beyond.is_empty()) {
            let Some(&(end, height)) = curve.corners.last() else { continue };
            let at = places.of(end, height);
            let out = if end > x.span().low { 1.0 } else { -1.0 };
            let _ = write!(marks, "<g class=\"points s{}\">", curve.series % SERIES);
            arrow(&mut marks, at, (out, 0.0), &curve.beyond);
            marks.push_str("</g>\n");
        }
        let named = curves.iter().map(|curve| (curve.name.as_str(), curve.corners.as_slice()));
        marks + &corners(named, "curve", places)
    })
}

/// The area between two edges.
pub(super) fn zone(
    chart: &mut Chart<'_>,
    [low, high]: &[Vec<(f64, f64)>; 2],
    series: usize,
) -> Result<(), Failed> {
    let around: Vec<(f64, f64)> = low.iter().copied().chain(high.iter().rev().copied()).collect();
    chart.draw_series([Polygon::new(around, fill(Ink::Zone(series)))])?;
    Ok(())
}
