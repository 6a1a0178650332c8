//! A Parquet file of which columns and rows are read when they are asked for, by polars.
//!
//! What the columns mean is the business of [`super::frame`] and [`super::curves`]; from there on
//! nothing knows polars.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use polars::error::PolarsResult;
use polars::io::parquet::read::FileMetadata;
use polars::prelude::{
    Column as PolarsColumn, DataFrame, DataType, ParallelStrategy, ParquetReader, SerReader,
    polars_bail,
};
use sweep_config::fs::FsError;

use super::frame::{Column, Constant, Scalar};
use crate::app::Failure;

/// What helps against damage.
pub(super) const COLLECT_AGAIN: &str = "run sweep_collect again: it writes the file anew";

/// So many rows say of most columns whether they vary: a row group as collect writes it.
const FIRST_ROWS: usize = 256;

/// Of no more rows, waking other threads takes longer than reading.
const FEW_ROWS: usize = 20_000;

/// So many columns are read at once: each reading maps the file, and what was read takes memory.
const TOGETHER: usize = 32;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Numbers,
    /// As numbers: 0 and 1.
    Truths,
    Texts,
}

/// An open file whose metadata were read. It stays the same file when a collect puts a new one in its place.
#[derive(Debug)]
pub(super) struct ParquetFile {
    path: PathBuf,
    file: File,
    metadata: Arc<FileMetadata>,
    kinds: BTreeMap<String, Kind>,
    damage: Mutex<BTreeSet<String>>,
}

impl ParquetFile {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// When it is no Parquet file that can be read.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|e| FsError::new("read", path, e))?;
        let clone = file.try_clone().map_err(|e| FsError::new("read", path, e))?;
        let mut reader = ParquetReader::new(clone);
        let read = || Ok((reader.get_metadata()?.clone(), reader.schema()?));
        let (metadata, schema) = quietly(read).map_err(|why| damaged(path, &why))?;
        let kinds = schema.iter().filter_map(|(name, field)| {
            let kind = kind(&DataType::from_arrow_field(field))?;
            Some((name.to_string(), kind))
        });
        let kinds = kinds.collect();
        Ok(Self { path: path.to_owned(), file, metadata, kinds, damage: Mutex::default() })
    }

    /// How many rows it has.
    pub(super) fn rows(&self) -> usize {
        self.metadata.num_rows
    }

    /// The columns of numbers and of texts; collect writes no others.
    pub(super) fn kinds(&self) -> &BTreeMap<String, Kind> {
        &self.kinds
    }

    /// Some rows of some columns, in the order in which their names are given.
    ///
    /// # Errors
    ///
    /// When there is no such column, or its data are damaged: [`ParquetFile::damage`] tells of it from then on.
    pub(super) fn read(&self, names: &[&str], rows: Range<usize>) -> Result<Vec<Column>, Failure> {
        self.read_as(names, rows, |frame| {
            names.iter().map(|name| convert(frame.column(name)?)).collect()
        })
    }

    /// Of these columns the value that all rows share that have any; not of those where they differ or none
    /// has one, nor of what is damaged: [`ParquetFile::damage`] tells of it from then on.
    pub(super) fn constants<'n>(&self, names: &[&'n str]) -> Vec<(&'n str, Constant)> {
        // Most columns that vary do so in their first rows: of those no more is read.
        let first = FIRST_ROWS.min(self.rows());
        let is_candidate = |(_, shared): &(&str, Shared)| !matches!(shared, Shared::Several);
        let candidates = if first < self.rows() {
            let seen = self.shared(names, 0..first).into_iter();
            seen.filter(is_candidate).map(|(name, _)| name).collect()
        } else {
            names.to_vec()
        };
        let all = candidates.chunks(TOGETHER).flat_map(|names| self.shared(names, 0..self.rows()));
        let constant = |(name, shared)| match shared {
            Shared::One(constant) => Some((name, constant)),
            Shared::Nothing | Shared::Several => None,
        };
        all.filter_map(constant).collect()
    }

    /// What rows of columns share, all read at once; one by one where something is damaged, to know what.
    fn shared<'n>(&self, names: &[&'n str], rows: Range<usize>) -> Vec<(&'n str, Shared)> {
        let of = |frame: &DataFrame, name: &'n str| Ok((name, shared(frame.column(name)?)?));
        let together = |frame: &DataFrame| {
            names.iter().map(|name| of(frame, name)).collect::<PolarsResult<_>>()
        };
        self.try_read(names, rows.clone(), together).unwrap_or_else(|_| {
            let alone =
                |name: &&'n str| self.read_as(&[name], rows.clone(), |frame| of(frame, name));
            names.iter().filter_map(|name| alone(name).ok()).collect()
        })
    }

    /// What was asked for and could not be read, in sentences.
    pub(super) fn damage(&self) -> Vec<String> {
        let damage = self.damage.lock().unwrap_or_else(PoisonError::into_inner);
        damage.iter().cloned().collect()
    }

    fn read_as<T>(
        &self,
        names: &[&str],
        rows: Range<usize>,
        convert: impl FnOnce(&DataFrame) -> PolarsResult<T>,
    ) -> Result<T, Failure> {
        self.try_read(names, rows, convert).map_err(|why| {
            let failure = damaged(&self.path, &format!("{why} (in {})", names.join(", ")));
            let mut damage = self.damage.lock().unwrap_or_else(PoisonError::into_inner);
            damage.insert(format!("{failure}."));
            failure
        })
    }

    /// The same, of which nobody is told; in words what is wrong.
    fn try_read<T>(
        &self,
        names: &[&str],
        rows: Range<usize>,
        convert: impl FnOnce(&DataFrame) -> PolarsResult<T>,
    ) -> Result<T, String> {
        quietly(|| {
            let mut reader = ParquetReader::new(self.file.try_clone()?);
            reader.set_metadata(self.metadata.clone());
            let columns = names.iter().map(|name| (*name).to_owned()).collect();
            let mut reader = reader.with_columns(Some(columns));
            if rows.len() <= FEW_ROWS {
                reader = reader.read_parallel(ParallelStrategy::None);
            }
            let frame = reader.with_slice(Some((rows.start, rows.len()))).finish()?;
            if frame.height() != rows.len() {
                polars_bail!(ComputeError: "{} rows of {}", frame.height(), rows.len());
            }
            convert(&frame)
        })
    }
}

