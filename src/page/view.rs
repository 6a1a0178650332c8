//! The view model that the templates show: texts, figures as SVG, tables. Templates compute
//! nothing.

use serde::Serialize;

use super::figure::StyleClass;

/// A whole page.
#[derive(Debug, Clone, Serialize)]
pub struct PageView {
    /// The kind of page, such as "sweep report": the second half of its title.
    pub kind: &'static str,
    /// The sweep's name.
    pub name: String,
    /// Its description; may be empty.
    pub desc: String,
    /// The numbers at the top.
    pub facts: Vec<PageFact>,
    /// The number of jobs in each state.
    pub states: Vec<StateShare>,
    /// The sections in their order.
    pub sections: Vec<PageSection>,
    /// The data of the page's script, as JSON in which no tag can end; empty if the page has none.
    pub data: String,
    /// The version of the toolkit.
    pub version: &'static str,
}

/// A number at the top of the page.
#[derive(Debug, Clone, Serialize)]
pub struct PageFact {
    /// The number as text.
    pub value: String,
    /// Its name.
    pub label: String,
    /// The anchor of the section that it is about; may be empty.
    pub anchor: String,
}

/// The jobs in one state.
#[derive(Debug, Clone, Serialize)]
pub struct StateShare {
    /// The number of jobs.
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
    /// True if it is folded until it is asked for.
    pub fold: bool,
    /// Its introduction.
    pub paragraphs: Vec<String>,
    /// Points of a list, below the introduction.
    pub points: Vec<String>,
    /// Warnings: what could not be shown, and why.
    pub warnings: Vec<String>,
    /// An EDF with its table.
    pub distribution: Option<EdfView>,
    /// Its figures.
    pub grids: Vec<FigureGrid>,
    /// A table, below the figures.
    pub table: Option<TableView>,
    /// Texts that unfold on a click.
    pub details: Vec<FoldedText>,
}

/// An EDF and the numbers of its curves.
#[derive(Debug, Clone, Serialize)]
pub struct EdfView {
    /// The SVG element.
    pub svg: String,
    /// A note on the jobs that lie outside of it; may be empty.
    pub note: String,
    /// The numbers of each curve.
    pub samples: Vec<EdfSample>,
}

/// The numbers of a curve.
#[derive(Debug, Clone, Serialize)]
pub struct EdfSample {
    /// The classes of its colour.
    pub class: String,
    /// The name of the group.
    pub name: String,
    /// The number of jobs, or configs, with a value.
    pub n: usize,
    /// The best value.
    pub best: String,
    /// The median.
    pub median: String,
    /// The mean.
    pub mean: String,
}

/// Figures side by side.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FigureGrid {
    /// Its heading; may be empty.
    pub title: String,
    /// The sentence that is shown in place of its figures until they are asked for; empty if they are shown.
    pub folded: String,
    /// The number of columns of figures that belong together; 0 for as many as fit.
    pub columns: usize,
    /// The figures.
    pub figures: Vec<FigureView>,
}

/// A figure with its heading, keys and note.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FigureView {
    /// Its heading.
    pub heading: String,
    /// The SVG element.
    pub svg: String,
    /// The meanings of its colours.
    pub keys: Vec<FigureKey>,
    /// A note; may be empty.
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

impl FigureKey {
    /// Creates a key whose sign looks as what is drawn with a class.
    pub fn new(class: StyleClass, text: impl Into<String>) -> Self {
        Self { class: class.to_string(), text: text.into() }
    }

    /// Creates a key without a sign.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { class: String::new(), text: text.into() }
    }
}

/// A table.
#[derive(Debug, Clone, Serialize)]
pub struct TableView {
    /// The heads of its columns.
    pub heads: Vec<TableHead>,
    /// Its rows.
    pub rows: Vec<TableRow>,
    /// A note on rows that are left out; may be empty.
    pub note: String,
}

/// The head of a column.
#[derive(Debug, Clone, Serialize)]
pub struct TableHead {
    /// Its text.
    pub text: String,
    /// The whole name, if the text is short for it; may be empty.
    pub title: String,
    /// True if it heads numbers.
    pub numeric: bool,
}

/// A row of a table.
#[derive(Debug, Clone, Serialize)]
pub struct TableRow {
    /// Its anchor; may be empty.
    pub id: String,
    /// True if it is set apart from the others, as jobs that are not done are.
    pub set_apart: bool,
    /// Its cells, one a column.
    pub cells: Vec<TableCell>,
}

/// A cell of a table.
#[derive(Debug, Clone, Serialize)]
pub struct TableCell {
    /// Its text.
    pub text: String,
    /// True if it is a number.
    pub numeric: bool,
    /// The share of its width that is coloured, such as `12.5%`; may be empty.
    pub share: String,
}

/// A text that unfolds on a click.
#[derive(Debug, Clone, Serialize)]
pub struct FoldedText {
    /// The line to click on.
    pub summary: String,
    /// The text.
    pub text: String,
    /// True if it is unfolded from the start.
    pub open: bool,
}
