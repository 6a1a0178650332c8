//! The collected tables as polars frames, column by column.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars::prelude::{DataFrame, DataType, ParquetReader, SerReader};
use sweep_config::fs::FsError;

use crate::app::Failure;

/// One table of a sweep.
#[derive(Debug, Clone)]
pub struct Frame {
    data: DataFrame,
}

/// A column in the form that the report needs.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Numbers (truth values as 0 and 1); a NaN where the job has none.
    Numbers(Vec<f64>),
    /// Texts, and lists as JSON text.
    Texts(Vec<Option<String>>),
}

impl Frame {
    /// Reads a Parquet table; of the columns that it has, `only` the named ones if they are given.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened, and when it holds no table.
    pub fn read(path: &Path, only: Option<&[&str]>) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|e| FsError::new("read", path, e))?;
        let load = || {
            let mut reader = ParquetReader::new(file);
            let schema = reader.schema()?;
            let names = only.map(|only| {
                let there = only.iter().filter(|name| schema.get(name).is_some());
                there.map(|&name| name.to_owned()).collect::<Vec<_>>()
            });
            reader.with_columns(names).finish()
        };
        // polars answers some damaged files with a panic.
        let damaged = |what: String| Failure::Damaged {
            message: format!("`{}` holds no table: {what}", path.display()),
            hint: Some("run `sweep_collect` again: it writes the table anew".to_owned()),
        };
        match catch_unwind(AssertUnwindSafe(load)) {
            Ok(Ok(data)) => Ok(Self { data }),
            Ok(Err(error)) => Err(damaged(error.to_string())),
            Err(_) => Err(damaged("the reader gave up on it".to_owned())),
        }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.data.height()
    }

    /// The names of all columns.
    pub fn names(&self) -> Vec<&str> {
        self.data.get_column_names().into_iter().map(polars::prelude::PlSmallStr::as_str).collect()
    }

    /// A column, if the table has it.
    pub fn column(&self, name: &str) -> Option<Column> {
        let column = self.data.column(name).ok()?;
        if matches!(column.dtype(), DataType::String) {
            let texts = column.str().ok()?;
            return Some(Column::Texts(texts.iter().map(|t| t.map(str::to_owned)).collect()));
        }
        let numbers = column.cast(&DataType::Float64).ok()?;
        let numbers = numbers.f64().ok()?;
        Some(Column::Numbers(numbers.iter().map(|n| n.unwrap_or(f64::NAN)).collect()))
    }

    /// A column of numbers; all NaN where the table has none of that name.
    pub fn numbers(&self, name: &str) -> Vec<f64> {
        match self.column(name) {
            Some(Column::Numbers(numbers)) => numbers,
            _ => vec![f64::NAN; self.rows()],
        }
    }

    /// A column of texts; all empty where the table has none of that name.
    pub fn texts(&self, name: &str) -> Vec<String> {
        match self.column(name) {
            Some(Column::Texts(texts)) => {
                texts.into_iter().map(Option::unwrap_or_default).collect()
            }
            _ => vec![String::new(); self.rows()],
        }
    }
}
