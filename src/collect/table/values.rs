//! The values of one column: typed, and possibly missing.

use std::ops::Range;

use parquet::data_type::ByteArray;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnType {
    Int,
    Double,
    Bool,
    Text,
}

/// Values of which some are missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct NullableColumn<T> {
    pub(super) values: Vec<T>,
    /// 1 where there is a value, 0 where it is missing (Parquet's definition levels).
    pub(super) levels: Vec<i16>,
}

impl<T> NullableColumn<T> {
    pub(crate) fn push(&mut self, value: Option<T>) {
        self.levels.push(i16::from(value.is_some()));
        self.values.extend(value);
    }

    pub(crate) fn push_missing(&mut self, times: usize) {
        self.levels.resize(self.levels.len() + times, 0);
    }

    /// True if no value is there.
    pub(crate) fn is_missing(&self) -> bool {
        self.values.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.levels.len()
    }

    /// Returns the values, each in its place.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Option<&T>> {
        let mut values = self.values.iter();
        self.levels.iter().map(move |level| if *level == 0 { None } else { values.next() })
    }

    /// Returns the number of values before each place, and before the end.
    pub(super) fn values_before(&self) -> Vec<usize> {
        let mut before = 0;
        let counted = self.levels.iter().map(|level| {
            let at = before;
            before += usize::from(*level != 0);
            at
        });
        let mut counted: Vec<usize> = counted.collect();
        counted.push(before);
        counted
    }
}

impl<T: Clone> NullableColumn<T> {
    pub(crate) fn append(&mut self, other: &Self) {
        self.values.extend_from_slice(&other.values);
        self.levels.extend_from_slice(&other.levels);
    }

    /// Appends some places of another column, given its [`NullableColumn::values_before`].
    pub(super) fn append_range(&mut self, other: &Self, range: Range<usize>, before: &[usize]) {
        // A column that is shorter than others is missing beyond its end.
        let (start, end) = (range.start.min(other.len()), range.end.min(other.len()));
        self.values.extend_from_slice(&other.values[before[start]..before[end]]);
        self.levels.extend_from_slice(&other.levels[start..end]);
        self.push_missing(range.len() - (end - start));
    }
}

impl<T> FromIterator<Option<T>> for NullableColumn<T> {
    fn from_iter<I: IntoIterator<Item = Option<T>>>(items: I) -> Self {
        let items = items.into_iter();
        let room = items.size_hint().0;
        let mut nullable =
            Self { values: Vec::with_capacity(room), levels: Vec::with_capacity(room) };
        items.for_each(|item| nullable.push(item));
        nullable
    }
}

/// The values of one column in one row group.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ColumnChunk {
    Int(NullableColumn<i64>),
    Double(NullableColumn<f64>),
    Bool(NullableColumn<bool>),
    Text(NullableColumn<ByteArray>),
}

impl ColumnChunk {
    /// Makes a column without any value.
    pub(crate) fn missing(kind: ColumnType, rows: usize) -> Self {
        fn none<T>(rows: usize) -> NullableColumn<T> {
            NullableColumn { values: Vec::new(), levels: vec![0; rows] }
        }
        match kind {
            ColumnType::Int => Self::Int(none(rows)),
            ColumnType::Double => Self::Double(none(rows)),
            ColumnType::Bool => Self::Bool(none(rows)),
            ColumnType::Text => Self::Text(none(rows)),
        }
    }

    /// Returns the type of the values.
    pub(super) fn kind(&self) -> ColumnType {
        match self {
            Self::Int(_) => ColumnType::Int,
            Self::Double(_) => ColumnType::Double,
            Self::Bool(_) => ColumnType::Bool,
            Self::Text(_) => ColumnType::Text,
        }
    }
}
