//! Rows of several folds, seeds or tasks in one file: a series for each.

use std::collections::BTreeMap;

use crate::collect::log_value::LogValue;
use crate::collect::reader::row::SeriesRow;
use crate::collect::reader::row_keys::{RowKeys, is_part};
use crate::collect::reader::series::LogSeries;

/// The greatest number of series that the rows of one type are parted into.
const MOST_PARTS: usize = 64;

impl LogSeries {
    /// Takes out the rows that name their fold, seed or task, if there are several rows of one and several of these;
    /// returns them by a label such as `fold=0`.
    pub(super) fn part(&mut self, keys: &RowKeys) -> Vec<(String, Self)> {
        let columns = self.part_columns(keys);
        if columns.is_empty() {
            return Vec::new();
        }
        let mut parts: BTreeMap<String, Vec<SeriesRow>> = BTreeMap::new();
        for row in std::mem::take(&mut self.rows) {
            let named = columns.iter().filter_map(|column| {
                let value = label(row.given(*column)?)?;
                Some(format!("{}={value}", self.names[*column]))
            });
            parts.entry(named.collect::<Vec<_>>().join(".")).or_default().push(row);
        }
        if parts.len() > MOST_PARTS || parts.values().all(|rows| rows.len() == 1) {
            self.rows = parts.into_values().flatten().collect();
            self.rows.sort_by_key(|row| row.line);
            return Vec::new();
        }
        self.rows = parts.remove("").unwrap_or_default();
        let series = |(label, rows)| (label, self.with_rows(rows, &columns));
        parts.into_iter().map(series).collect()
    }

    /// Returns the columns that tell rows apart: those of few values of which there are several.
    fn part_columns(&self, keys: &RowKeys) -> Vec<usize> {
        let names = self.names.iter().enumerate();
        let parts = names.filter(|(_, name)| is_part(name) && !keys.is_place(name));
        parts.map(|(column, _)| column).filter(|column| self.tells_parts(*column)).collect()
    }

    fn tells_parts(&self, column: usize) -> bool {
        let mut values: Vec<&LogValue> = Vec::new();
        for value in self.rows.iter().filter_map(|row| row.given(column)) {
            if *value == LogValue::Null || values.contains(&value) {
                continue;
            }
            if label(value).is_none() || values.len() == MOST_PARTS {
                return false;
            }
            values.push(value);
        }
        values.len() > 1
    }

    /// Returns a series of some of the rows, with the columns that these have.
    fn with_rows(&self, mut rows: Vec<SeriesRow>, left_out: &[usize]) -> Self {
        let has = |column: usize| rows.iter().any(|row| row.given(column).is_some());
        let kept: Vec<usize> = (0..self.names.len())
            .filter(|column| !left_out.contains(column) && has(*column))
            .collect();
        for row in &mut rows {
            let take = |column: &usize| row.values.get_mut(*column).and_then(Option::take);
            row.values = kept.iter().map(take).collect();
        }
        let names = kept.iter().map(|column| self.names[*column].clone()).collect();
        Self::from_parts(names, rows, [self.has_iter, self.is_by_step, self.is_sparse])
    }
}

/// Spells the value of a fold; `None` if it is a measurement.
fn label(value: &LogValue) -> Option<String> {
    match value {
        LogValue::Int(int) => Some(int.to_string()),
        LogValue::Bool(truth) => Some(truth.to_string()),
        LogValue::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        LogValue::Float(float) if float.fract() == 0.0 => Some(float.to_string()),
        _ => None,
    }
}
