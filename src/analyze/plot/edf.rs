//! The empirical distribution of errors: one step function a group, with its band.

use super::axis::ChartAxis;
use super::chart::{area, draw, line};
use super::frame::{ChartFrame, FigureChart};
use super::marks::{arrow, strokes};
use super::numbers::corners;
use super::sizes::WIDE;
use crate::analyze::stats::ValueSpan;
use crate::page::AxisScale;
use crate::page::figure::StyleClass;

/// One group's curve, in the values of the horizontal axis.
#[derive(Debug, Clone, PartialEq)]
pub struct EdfCurve {
    /// The name of the group.
    pub name: String,
    /// The number of its colour.
    pub series: usize,
    /// The corners of the step function.
    pub corners: Vec<(f64, f64)>,
    /// Bands around it, the widest first: the corners of their lower and of their upper edge.
    pub bands: Vec<[Vec<(f64, f64)>; 2]>,
    /// The corners of dashed lines: how far the curve may still move.
    pub bounds: Vec<Vec<(f64, f64)>>,
    /// The values of jobs beside the draws, which are strokes at the foot.
    pub tuned: Vec<f64>,
    /// The title of the arrow where the curve leaves the figure; empty if it does not.
    pub beyond: String,
}

/// Draws the curves; those that go on beyond the axis end in an arrow.
pub fn edf(curves: &[EdfCurve], x: &ChartAxis) -> String {
    let y =
        ChartAxis::exact("share of jobs", AxisScale::Linear, ValueSpan { low: 0.0, high: 1.0 }, 6);
    let title = format!("Empirical distribution function of the {}", x.label);
    let frame = ChartFrame { size: WIDE, x, y: &y, title: &title };
    let paint = |chart: &mut FigureChart<'_>| {
        for curve in curves {
            let zone = StyleClass::Zone(curve.series);
            curve.bands.iter().try_for_each(|band| area(chart, band, zone))?;
        }
        for curve in curves {
            line(chart, curve.corners.iter().copied(), StyleClass::Solid(curve.series), 18)?;
            for bound in &curve.bounds {
                line(chart, bound.iter().copied(), StyleClass::Dashed(curve.series), 10)?;
            }
        }
        Ok(())
    };
    draw(frame, paint, |svg, projection| {
        for curve in curves {
            strokes(svg, &curve.tuned, curve.series, projection);
        }
        for curve in curves.iter().filter(|curve| !curve.beyond.is_empty()) {
            let Some(&(end, height)) = curve.corners.last() else { continue };
            let out = if end > x.span().low { 1.0 } else { -1.0 };
            svg.group(StyleClass::Points(curve.series)).content(|svg| {
                arrow(svg, projection.project(end, height), (out, 0.0), &curve.beyond);
            });
            svg.end_line();
        }
        let named = curves.iter().map(|curve| (curve.name.as_str(), curve.corners.as_slice()));
        corners(svg, named, "curve", projection);
    })
}
