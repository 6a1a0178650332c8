//! The rows of one source of points, as they were read.

use sweep_config::Value;

/// A cell: its value and, of a table without types, how it was spelt.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PointCell {
    pub(super) value: Value,
    pub(super) spelt: Option<String>,
}

impl From<Value> for PointCell {
    fn from(value: Value) -> Self {
        Self { value, spelt: None }
    }
}

/// A row: where it stands, in words, and its cells by column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PointRow {
    pub(super) place: String,
    pub(super) cells: Vec<(String, PointCell)>,
}

/// The rows of one source.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct PointTable {
    /// The source: `SETUP.POINTS: points.csv`, `--add points.csv`, `SETUP.POINTS`.
    pub(super) source: String,
    pub(super) rows: Vec<PointRow>,
    /// True if its keys may be new ones, as the plus says by which Hydra adds a key.
    pub(super) adds: bool,
    /// Remarks for the user.
    pub(super) remarks: Vec<String>,
}