fn kind(dtype: &DataType) -> Option<Kind> {
    match dtype {
        dtype if dtype.is_primitive_numeric() => Some(Kind::Numbers),
        DataType::Boolean => Some(Kind::Truths),
        DataType::String => Some(Kind::Texts),
        _ => None,
    }
}

/// A column as ours.
fn convert(column: &PolarsColumn) -> PolarsResult<Column> {
    Ok(match kind(column.dtype()) {
        Some(Kind::Numbers | Kind::Truths) => {
            Column::Numbers(column.cast(&DataType::Float64)?.f64()?.iter().map(number).collect())
        }
        _ => Column::Texts(column.str()?.iter().map(|text| text.map(str::to_owned)).collect()),
    })
}

/// No infinity is a number that anything can be drawn by, and a negative zero is a zero.
fn number(number: Option<f64>) -> Option<f64> {
    number.filter(|number| number.is_finite()).map(|number| number + 0.0)
}

/// The values that are there, as far as it matters.
enum Shared {
    Nothing,
    One(Constant),
    Several,
}

fn shared(column: &PolarsColumn) -> PolarsResult<Shared> {
    Ok(match kind(column.dtype()) {
        Some(Kind::Numbers) => {
            let numbers = column.cast(&DataType::Float64)?;
            one(numbers.f64()?.iter().map(number), Scalar::Number)
        }
        Some(Kind::Truths) => one(column.bool()?.iter(), Scalar::Truth),
        _ => one(column.str()?.iter(), |text| Scalar::Text(text.to_owned())),
    })
}

fn one<T: PartialEq>(
    values: impl Iterator<Item = Option<T>>,
    scalar: impl FnOnce(T) -> Scalar,
) -> Shared {
    let (mut first, mut present) = (None, Vec::new());
    for value in values {
        present.push(value.is_some());
        match (value, &first) {
            (Some(value), None) => first = Some(value),
            (Some(value), Some(known)) if value != *known => return Shared::Several,
            _ => {}
        }
    }
    let Some(value) = first else { return Shared::Nothing };
    let is_everywhere = present.iter().all(|is| *is);
    let present = (!is_everywhere).then_some(present);
    Shared::One(Constant { value: scalar(value), present })
}

/// Calls a reader that panics on some broken files; in words what went wrong.
///
/// The panic's message is about the reader's inside and would only frighten: it is not printed.
fn quietly<T>(read: impl FnOnce() -> PolarsResult<T>) -> Result<T, String> {
    // There is one hook for all threads: two that put theirs in its place would lose it.
    static HOOK: Mutex<()> = Mutex::new(());
    let _turn = HOOK.lock().unwrap_or_else(PoisonError::into_inner);
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let result = panic::catch_unwind(AssertUnwindSafe(read));
    panic::set_hook(hook);
    match result {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("it is broken inside".to_owned()),
    }
}

fn damaged(path: &Path, why: &str) -> Failure {
    Failure::Damaged {
        message: format!("`{}` cannot be read: {why}", path.display()),
        hint: Some(COLLECT_AGAIN.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{ParquetWriter, df};

    use super::*;

    #[test]
    fn a_column_is_constant_if_all_rows_that_have_a_value_share_it() {
        let rows = 0..600;
        let late: Vec<i64> = rows.clone().map(|row| i64::from(row == 599)).collect();
        let same: Vec<Option<&str>> =
            rows.clone().map(|row| (row % 2 == 0).then_some("x")).collect();
        let nan: Vec<f64> = rows.clone().map(|_| f64::NAN).collect();
        let on: Vec<bool> = rows.map(|_| true).collect();
        let mut frame = df!("late" => late, "same" => same, "nan" => nan, "on" => on).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        ParquetWriter::new(file.reopen().unwrap()).finish(&mut frame).unwrap();
        let table = ParquetFile::open(file.path()).unwrap();
        let found = table.constants(&["late", "same", "nan", "on"]);
        let [("same", same), ("on", on)] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(same.value, Scalar::Text("x".to_owned()));
        assert_eq!(same.present.as_deref().unwrap()[..3], [true, false, true]);
        assert_eq!(*on, Constant { value: Scalar::Truth(true), present: None });
    }
}
