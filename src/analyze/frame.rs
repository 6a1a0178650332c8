//! The collected tables, read by polars into plain typed columns.
//!
//! Reads `sweep.parquet` and `curves.parquet`, whose columns are [`sweep_config::table`]'s. From
//! here on nothing knows polars: figures and statistics work on [`Population`] and [`Curves`].

use std::collections::BTreeMap;
use std::fs::File;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use polars::prelude::{
    Column as PolarsColumn, DataType, ParquetReader, PlSmallStr, Schema, SchemaExt as _, SerReader,
};
use sweep_config::fs::FsError;
use sweep_config::records::JobState;
use sweep_config::{JobId, SweepDir, table};

use super::curves::Curves;
use crate::app::Failure;

/// A column with one entry a row; what is missing is `None`, and so is a not-a-number.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Numbers; truth values are 0 and 1.
    Numbers(Vec<Option<f64>>),
    /// Texts, and lists as JSON text.
    Texts(Vec<Option<String>>),
}

/// A table by column.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    columns: BTreeMap<String, Column>,
}

/// One job's row, without its config and what its program logged.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// Its state.
    pub state: JobState,
    /// What was sampled for it, as one text; empty if nobody knows.
    pub sampled: String,
    /// Why it is not done, in words; empty if it is or nobody knows.
    pub reason: String,
}

/// All jobs of one sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    /// The `NAME` of the sweep.
    pub name: String,
    /// Its directory.
    pub dir: SweepDir,
    /// The jobs, in the order of their numbers.
    pub jobs: Vec<Job>,
    /// One row a job, in the same order.
    pub table: Table,
    /// What they logged over their epochs; in words why not, where that cannot be read.
    pub curves: Result<Curves, String>,
}

impl Table {
    /// The column of that name.
    pub fn get(&self, name: &str) -> Option<&Column> {
        self.columns.get(name)
    }

    /// The numbers of a column; all missing where there is no such column or it holds text.
    pub fn numbers(&self, name: &str, rows: usize) -> Vec<Option<f64>> {
        match self.get(name) {
            Some(Column::Numbers(numbers)) => numbers.clone(),
            _ => vec![None; rows],
        }
    }

    /// The names of all columns, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(String::as_str)
    }

    /// The names of all columns of numbers, sorted.
    pub fn number_names(&self) -> impl Iterator<Item = &str> {
        let numeric = self.columns.iter().filter(|(_, c)| matches!(c, Column::Numbers(_)));
        numeric.map(|(name, _)| name.as_str())
    }

    /// The texts of a column; none where there is no such column or it holds numbers.
    pub(super) fn text_column(&self, name: &str) -> &[Option<String>] {
        match self.get(name) {
            Some(Column::Texts(texts)) => texts,
            _ => &[],
        }
    }

    fn text(&self, name: &str, row: usize) -> String {
        self.text_column(name).get(row).cloned().flatten().unwrap_or_default()
    }
}

impl Population {
    /// Reads what was collected of a sweep; `metric` is what learning curves show if it was logged.
    ///
    /// # Errors
    ///
    /// When `sweep.parquet` cannot be read or is no such table.
    pub fn read(name: &str, dir: SweepDir, metric: Option<&str>) -> Result<Self, Failure> {
        let path = &dir.sweep_parquet();
        let (rows, table) = read_table(path)?;
        let ids = job_ids(&table, rows).ok_or_else(|| {
            damaged(path, &format!("has no column `{}` with a number in each row", table::JOB))
        })?;
        let jobs = ids.into_iter().enumerate().map(|(row, id)| Job {
            id,
            state: JobState::from_name(&table.text(table::STATE, row)),
            sampled: table.text(table::SAMPLED, row),
            reason: join_reason(
                &table.text(table::REASON, row),
                &table.text(table::ERROR_LINE, row),
            ),
        });
        let jobs = jobs.collect();
        let curves = Curves::read(&dir.curves_parquet(), metric).map_err(|error| error.to_string());
        Ok(Self { name: name.to_owned(), dir, jobs, table, curves })
    }
}

fn join_reason(reason: &str, last_line: &str) -> String {
    match (reason, last_line.trim()) {
        (reason, "") => reason.to_owned(),
        ("", line) => line.to_owned(),
        (reason, line) => format!("{reason}: {line}"),
    }
}

