//! The HTML page that the report and the preview of a sweep are made as: a view model of ready-made
//! strings, the templates that arrange them, and what their figures share.
//!
//! Nothing here knows jobs, metrics or samplers: the stages decide what their pages contain.

pub mod figure;
mod legend;
pub mod number;
mod render;
mod standalone;
mod ticks;
mod view;

pub use render::{render, render_list, render_served, served_policy};
pub use standalone::{FigureLook, extent, standalone};
pub use ticks::{AxisScale, AxisTick, ticks};
pub use view::{
    EdfSample, EdfView, FigureGrid, FigureKey, FigureView, FoldedText, PageFact, PageSection,
    PageView, StateShare, TableCell, TableHead, TableRow, TableView,
};
