//! Learning curves of one job: error over epochs, by ratio, as pycls draws them.

use plotters::series::LineSeries;

use super::axis::Axis;
use super::frame::{Chart, Failed, Frame, draw, stroke};
use super::marks::{Mark, points};
use super::numbers::corners;
use super::theme::Ink;
use crate::page::svg::PANEL;

/// Which of a job's curves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// On the training set: dashed.
    Train,
    /// On the test set: dotted.
    Test,
    /// On the test set with the averaged weights: solid.
    Ema,
}

/// One curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What the legend calls it.
    pub name: String,
    /// Which.
    pub phase: Phase,
    /// `(epoch, error)`, in the order of the epochs.
    pub points: Vec<(f64, f64)>,
}

/// What a figure of learning curves shows.
#[derive(Debug, Clone, Copy)]
pub struct CurvesFigure<'a> {
    /// The epochs.
    pub x: &'a Axis,
    /// The error.
    pub y: &'a Axis,
    /// The curves.
    pub lines: &'a [Line],
    /// The points that count: the least error.
    pub marks: &'a [Mark],
    /// Which colour it has.
    pub series: usize,
    /// Whose curves they are.
    pub title: &'a str,
}

/// Draws it; what lies beyond an axis is drawn at its edge.
pub fn curves(figure: CurvesFigure<'_>) -> String {
    let frame = Frame { size: PANEL, x: figure.x, y: figure.y, title: figure.title };
    draw(
        frame,
        |chart| lines(chart, figure),
        |places| {
            let named =
                figure.lines.iter().map(|line| (line.name.as_str(), line.points.as_slice()));
            points(figure.marks, (figure.x, figure.y), places, figure.series)
                + &corners(named, "curve", places)
        },
    )
}

fn lines(chart: &mut Chart<'_>, figure: CurvesFigure<'_>) -> Result<(), Failed> {
    for line in figure.lines {
        let ink = match line.phase {
            Phase::Train => Ink::Dashed(figure.series),
            Phase::Test => Ink::Dotted(figure.series),
            Phase::Ema => Ink::Solid(figure.series),
        };
        let place = |&(epoch, error): &(f64, f64)| (figure.x.clamp(epoch), figure.y.clamp(error));
        chart.draw_series(LineSeries::new(line.points.iter().map(place), stroke(ink, 16)))?;
    }
    Ok(())
}
