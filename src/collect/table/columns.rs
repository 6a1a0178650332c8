//! Makes typed columns of rows whose sets of names differ.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::row::{ColumnNames, JobRow};
use super::values::{ColumnChunk, ColumnType, NullableColumn};
use crate::collect::cache::BlockCells;
use crate::collect::column_census::ColumnCensus;
use crate::collect::log_value::LogValue;

/// The columns of some rows while these are added.
#[derive(Default)]
pub(crate) struct ColumnCollector {
    by_name: IndexMap<String, Vec<Option<LogValue>>>,
    shapes: Vec<RowShape>,
    rows: usize,
    capacity: usize,
}

/// The columns of the rows that share their names.
struct RowShape {
    names: ColumnNames,
    columns: Vec<usize>,
}

impl ColumnCollector {
    /// Makes room for so many rows in all.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.capacity = rows;
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, mut row: JobRow) {
        let names = row.share_names();
        let known = self.shapes.iter().rposition(|shape| Arc::ptr_eq(&shape.names, &names));
        let shape = known.unwrap_or_else(|| self.shape(names));
        for (at, value) in self.shapes[shape].columns.iter().zip(row.into_values()) {
            add(&mut self.by_name[*at], self.rows, self.capacity, value);
        }
        self.rows += 1;
    }

    /// Finds the columns of a row.
    fn shape(&mut self, names: ColumnNames) -> usize {
        let mut next = 0;
        let columns = names.iter().map(|name| {
            let at = self.column(next, name);
            next = at + 1;
            at
        });
        let columns = columns.collect();
        self.shapes.push(RowShape { names, columns });
        self.shapes.len() - 1
    }

    /// Adds a row of other columns.
    pub(crate) fn push_from(&mut self, cells: &mut BlockCells, row: usize) {
        let mut next = 0;
        for (name, values) in cells {
            if let Some(value) = values.get_mut(row).and_then(Option::take) {
                let at = self.column(next, name);
                add(&mut self.by_name[at], self.rows, self.capacity, value);
                next = at + 1;
            }
        }
        self.rows += 1;
    }

    /// Returns the index of a column. Rows have nearly the same names in the same order, so that the column after the
    /// last one is nearly always the right one.
    fn column(&mut self, guess: usize, name: &str) -> usize {
        match self.by_name.get_index(guess) {
            Some((guessed, _)) if guessed == name => guess,
            _ => self.by_name.entry(name.to_owned()).or_default_index(),
        }
    }

    /// Returns all columns, by name.
    pub(crate) fn finish(mut self) -> BlockCells {
        self.by_name.sort_unstable_keys();
        let rows = self.rows;
        let padded = self.by_name.into_iter().map(|(name, mut values)| {
            values.resize(rows, None);
            (name, values)
        });
        padded.collect()
    }
}

/// Adds the value of a row to a column.
fn add(column: &mut Vec<Option<LogValue>>, row: usize, capacity: usize, value: LogValue) {
    if column.is_empty() {
        column.reserve_exact(capacity);
    }
    // Of two values for one cell the last counts.
    column.resize(row, None);
    column.push(Some(value));
}

/// Returns the index of the entry of a map, which is made if need be.
trait OrDefaultIndex {
    fn or_default_index(self) -> usize;
}

impl<V: Default> OrDefaultIndex for indexmap::map::Entry<'_, String, V> {
    fn or_default_index(self) -> usize {
        let index = self.index();
        self.or_default();
        index
    }
}

/// Returns the columns and their values by kind.
pub(crate) fn kinds(cells: &BlockCells) -> Vec<(String, ColumnCensus)> {
    cells.iter().map(|(name, values)| (name.clone(), ColumnCensus::of(values))).collect()
}

/// Returns the columns over all parts, by name.
fn joined<'a>(
    parts: impl Iterator<Item = &'a (String, ColumnCensus)>,
) -> BTreeMap<&'a str, ColumnCensus> {
    let mut columns: BTreeMap<&str, ColumnCensus> = BTreeMap::new();
    for (name, part) in parts {
        columns.entry(name).or_default().add(part);
    }
    columns
}

/// Returns the names of the columns of numbers.
pub(crate) fn number_columns(parts: &[(String, ColumnCensus)]) -> Vec<&str> {
    let is_number = |(name, census): &(&str, ColumnCensus)| {
        matches!(census.column_type(name).0, ColumnType::Int | ColumnType::Double)
    };
    joined(parts.iter()).into_iter().filter(is_number).map(|(name, _)| name).collect()
}

/// A column of the whole table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TableColumn {
    pub(crate) name: String,
    pub(crate) kind: ColumnType,
    /// Its texts are texts, and not the JSON of whatever it holds.
    is_plain: bool,
}

/// Returns the columns of the whole table: the declared ones, then the others by name.
pub(crate) fn schema<'a>(
    declared: &[(&str, ColumnType)],
    parts: impl Iterator<Item = &'a (String, ColumnCensus)>,
) -> Vec<TableColumn> {
    let mut columns = joined(parts);
    for (name, _) in declared {
        columns.remove(name);
    }
    let first = declared.iter().map(|(name, kind)| TableColumn {
        name: (*name).to_owned(),
        kind: *kind,
        is_plain: true,
    });
    let others = columns.into_iter().map(|(name, census)| {
        let (kind, is_plain) = census.column_type(name);
        TableColumn { name: name.to_owned(), kind, is_plain }
    });
    first.chain(others).collect()
}

