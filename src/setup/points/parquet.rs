//! Points as a Parquet table of numbers, truth values and texts: a column for each parameter, a row for each point.

use std::path::Path;

use sweep_config::{Value, yaml};

use super::table::{PointCell, PointRow, PointTable};
use crate::tables::{ParquetFile, ScalarValue};

/// The beginning of the names of the columns in which pandas keeps its index.
const INDEX: &str = "__index_level_";
/// The magnitude up to which the reader of Parquet tells each whole number from the next.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads the rows of a table.
///
/// # Errors
///
/// When the file cannot be read, or a column holds what no cell may be.
pub(super) fn read(path: &Path) -> Result<PointTable, String> {
    let file = ParquetFile::open(path).map_err(|failure| failure.to_string())?;
    if let Some(name) = file.foreign() {
        return Err(format!(
            "has a column `{name}` that holds neither numbers nor booleans nor text: write lists as text \
             (`[16, 32]`), or the points as JSON lines"
        ));
    }
    let row = |row| PointRow { place: format!("row {row}"), cells: Vec::new() };
    let mut rows: Vec<PointRow> = (1..=file.rows()).map(row).collect();
    for name in file.names_in_order().into_iter().filter(|name| !name.starts_with(INDEX)) {
        let (cells, is_whole) = (file.values(name), file.is_whole(name));
        let cells = cells.map_err(|failure| failure.to_string())?;
        for (row, cell) in rows.iter_mut().zip(cells) {
            let is_missing =
                |cell: &ScalarValue| matches!(cell, ScalarValue::Number(n) if n.is_nan());
            let Some(cell) = cell.filter(|cell| !is_missing(cell)) else { continue };
            let cell =
                value(cell, is_whole).map_err(|why| format!("{}, `{name}`: {why}", row.place))?;
            row.cells.push((name.trim().to_owned(), cell));
        }
    }
    let adds = rows.iter().flat_map(|row| &row.cells).any(|(name, _)| name.starts_with('+'));
    Ok(PointTable { rows, adds, ..PointTable::default() })
}

fn value(cell: ScalarValue, is_whole: bool) -> Result<PointCell, String> {
    let value = match cell {
        ScalarValue::Truth(truth) => Value::Bool(truth),
        ScalarValue::Number(number) if !is_whole => Value::Float(number),
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        ScalarValue::Number(number) if number.abs() < EXACT => Value::Int(number as i64),
        ScalarValue::Number(_) => {
            return Err(
                "a whole number beyond 2^53 is read exactly from JSON lines or CSV only".to_owned()
            );
        }
        // A list or mapping that `sweep.parquet` holds as JSON.
        ScalarValue::Text(text) if text.starts_with(['[', '{']) => {
            yaml::read(Path::new("cell"), &text).unwrap_or(Value::Str(text))
        }
        ScalarValue::Text(text) => Value::Str(text),
    };
    Ok(value.into())
}
