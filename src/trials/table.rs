//! `sweep.parquet`, of which a column is read when it is first asked for.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use parquet::basic::Type as PhysicalType;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::{FileReader, SerializedFileReader};
use sweep_config::fs::FsError;

use super::columns::{ColumnSource, ColumnValues, finite};
use crate::app::Failure;

/// The advice for a damaged file.
const COLLECT_AGAIN: &str = "run sweep_collect again: it writes the file anew";

/// An open `sweep.parquet`. It stays the same file when a collect puts a new one in its place.
pub struct TrialTable {
    path: PathBuf,
    reader: SerializedFileReader<File>,
    rows: usize,
    columns: BTreeMap<String, LazyColumn>,
}

/// A column of the file.
struct LazyColumn {
    place: usize,
    is_text: bool,
    /// `None` within: its data are damaged.
    values: OnceLock<Option<ColumnValues<'static>>>,
}

impl TrialTable {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// When it is no Parquet file that can be read.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|error| FsError::new("read", path, error))?;
        let reader = SerializedFileReader::new(file).map_err(|error| damaged(path, &error))?;
        let meta = reader.metadata().file_metadata();
        let rows = usize::try_from(meta.num_rows()).unwrap_or(0);
        let columns = meta.schema_descr().columns().iter().enumerate().map(|(place, column)| {
            let is_text = column.physical_type() == PhysicalType::BYTE_ARRAY;
            (column.name().to_owned(), LazyColumn { place, is_text, values: OnceLock::new() })
        });
        let columns = columns.collect();
        Ok(Self { path: path.to_owned(), reader, rows, columns })
    }

    /// Returns the numbers of a column; all missing where there is no such column or it holds texts.
    ///
    /// # Errors
    ///
    /// When its data are damaged.
    pub fn numbers(&self, name: &str) -> Result<Vec<Option<f64>>, Failure> {
        Ok(match self.read(name)? {
            Some(ColumnValues::Numbers(numbers)) => numbers.into_owned(),
            _ => vec![None; self.rows],
        })
    }

    /// Returns the texts of a column; all missing where there is no such column or it holds numbers.
    ///
    /// # Errors
    ///
    /// When its data are damaged.
    pub fn texts(&self, name: &str) -> Result<Vec<Option<String>>, Failure> {
        Ok(match self.read(name)? {
            Some(ColumnValues::Texts(texts)) => texts.into_owned(),
            _ => vec![None; self.rows],
        })
    }

    /// Returns the failure of a table in which some row has no number in a column that all tables have.
    pub(super) fn lacks(&self, name: &str) -> Failure {
        let path = self.path.display();
        Failure::Damaged {
            message: format!("`{path}` has no column `{name}` with a number in each row"),
            hint: Some(COLLECT_AGAIN.to_owned()),
        }
    }

    fn read(&self, name: &str) -> Result<Option<ColumnValues<'static>>, Failure> {
        let Some(column) = self.columns.get(name) else { return Ok(None) };
        self.values(column.place).map(Some).map_err(|error| damaged(&self.path, &error))
    }

    fn values(&self, place: usize) -> ParquetResult<ColumnValues<'static>> {
        let (mut numbers, mut texts) = (Vec::new(), Vec::new());
        for group in 0..self.reader.num_row_groups() {
            let group = self.reader.get_row_group(group)?;
            let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
            match group.get_column_reader(place)? {
                ColumnReader::Int64ColumnReader(reader) => {
                    extend(&mut numbers, reader, rows, |int: i64| Ok(finite(float(int))))?;
                }
                ColumnReader::DoubleColumnReader(reader) => {
                    extend(&mut numbers, reader, rows, |number: f64| Ok(finite(number)))?;
                }
                ColumnReader::BoolColumnReader(reader) => {
                    extend(&mut numbers, reader, rows, |truth| {
                        Ok(Some(f64::from(u8::from(truth))))
                    })?;
                }
                ColumnReader::ByteArrayColumnReader(reader) => {
                    let text = |bytes: ByteArray| Ok(Some(bytes.as_utf8()?.to_owned()));
                    extend(&mut texts, reader, rows, text)?;
                }
                _ => return Err(ParquetError::General("a column of a foreign type".to_owned())),
            }
        }
        Ok(if texts.is_empty() {
            ColumnValues::Numbers(numbers.into())
        } else {
            ColumnValues::Texts(texts.into())
        })
    }
}

impl ColumnSource for TrialTable {
    fn rows(&self) -> usize {
        self.rows
    }

    fn column(&self, name: &str) -> Option<ColumnValues<'_>> {
        let column = self.columns.get(name)?;
        let values = column.values.get_or_init(|| self.values(column.place).ok());
        values.as_ref().map(ColumnValues::borrowed)
    }

    fn has_column(&self, name: &str) -> bool {
        self.columns.contains_key(name)
    }

    fn number_names(&self) -> Vec<&str> {
        let numeric = self.columns.iter().filter(|(_, column)| !column.is_text);
        numeric.map(|(name, _)| name.as_str()).collect()
    }
}

/// Appends the rows of a column of a row group.
fn extend<T: DataType, V>(
    values: &mut Vec<Option<V>>,
    mut reader: ColumnReaderImpl<T>,
    rows: usize,
    convert: impl Fn(T::T) -> ParquetResult<Option<V>>,
) -> ParquetResult<()> {
    let (mut levels, mut present) = (Vec::with_capacity(rows), Vec::new());
    while levels.len() < rows {
        let wanted = rows - levels.len();
        let (read, ..) = reader.read_records(wanted, Some(&mut levels), None, &mut present)?;
        if read == 0 {
            return Err(ParquetError::EOF("a row group is shorter than it says".to_owned()));
        }
    }
    let mut present = present.into_iter();
    for level in levels {
        let value =
            if level == 0 { None } else { present.next().map(&convert).transpose()?.flatten() };
        values.push(value);
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a value beyond 2^53 is exact to 16 digits")]
fn float(int: i64) -> f64 {
    int as f64
}

fn damaged(path: &Path, error: &ParquetError) -> Failure {
    Failure::Damaged {
        message: format!("`{}` cannot be read: {error}", path.display()),
        hint: Some(COLLECT_AGAIN.to_owned()),
    }
}
