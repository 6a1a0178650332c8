//! The row of a job in `sweep.parquet`, before the table has columns.

use std::borrow::Cow;
use std::sync::Arc;

use sweep_config::secrets::SecretValues;

use crate::collect::log_value::LogValue;

/// The names of the columns of a row, in its order.
pub(crate) type ColumnNames = Arc<[String]>;

/// The values of one row and the names of their columns, which rows of one shape share; of two values of one name the
/// last counts.
#[derive(Debug, Default)]
pub(crate) struct JobRow {
    names: RowNames,
    values: Vec<LogValue>,
}

#[derive(Debug)]
enum RowNames {
    /// The names of another row, which this one has had so far.
    Alike(ColumnNames),
    Own(Vec<String>),
}

impl Default for RowNames {
    fn default() -> Self {
        Self::Own(Vec::new())
    }
}

impl JobRow {
    /// Begins a row that is likely to have these names.
    pub(crate) fn like(names: &ColumnNames) -> Self {
        let values = Vec::with_capacity(names.len());
        Self { names: RowNames::Alike(Arc::clone(names)), values }
    }

    /// Adds a value; its name is the parts of `name` in a row.
    pub(crate) fn push(&mut self, name: &[&str], value: LogValue) {
        let at = self.values.len();
        if let RowNames::Alike(names) = &self.names
            && !names.get(at).is_some_and(|likely| is_joined(likely, name))
        {
            self.names = RowNames::Own(names[..at].to_vec());
        }
        if let RowNames::Own(names) = &mut self.names {
            names.push(name.concat());
        }
        self.values.push(value);
    }

    /// Returns the names and values so far.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &LogValue)> {
        let names = match &self.names {
            RowNames::Alike(names) => &names[..],
            RowNames::Own(names) => names.as_slice(),
        };
        names.iter().map(String::as_str).zip(&self.values)
    }

    /// Masks these values in its texts.
    pub(crate) fn mask(&mut self, secrets: &SecretValues) {
        if secrets.is_empty() {
            return;
        }
        let changed = |text: &str| match secrets.masked(text) {
            Cow::Owned(masked) => Some(LogValue::text(&masked)),
            Cow::Borrowed(_) => None,
        };
        for value in &mut self.values {
            let masked = match value {
                LogValue::Text(text) => changed(text),
                LogValue::Nested(_) => changed(&value.to_json_text()),
                _ => None,
            };
            if let Some(masked) = masked {
                *value = masked;
            }
        }
    }

    /// Returns its names, for rows of its shape.
    pub(crate) fn share_names(&mut self) -> ColumnNames {
        let names = match &mut self.names {
            RowNames::Alike(names) if names.len() == self.values.len() => Arc::clone(names),
            RowNames::Alike(names) => names[..self.values.len()].into(),
            RowNames::Own(names) => std::mem::take(names).into(),
        };
        self.names = RowNames::Alike(Arc::clone(&names));
        names
    }

    /// Returns its values, in the order of its names.
    pub(crate) fn into_values(self) -> Vec<LogValue> {
        self.values
    }
}

fn is_joined(whole: &str, parts: &[&str]) -> bool {
    let rest = parts.iter().try_fold(whole, |rest, part| rest.strip_prefix(part));
    rest == Some("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_shares_the_names_of_another_as_long_as_it_has_them() {
        let row = |like: &ColumnNames, names: &[&str]| {
            let mut row = JobRow::like(like);
            for name in names {
                row.push(&[&name[..1], &name[1..]], LogValue::Null);
            }
            let found: Vec<String> = row.iter().map(|(name, _)| name.to_owned()).collect();
            assert_eq!(found, names);
            row.share_names()
        };
        let first = row(&ColumnNames::default(), &["ab", "cd"]);
        assert!(Arc::ptr_eq(&first, &row(&first, &["ab", "cd"])));
        for other in [&["ab"][..], &["ab", "cd", "e"], &["ab", "cdd"], &["ab", "ef"], &["x"]] {
            assert_eq!(&*row(&first, other), other);
        }
    }
}
