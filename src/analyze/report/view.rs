//! What the template shows: texts, figures as SVG, tables. Nothing here is computed by the template.

use serde::Serialize;

/// The whole page.
#[derive(Debug, Serialize)]
pub struct Page {
    /// The sweep's name.
    pub name: String,
    /// Its description; may be empty.
    pub desc: String,
    /// The numbers at the top.
    pub facts: Vec<Fact>,
    /// The sections in their order.
    pub sections: Vec<Section>,
    /// The version of the toolkit.
    pub version: &'static str,
}

/// A number with its name.
#[derive(Debug, Serialize)]
pub struct Fact {
    /// The number.
    pub value: String,
    /// What it counts.
    pub label: String,
}

/// A section of the page.
#[derive(Debug, Default, Serialize)]
pub struct Section {
    /// Its anchor.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What to know before looking.
    pub paragraphs: Vec<String>,
    /// What could not be shown, and why.
    pub warnings: Vec<String>,
    /// Its figures.
    pub figures: Vec<FigureView>,
    /// Whether a figure takes the full width.
    pub wide: bool,
    /// Its table.
    pub table: Option<Table>,
    /// Texts that open on a click.
    pub details: Vec<Details>,
}

/// A figure and what stands around it.
#[derive(Debug, Serialize)]
pub struct FigureView {
    /// The SVG element.
    pub svg: String,
    /// What it shows.
    pub caption: String,
    /// What its colours mean.
    pub legend: Vec<Legend>,
    /// What lies outside of it; may be empty.
    pub note: String,
}

/// A colour and its meaning.
#[derive(Debug, Serialize)]
pub struct Legend {
    /// The colour, as CSS has it.
    pub color: String,
    /// Its meaning.
    pub text: String,
}

/// A table.
#[derive(Debug, Serialize)]
pub struct Table {
    /// The heads of its columns.
    pub heads: Vec<&'static str>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// What is left out; may be empty.
    pub note: String,
}

/// A row of a table.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Whether the job is done: others are set apart.
    pub done: bool,
    /// Its cells, one a column.
    pub cells: Vec<String>,
}

/// A text that opens on a click.
#[derive(Debug, Serialize)]
pub struct Details {
    /// What to click on.
    pub summary: String,
    /// The text.
    pub text: String,
}
