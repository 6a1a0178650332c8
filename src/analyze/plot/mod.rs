//! The figures: each a function from plain numbers to an inline SVG, one figure a file.
//!
//! plotters draws axes, grid, lines and bands. Points are written by `marks`, so that each can
//! carry its job's name and ten thousand stay one path. Nothing here has a colour: what is drawn
//! carries the class of its role, and the page's style sheet gives it a colour in light and dark.

mod axis;
mod curves;
mod edf;
mod frame;
mod lines;
mod marks;
mod matrix;
mod models;
mod numbers;
mod scatter;
mod svg;
mod theme;
mod trend;

pub use crate::page::Scale;
pub use axis::Axis;
pub use curves::{CurvesFigure, Line, Phase, curves};
pub use edf::{EdfCurve, edf};
pub use lines::{Curve, lines};
pub use marks::{MOST_NAMED, Mark};
pub use matrix::{Cell, matrix};
pub use models::{ModelFigure, model};
pub use numbers::numbers;
pub use scatter::{PointData, ScatterFigure, scatter};
pub use theme::SERIES;
pub use trend::{TrendFigure, TrendStop, trend};
