//! What the templates show: texts, figures as SVG, tables. Templates compute nothing.

use serde::Serialize;

/// The whole page.
#[derive(Debug, Clone, Serialize)]
pub struct PageView {
    /// What it is, such as "sweep report": the other half of its title.
    pub kind: &'static str,
    /// The sweep's name.
    pub name: String,
    /// Its description; may be empty.
    pub desc: String,
    /// The numbers at the top.
    pub facts: Vec<PageFact>,
    /// How its jobs divide into states.
    pub states: Vec<StateShare>,
    /// The sections in their order.
    pub sections: Vec<PageSection>,
    /// What the page's script works with, as JSON in which no tag can end; empty of a page without one.
    pub data: String,
    /// The version of the toolkit.
    pub version: &'static str,
}

/// A number with its name.
#[derive(Debug, Clone, Serialize)]
pub struct PageFact {
    /// The number.
    pub value: String,
    /// What it is.
    pub label: String,
    /// The anchor of what it is about; may be empty.
    pub anchor: String,
}

/// The jobs in one state.
#[derive(Debug, Clone, Serialize)]
pub struct StateShare {
    /// How many.
    pub count: usize,
    /// The state.
    pub state: String,
    /// `done`, `open` (may still end well) or `bad`.
    pub class: &'static str,
}

/// A section of the page.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PageSection {
    /// Its anchor.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What to know before looking.
    pub paragraphs: Vec<String>,
    /// The same as a list.
    pub points: Vec<String>,
    /// What could not be shown, and why.
    pub warnings: Vec<String>,
    /// An EDF with its table.
    pub distribution: Option<EdfView>,
    /// Figures.
    pub grids: Vec<FigureGrid>,
    /// A table, below the figures.
    pub table: Option<TableView>,
    /// Texts that open on a click.
    pub details: Vec<FoldedText>,
}

/// An EDF and the numbers of its curves.
#[derive(Debug, Clone, Serialize)]
pub struct EdfView {
    /// The SVG element.
    pub svg: String,
    /// What lies outside of it; may be empty.
    pub note: String,
    /// One a curve.
    pub samples: Vec<EdfSample>,
}

/// A curve's numbers.
#[derive(Debug, Clone, Serialize)]
pub struct EdfSample {
    /// The classes of its colour.
    pub class: String,
    /// The name of the group.
    pub name: String,
    /// How many jobs have an error.
    pub n: usize,
    /// The least error.
    pub min: String,
    /// The median error.
    pub median: String,
    /// The mean error.
    pub mean: String,
}

/// Figures side by side.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FigureGrid {
    /// Its heading; may be empty.
    pub title: String,
    /// In so many columns, which belong together; 0 for as many as fit.
    pub columns: usize,
    /// The figures.
    pub figures: Vec<FigureView>,
}

/// A figure and what stands around it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FigureView {
    /// What it shows.
    pub heading: String,
    /// The SVG element.
    pub svg: String,
    /// What its colours mean.
    pub keys: Vec<FigureKey>,
    /// What else there is to say; may be empty.
    pub note: String,
}

/// A sign in a figure and its meaning.
#[derive(Debug, Clone, Serialize)]
pub struct FigureKey {
    /// The classes of the sign.
    pub class: String,
    /// Its meaning.
    pub text: String,
}

/// A table.
#[derive(Debug, Clone, Serialize)]
pub struct TableView {
    /// The heads of its columns.
    pub heads: Vec<TableHead>,
    /// Its rows.
    pub rows: Vec<TableRow>,
    /// What is left out; may be empty.
    pub note: String,
}

/// The head of a column.
#[derive(Debug, Clone, Serialize)]
pub struct TableHead {
    /// Its text.
    pub text: String,
    /// The whole name, where the text is short for it; may be empty.
    pub title: String,
    /// Whether it heads numbers.
    pub numeric: bool,
}

/// A row of a table.
#[derive(Debug, Clone, Serialize)]
pub struct TableRow {
    /// Its anchor; may be empty.
    pub id: String,
    /// Whether it is set apart from the others, as jobs are that are not done.
    pub set_apart: bool,
    /// Its cells, one a column.
    pub cells: Vec<TableCell>,
}

/// A cell.
#[derive(Debug, Clone, Serialize)]
pub struct TableCell {
    /// Its text.
    pub text: String,
    /// Whether it is a number.
    pub numeric: bool,
    /// The share of the cell that is coloured, such as `12.5%`; may be empty.
    pub share: String,
}

/// A text that opens on a click.
#[derive(Debug, Clone, Serialize)]
pub struct FoldedText {
    /// What to click on.
    pub summary: String,
    /// The text.
    pub text: String,
    /// Whether it is open from the start.
    pub open: bool,
}
