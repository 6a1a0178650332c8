//! Learning curves of one job: error over epochs, on logarithmic axes, as pycls draws them.

use super::axis::ChartAxis;
use super::chart::{draw, line};
use super::frame::{ChartFrame, DrawError, FigureChart};
use super::marks::{PointMark, marks};
use super::numbers::corners;
use crate::page::figure::{PANEL, StyleClass};

/// The data set and the weights that a learning curve is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurvePhase {
    /// The training set: dashed.
    Train,
    /// The test set: dotted.
    Test,
    /// The test set with the averaged weights: solid.
    Ema,
}

/// A learning curve.
#[derive(Debug, Clone, PartialEq)]
pub struct LearningCurve {
    /// Its name in the legend.
    pub name: String,
    /// The data set and the weights.
    pub phase: CurvePhase,
    /// `(epoch, error)`, in the order of the epochs.
    pub points: Vec<(f64, f64)>,
}

/// The figure of a job's learning curves.
#[derive(Debug, Clone, Copy)]
pub struct CurvesFigure<'a> {
    /// The epochs.
    pub x: &'a ChartAxis,
    /// The error.
    pub y: &'a ChartAxis,
    /// The curves.
    pub lines: &'a [LearningCurve],
    /// The points of the least error.
    pub marks: &'a [PointMark],
    /// The number of its colour.
    pub series: usize,
    /// The name of the job.
    pub title: &'a str,
}

/// Draws learning curves as far as the axes show them.
pub fn curves(figure: CurvesFigure<'_>) -> String {
    let frame = ChartFrame { size: PANEL, x: figure.x, y: figure.y, title: figure.title };
    draw(
        frame,
        |chart| lines(chart, figure),
        |svg, projection| {
            let named =
                figure.lines.iter().map(|line| (line.name.as_str(), line.points.as_slice()));
            marks(svg, figure.marks, projection, (figure.series, None));
            corners(svg, named, "curve", projection);
        },
    )
}

fn lines(chart: &mut FigureChart<'_>, figure: CurvesFigure<'_>) -> Result<(), DrawError> {
    for curve in figure.lines {
        let class = match curve.phase {
            CurvePhase::Train => StyleClass::Dashed,
            CurvePhase::Test => StyleClass::Dotted,
            CurvePhase::Ema => StyleClass::Solid,
        };
        line(chart, curve.points.iter().copied(), class(figure.series), 16)?;
    }
    Ok(())
}
