//! Figures as inline SVG. A figure is first a plain description ([`Plot`]), then drawn by plotters.
//!
//! One figure a file makes the description; [`render`](Plot::svg) alone knows how it is drawn.

mod axis;
mod curves;
mod edf;
mod render;
mod scatter;
mod theme;
mod trend;

pub use axis::{Axis, short};
pub use curves::{Curve, curves};
pub use edf::edf;
pub use scatter::{Point, Scatter, scatter};
pub use theme::{SMALL, WIDE, color};
pub use trend::{Trend, trend};

/// A figure: axes and what lies between them, in the units of the data.
#[derive(Debug, Clone)]
pub struct Plot {
    /// Width and height in pixels of the drawing, which the page scales.
    pub size: (u32, u32),
    /// What the figure shows, for those who cannot see it.
    pub alt: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// Shaded areas, drawn first: corners of a polygon, and a series number.
    pub areas: Vec<(Vec<(f64, f64)>, usize)>,
    /// Lines.
    pub lines: Vec<Line>,
    /// Points, drawn last.
    pub marks: Vec<Mark>,
}

/// A line through points.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its points.
    pub points: Vec<(f64, f64)>,
    /// The number of its series; `None` in the colour of the text.
    pub series: Option<usize>,
    /// Its width in pixels.
    pub width: u32,
}

/// A point with a name. What lies beyond an axis is drawn at its edge as a triangle.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Where it is.
    pub at: (f64, f64),
    /// The number of its series.
    pub series: usize,
    /// What is shown when the pointer rests on it.
    pub title: String,
}
