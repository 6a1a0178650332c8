//! Error over a metric: a point a job, the range of the best as a band, its median as a line.

use plotters::prelude::{PathElement, Rectangle};

use super::axis::Axis;
use super::frame::{Chart, Failed, Frame, draw, fill, stroke};
use super::marks::{Mark, points};
use super::theme::{Ink, PANEL};
use crate::analyze::stats::BestRange;

/// What a scatter plot shows.
#[derive(Debug, Clone, Copy)]
pub struct ScatterFigure<'a> {
    /// The metric.
    pub x: &'a Axis,
    /// The error.
    pub y: &'a Axis,
    /// The jobs.
    pub marks: &'a [Mark],
    /// The range of the metric over the best of m draws.
    pub best: BestRange,
    /// Which colour the points have.
    pub series: usize,
}

/// Draws it.
pub fn scatter(figure: ScatterFigure<'_>) -> String {
    let (x, y) = (figure.x, figure.y);
    let title = format!("{} over {}", y.label, x.label);
    let frame = Frame { size: PANEL, x, y, title: &title };
    draw(
        frame,
        |chart| band(chart, figure),
        |places| points(figure.marks, (x, y), places, figure.series),
    )
}

fn band(chart: &mut Chart<'_>, figure: ScatterFigure<'_>) -> Result<(), Failed> {
    let (x, ends) = (figure.x, figure.y.span());
    let (bottom, top) = (ends.low, ends.high);
    let best = [figure.best.low, figure.best.median, figure.best.high];
    let [low, median, high] = best.map(|value| x.clamp(value));
    let area = Rectangle::new([(low, top), (high, bottom)], fill(Ink::Band));
    let line = PathElement::new(vec![(median, bottom), (median, top)], stroke(Ink::Median, 15));
    chart.draw_series([area])?;
    chart.draw_series([line])?;
    Ok(())
}
