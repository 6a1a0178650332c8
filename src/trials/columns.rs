//! Columns by name: where metrics and objectives take their values from.

use std::borrow::Cow;

use sweep_config::table;

/// The values of a column, one entry a row.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnValues<'c> {
    /// Finite numbers; truth values are 0 and 1. What is missing, infinite or not a number is `None`.
    Numbers(Cow<'c, [Option<f64>]>),
    /// Texts, and lists as JSON text.
    Texts(Cow<'c, [Option<String>]>),
}

/// A table of jobs, asked by the names of [`sweep_config::table`].
pub trait ColumnSource {
    /// Returns the number of its rows: all columns have as many.
    fn rows(&self) -> usize;

    /// Returns a column; `None` of a name that no job has, or whose data are damaged.
    fn column(&self, name: &str) -> Option<ColumnValues<'_>>;

    /// Returns true if there is a column of that name, damaged or not.
    fn has_column(&self, name: &str) -> bool {
        self.column(name).is_some()
    }

    /// Returns the names of the columns of numbers, to guess what a misspelt one means.
    fn number_names(&self) -> Vec<&str>;

    /// Returns the names of all columns.
    fn column_names(&self) -> Vec<&str>;
}

/// Returns the one column of some tables whose name ends with a name, as `metrics.val_loss` does with `val_loss`; `None`
/// where there is none, or more than one.
pub(super) fn by_suffix(sources: &[&dyn ColumnSource], name: &str) -> Option<String> {
    let is_meant = |column: &&str| {
        let before = column.strip_suffix(name);
        before.is_some_and(|before| before.len() > 1 && before.ends_with('.'))
            && !column.starts_with(table::TOLD)
    };
    let mut meant = sources.iter().flat_map(|source| source.column_names()).filter(is_meant);
    let first = meant.next().filter(|_| !name.is_empty())?;
    meant.all(|other| other == first).then(|| first.to_owned())
}

/// Returns the number as columns have it: no infinity can be drawn or ranked, and there is one zero.
pub fn finite(number: f64) -> Option<f64> {
    Some(number + 0.0).filter(|number| number.is_finite())
}

/// Returns true if any job has a number in a column.
pub(super) fn has_number(source: &dyn ColumnSource, column: &str) -> bool {
    match source.column(column) {
        Some(ColumnValues::Numbers(numbers)) => numbers.iter().any(Option::is_some),
        _ => false,
    }
}