/// A part of a column: the values of each block, or how many rows it has where it lacks the column.
pub(crate) enum ColumnPart<'a> {
    Values(&'a [Option<LogValue>]),
    Missing(usize),
}

/// Converts the values to the column's type; JSON text where a column of text holds something else as well.
pub(crate) fn chunk(column: &TableColumn, parts: &[ColumnPart<'_>]) -> ColumnChunk {
    match column.kind {
        ColumnType::Int => ColumnChunk::Int(nullable(parts, |value| match value {
            LogValue::Int(i) => Some(*i),
            _ => None,
        })),
        ColumnType::Double => ColumnChunk::Double(nullable(parts, LogValue::number)),
        ColumnType::Bool => ColumnChunk::Bool(nullable(parts, |value| match value {
            LogValue::Bool(b) => Some(*b),
            _ => None,
        })),
        ColumnType::Text => ColumnChunk::Text(nullable(parts, |value| match value {
            LogValue::Null => None,
            LogValue::Text(text) if column.is_plain => Some(text.as_bytes().to_vec().into()),
            other => Some(other.to_json_text().into_bytes().into()),
        })),
    }
}

fn nullable<T>(
    parts: &[ColumnPart<'_>],
    value: impl Fn(&LogValue) -> Option<T>,
) -> NullableColumn<T>
where
    NullableColumn<T>: Default,
{
    let mut column = NullableColumn::default();
    for part in parts {
        match part {
            ColumnPart::Values(values) => {
                values
                    .iter()
                    .for_each(|log_value| column.push(log_value.as_ref().and_then(&value)));
            }
            ColumnPart::Missing(rows) => column.push_missing(*rows),
        }
    }
    column
}

#[cfg(test)]
mod tests {
    use sweep_config::Value;

    use super::*;

    fn row(cells: &[(&str, i64)]) -> JobRow {
        let mut row = JobRow::default();
        for (name, value) in cells {
            row.push(&[name], LogValue::Int(*value));
        }
        row
    }

    fn text(values: &[Option<&str>]) -> ColumnChunk {
        ColumnChunk::Text(values.iter().map(|v| v.map(|v| v.as_bytes().to_vec().into())).collect())
    }

    fn table(declared: &[(&str, ColumnType)], cells: &BlockCells) -> Vec<(String, ColumnChunk)> {
        let columns = schema(declared, kinds(cells).iter());
        let part = |column: &TableColumn| {
            let values = cells.iter().find(|(name, _)| *name == column.name);
            values.map_or(ColumnPart::Missing(2), |(_, values)| ColumnPart::Values(values))
        };
        columns.iter().map(|c| (c.name.clone(), chunk(c, &[part(c)]))).collect()
    }

    #[test]
    fn a_column_has_the_type_that_holds_all_its_values() {
        let list = LogValue::from(Value::List(vec![Value::Int(1), Value::Str("é".to_owned())]));
        let cases = [
            (
                vec![LogValue::Int(1), LogValue::Null],
                ColumnChunk::Int([Some(1), None].into_iter().collect()),
            ),
            (
                vec![LogValue::Int(1), LogValue::Float(0.5)],
                ColumnChunk::Double([Some(1.0), Some(0.5)].into_iter().collect()),
            ),
            (vec![LogValue::Bool(true)], ColumnChunk::Bool([Some(true)].into_iter().collect())),
            (vec![LogValue::text("a"), LogValue::Null], text(&[Some("a"), None])),
            (vec![LogValue::text("a"), LogValue::Int(3)], text(&[Some("\"a\""), Some("3")])),
            (vec![LogValue::Bool(false), LogValue::Int(3)], text(&[Some("false"), Some("3")])),
            (vec![list], text(&[Some("[1,\"é\"]")])),
            (vec![LogValue::Null], text(&[None])),
        ];
        for (values, expected) in cases {
            let values = values.into_iter().map(Some).collect();
            let found = table(&[], &vec![("x".to_owned(), values)]);
            assert_eq!(found, [("x".to_owned(), expected)]);
        }
    }

    #[test]
    fn columns_are_declared_ones_first_then_by_name_and_padded() {
        let mut columns = ColumnCollector::default();
        columns.push(row(&[("job", 0), ("cfg.b", 1)]));
        columns.push(row(&[("job", 1), ("cfg.a", 2), ("cfg.b", 3)]));
        let found =
            table(&[("job", ColumnType::Int), ("host", ColumnType::Text)], &columns.finish());
        let ints = |values: [Option<i64>; 2]| ColumnChunk::Int(values.into_iter().collect());
        let expected = [
            ("job", ints([Some(0), Some(1)])),
            ("host", text(&[None, None])),
            ("cfg.a", ints([None, Some(2)])),
            ("cfg.b", ints([Some(1), Some(3)])),
        ];
        assert_eq!(found, expected.map(|(name, chunk)| (name.to_owned(), chunk)));
    }

    #[test]
    fn a_row_that_is_copied_brings_only_the_columns_that_it_has() {
        let mut columns = ColumnCollector::default();
        columns.push(row(&[("a", 1), ("b", 3)]));
        columns.push(row(&[("c", 2)]));
        let mut old = columns.finish();
        let mut copied = ColumnCollector::default();
        copied.push_from(&mut old, 0);
        let names: Vec<String> = copied.finish().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn the_last_of_two_values_for_one_cell_counts() {
        let mut columns = ColumnCollector::default();
        columns.push(row(&[("a", 1), ("a", 2)]));
        assert_eq!(columns.finish(), [("a".to_owned(), vec![Some(LogValue::Int(2))])]);
    }
}
