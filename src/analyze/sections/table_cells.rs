//! Makes the cells and heads of tables.

use crate::page::{TableCell, TableHead, TableRow};

/// Returns the head of a column; `title` is its whole name, and may be empty.
pub(super) fn column_head(text: &str, title: &str, numeric: bool) -> TableHead {
    TableHead { text: text.to_owned(), title: title.to_owned(), numeric }
}

/// Returns a cell of text.
pub(super) fn text_cell(text: impl Into<String>) -> TableCell {
    TableCell { text: text.into(), numeric: false, share: String::new() }
}

/// Returns a cell with a number.
pub(super) fn number_cell(text: impl Into<String>) -> TableCell {
    TableCell { text: text.into(), numeric: true, share: String::new() }
}

/// Returns a cell with a share from 0 to 1, in percent, of which that share is coloured.
pub(super) fn share_cell(share: f64) -> TableCell {
    let percent = 100.0 * share;
    TableCell { text: format!("{percent:.1} %"), numeric: true, share: format!("{percent:.1}%") }
}

/// Returns a row without an anchor.
pub(super) fn table_row(cells: Vec<TableCell>) -> TableRow {
    TableRow { id: String::new(), set_apart: false, cells }
}

/// Returns a row that repeats part of others.
pub(super) fn aside_row(cells: Vec<TableCell>) -> TableRow {
    TableRow { set_apart: true, ..table_row(cells) }
}

/// Returns the texts of each row, for tests.
#[cfg(test)]
pub(super) fn row_texts(rows: &[TableRow]) -> Vec<String> {
    let line = |row: &TableRow| {
        let cells: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
        cells.join(" | ")
    };
    rows.iter().map(line).collect()
}
