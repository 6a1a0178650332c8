//! The cells and heads of tables.

use crate::page::{Cell, Head, Row};

/// The head of a column; `title` is what it says at length, and may be empty.
pub(super) fn head(text: &str, title: &str, numeric: bool) -> Head {
    Head { text: text.to_owned(), title: title.to_owned(), numeric }
}

/// A cell of text.
pub(super) fn words(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), numeric: false, share: String::new() }
}

/// A cell with a number.
pub(super) fn figure(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), numeric: true, share: String::new() }
}

/// A cell with a share from 0 to 1, in percent, that is coloured as far.
pub(super) fn share(share: f64) -> Cell {
    let percent = 100.0 * share;
    Cell { text: format!("{percent:.1} %"), numeric: true, share: format!("{percent:.1}%") }
}

/// A row without an anchor.
pub(super) fn row(cells: Vec<Cell>) -> Row {
    Row { id: String::new(), set_apart: false, cells }
}

/// A row that repeats what is in others.
pub(super) fn aside(cells: Vec<Cell>) -> Row {
    Row { set_apart: true, ..row(cells) }
}

/// The texts of each row, for tests.
#[cfg(test)]
pub(super) fn texts(rows: &[Row]) -> Vec<String> {
    let line = |row: &Row| {
        let cells: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
        cells.join(" | ")
    };
    rows.iter().map(line).collect()
}
