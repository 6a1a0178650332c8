//! The figures: each a function from plain numbers to an inline SVG, one figure a file.
//!
//! plotters lays out the charts, maps values to places, and calls the grid and each line and band with
//! theirs; the page's writer of figures writes them (`backend`). Points are written by `marks`, so that
//! each can carry its job's name and ten thousand stay one path. Nothing here has a colour: what is
//! drawn carries the class of its role, and the page's style sheet gives it a colour in light and dark.

mod axis;
mod backend;
mod chart;
mod clip;
mod curves;
mod data;
mod edf;
mod frame;
mod front;
mod lines;
mod marks;
mod matrix;
mod mesh;
mod models;
mod numbers;
mod scatter;
mod sizes;
mod strip;
mod trend;

pub use crate::page::AxisScale;
pub use crate::page::figure::StyleClass;
pub use axis::ChartAxis;
pub use curves::{CurvePhase, CurvesFigure, LearningCurve, curves};
pub use data::PointData;
pub use edf::{EdfCurve, edf};
pub use front::{FrontCurve, FrontPart, MOST_LISTED, front};
pub use lines::{BandedLine, lines};
pub use marks::{MOST_NAMED, PointMark};
pub use matrix::{CorrelationCell, matrix};
pub use models::{ModelFigure, model};
pub use scatter::{ScatterFigure, SeedNoise, scatter};
pub use strip::{StripFigure, StripRow, strip};
pub use trend::{TrendFigure, TrendStop, trend};
