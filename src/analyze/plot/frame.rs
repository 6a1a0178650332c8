//! The types that all charts are drawn with.

use plotters::drawing::DrawingArea;
use plotters::prelude::{Cartesian2d, ChartContext, DrawingAreaErrorKind};

use super::axis::ChartAxis;
use super::backend::{FigureBackend, UnstyledElement};
use crate::page::figure::FigureSize;

/// The space from the edge to the name of the vertical axis, in CSS pixels.
pub(super) const EDGE: i32 = 2;

/// The chart that lines and bands are drawn on; its coordinates are the values of the axes.
pub(super) type FigureChart<'a> =
    ChartContext<'a, FigureBackend<'a>, Cartesian2d<ChartAxis, ChartAxis>>;
/// The plotted area of a chart.
pub(super) type PlotArea<'a> = DrawingArea<FigureBackend<'a>, Cartesian2d<ChartAxis, ChartAxis>>;
/// An error of plotters while drawing.
pub(super) type DrawError = DrawingAreaErrorKind<UnstyledElement>;

/// The size, the axes and the title of a figure.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChartFrame<'a> {
    pub(super) size: FigureSize,
    pub(super) x: &'a ChartAxis,
    pub(super) y: &'a ChartAxis,
    /// The text that says what the figure shows to those who cannot see it.
    pub(super) title: &'a str,
}
