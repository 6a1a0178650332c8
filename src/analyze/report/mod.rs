//! The page: a view model of ready-made strings, and the template that arranges them.

mod page;
mod view;

pub use page::render;
pub use view::{Details, Fact, FigureView, Legend, Page, Row, Section, Table};
