//! Cells of one job that are no numbers, in columns of numbers.

use super::cache::codec::codec_struct;

/// The number of characters of a cell that are kept.
const SHOWN: usize = 40;

/// The cells of one column of one job that are no numbers, and are missing therefore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OddCells {
    pub(crate) column: String,
    pub(crate) times: usize,
    /// The first of them.
    pub(crate) text: String,
}

codec_struct!(OddCells { column, times, text });

impl OddCells {
    pub(crate) fn new(column: String, text: &str) -> Self {
        Self { column, times: 1, text: shown(text) }
    }
}

/// Returns the beginning of a cell, as it is shown.
pub(crate) fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