/// The job numbers of a table; `None` if one is missing or no such number.
fn job_ids(table: &Table, rows: usize) -> Option<Vec<JobId>> {
    table.numbers(table::JOB, rows).into_iter().map(|number| job_id(number?)).collect()
}

/// A number as that of a job; `None` of one that is none.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just before")]
pub(super) fn job_id(number: f64) -> Option<JobId> {
    let whole = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    whole.then_some(JobId(number as u32))
}

/// Reads a Parquet file into columns, with the number of its rows.
pub(super) fn read_table(path: &Path) -> Result<(usize, Table), Failure> {
    read_with(path, |reader| reader)
}

/// The same, of some columns only.
pub(super) fn read_columns(path: &Path, names: &[&str]) -> Result<(usize, Table), Failure> {
    read_with(path, |reader| reader.with_columns(Some(owned(names))))
}

/// The same, of some rows only: the first, and how many.
pub(super) fn read_slice(
    path: &Path,
    names: &[&str],
    rows: (usize, usize),
) -> Result<(usize, Table), Failure> {
    read_with(path, |reader| reader.with_columns(Some(owned(names))).with_slice(Some(rows)))
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The names of a Parquet file's columns.
pub(super) fn column_names(path: &Path) -> Result<Vec<String>, Failure> {
    Ok(schema(path)?.iter_names().map(ToString::to_string).collect())
}

fn schema(path: &Path) -> Result<Schema, Failure> {
    let file = File::open(path).map_err(|e| FsError::new("read", path, e))?;
    let schema = quietly(|| ParquetReader::new(file).schema())
        .ok_or_else(|| damaged(path, "is no Parquet file that can be read"))?
        .map_err(|e| damaged(path, &format!("cannot be read: {e}")))?;
    Ok(Schema::from_arrow_schema(schema.as_ref()))
}

/// The names of its columns of truth values, which are read as 0 and 1.
pub(super) fn truths(path: &Path) -> Result<Vec<String>, Failure> {
    let is_truth = |(name, dtype): (&PlSmallStr, &DataType)| {
        matches!(dtype, DataType::Boolean).then(|| name.to_string())
    };
    Ok(schema(path)?.iter().filter_map(is_truth).collect())
}

fn read_with(
    path: &Path,
    how: impl FnOnce(ParquetReader<File>) -> ParquetReader<File>,
) -> Result<(usize, Table), Failure> {
    let file = File::open(path).map_err(|e| FsError::new("read", path, e))?;
    let frame = quietly(|| how(ParquetReader::new(file)).finish())
        .ok_or_else(|| damaged(path, "is no Parquet file that can be read"))?
        .map_err(|e| damaged(path, &format!("cannot be read: {e}")))?;
    let columns = frame.columns().iter().filter_map(|column| {
        let name = column.name().to_string();
        Some((name, convert(column)?))
    });
    Ok((frame.height(), Table { columns: columns.collect() }))
}

/// A column as ours; `None` of a type that collect never writes.
fn convert(column: &PolarsColumn) -> Option<Column> {
    let dtype = column.dtype();
    if dtype.is_primitive_numeric() || dtype.is_bool() {
        let numbers = column.cast(&DataType::Float64).ok()?;
        let numbers = numbers.f64().ok()?.iter();
        return Some(Column::Numbers(
            numbers.map(|n| n.filter(|n| n.is_finite()).map(|n| n + 0.0)).collect(),
        ));
    }
    let texts = column.str().ok()?;
    Some(Column::Texts(texts.iter().map(|text| text.map(str::to_owned)).collect()))
}

/// Calls a reader that panics on some broken files; `None` if it did.
///
/// The panic's message is about the reader's inside and would only frighten: it is not printed.
fn quietly<T>(read: impl FnOnce() -> T) -> Option<T> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let result = panic::catch_unwind(AssertUnwindSafe(read)).ok();
    panic::set_hook(hook);
    result
}

fn damaged(path: &Path, what: &str) -> Failure {
    Failure::Damaged {
        message: format!("`{}` {what}", path.display()),
        hint: Some("run sweep_collect again: it writes the file anew".to_owned()),
    }
}
