//! `sweep.parquet` as plain typed columns.
//!
//! The names of the columns are [`sweep_config::table`]'s. A sweep has hundreds, most of them config values that no
//! figure asks for, so that each is read when it is asked for.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use sweep_config::table;

use super::columns::{ColumnSource, ColumnValues};
use crate::app::Failure;
use crate::tables::{ColumnKind, ParquetFile, PlainColumn, SharedValue};

/// A table by column; a column is read when it is first asked for.
#[derive(Debug)]
pub struct TrialTable {
    file: ParquetFile,
    /// `None` within: its data are damaged.
    columns: BTreeMap<String, OnceLock<Option<PlainColumn>>>,
    shared: OnceLock<BTreeMap<String, SharedValue>>,
}

impl TrialTable {
    /// Opens a table.
    ///
    /// # Errors
    ///
    /// When it is no Parquet file that can be read.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let file = ParquetFile::open(path)?;
        let columns = file.names().map(|name| (name.to_owned(), OnceLock::new())).collect();
        Ok(Self { file, columns, shared: OnceLock::new() })
    }

    /// Reads a column without keeping it; `None` if there is no such column.
    ///
    /// # Errors
    ///
    /// When its data are damaged.
    pub fn read(&self, name: &str) -> Result<Option<PlainColumn>, Failure> {
        if !self.columns.contains_key(name) {
            return Ok(None);
        }
        Ok(self.file.read(&[name], &(0..self.file.rows()))?.pop())
    }

    /// Returns the sentences that say what was asked for and could not be read.
    pub fn damage(&self) -> Vec<String> {
        self.file.damage()
    }

    /// Returns the column of that name; `None` too where its data are damaged, which [`TrialTable::damage`] says from
    /// then on.
    pub fn get(&self, name: &str) -> Option<&PlainColumn> {
        let read = || self.read(name).ok()?;
        self.columns.get(name)?.get_or_init(read).as_ref()
    }

    /// Returns the cells of one row, as columns of that row only. A name that is no column's is left out.
    pub fn row(&self, names: &[String], row: usize) -> BTreeMap<String, PlainColumn> {
        let known =
            names.iter().map(String::as_str).filter(|name| self.columns.contains_key(*name));
        let known: Vec<&str> = known.collect();
        let columns = self.file.read(&known, &(row..row + 1)).unwrap_or_default();
        known.into_iter().map(str::to_owned).zip(columns).collect()
    }

    /// Returns the config values that all jobs share that have any, by column: found without keeping the columns.
    pub fn shared_values(&self) -> &BTreeMap<String, SharedValue> {
        self.shared.get_or_init(|| {
            let names: Vec<&str> =
                self.names().filter(|name| name.starts_with(table::CFG)).collect();
            let found = self.file.shared_values(&names).into_iter();
            found.map(|(name, shared)| (name.to_owned(), shared)).collect()
        })
    }

    /// Returns the numbers of a column; all missing where there is no such column or it holds text.
    pub fn numbers(&self, name: &str) -> Vec<Option<f64>> {
        match self.get(name) {
            Some(PlainColumn::Numbers(numbers)) => numbers.clone(),
            _ => vec![None; self.file.rows()],
        }
    }

    /// Returns the infinities of a column, which are missing in [`TrialTable::numbers`]; all else is missing here.
    pub fn infinities(&self, name: &str) -> Vec<Option<f64>> {
        let found = self.has_column(name).then(|| self.file.infinities(name).ok()).flatten();
        found.unwrap_or_else(|| vec![None; self.file.rows()])
    }

    /// Returns the names of all columns, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(String::as_str)
    }

    /// Returns true if and only if the numbers of a column are truth values.
    pub fn is_truth(&self, name: &str) -> bool {
        self.file.kind(name) == Some(ColumnKind::Truths)
    }

    /// Returns the texts of a column; none where there is no such column or it holds numbers.
    pub fn text_column(&self, name: &str) -> &[Option<String>] {
        match self.get(name) {
            Some(PlainColumn::Texts(texts)) => texts,
            _ => &[],
        }
    }
}

impl ColumnSource for TrialTable {
    fn rows(&self) -> usize {
        self.file.rows()
    }

    fn column(&self, name: &str) -> Option<ColumnValues<'_>> {
        Some(match self.get(name)? {
            PlainColumn::Numbers(numbers) => ColumnValues::Numbers(Cow::Borrowed(numbers)),
            PlainColumn::Texts(texts) => ColumnValues::Texts(Cow::Borrowed(texts)),
        })
    }

    fn has_column(&self, name: &str) -> bool {
        self.columns.contains_key(name)
    }

    fn number_names(&self) -> Vec<&str> {
        self.names().filter(|name| self.file.kind(name) != Some(ColumnKind::Texts)).collect()
    }

    fn column_names(&self) -> Vec<&str> {
        self.names().collect()
    }
}
