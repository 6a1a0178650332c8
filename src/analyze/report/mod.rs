//! The page: a view model of ready-made strings, and the templates that arrange them.

mod page;
mod view;

pub use page::render;
pub use view::{
    Cell, Details, Distribution, Fact, FigureView, Grid, Head, JobTable, Key, Page, Row, Sample,
    Section, StateShare,
};
