//! A Parquet file of which columns and rows are read when they are asked for.
//!
//! The callers know what the columns mean. Metadata, pages and compression are read by the `parquet` crate;
//! the values are decoded in `pages`, which says why.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use parquet::basic::{ConvertedType, LogicalType, Type as PhysicalType};
use parquet::errors::Result as ParquetResult;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::schema::types::ColumnDescriptor;
use rayon::prelude::*;
use sweep_config::fs::FsError;

use super::cells::StoredType;
use super::column::{ColumnKind, PlainColumn, ScalarValue, SharedValue};
use super::pages::{self, CellSink, ChunkBytes, EncodedChunk};
use super::sinks::{InfinitySink, NumberSink, SharedSink, TextSink, ValueSink};
use crate::app::Failure;

/// The advice against damage.
pub const COLLECT_AGAIN: &str = "run sweep_collect again to rewrite the file";

/// Room that is made for values before any was seen: what a damaged file says of itself may be anything.
const MOST_RESERVED: usize = 1 << 20;

/// An open file whose metadata were read. It stays the same file when a collect puts a new one in its place.
#[derive(Debug)]
pub struct ParquetFile {
    path: PathBuf,
    file: File,
    metadata: ParquetMetaData,
    rows: usize,
    columns: BTreeMap<String, ColumnPlace>,
    damage: Mutex<BTreeSet<String>>,
}

/// A column: its number in the file, and how its values are stored.
#[derive(Debug, Clone, Copy)]
struct ColumnPlace {
    at: usize,
    stored: StoredType,
}

impl ParquetFile {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// When it is no Parquet file that can be read.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|e| FsError::new("read", path, e))?;
        let read = || {
            let metadata = ParquetMetaDataReader::new().parse_and_finish(&file)?;
            let groups = metadata.row_groups().iter();
            let rows = groups.map(|group| Ok(usize::try_from(group.num_rows())?));
            let rows = rows.sum::<ParquetResult<usize>>()?;
            Ok((metadata, rows))
        };
        let (metadata, rows) =
            read().map_err(|why: parquet::errors::ParquetError| damaged(path, &why.to_string()))?;
        let columns = metadata.file_metadata().schema_descr().columns().iter().enumerate();
        let columns = columns.filter_map(|(at, column)| {
            let stored = stored(column)?;
            Some((column.name().to_owned(), ColumnPlace { at, stored }))
        });
        let columns = columns.collect();
        Ok(Self { path: path.to_owned(), file, metadata, rows, columns, damage: Mutex::default() })
    }

    /// Returns the number of its rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Returns the names of its columns of numbers and of texts, sorted; collect writes no others.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(String::as_str)
    }

    /// Returns the type of a column; `None` if the column does not exist.
    pub fn kind(&self, name: &str) -> Option<ColumnKind> {
        Some(match self.columns.get(name)?.stored {
            StoredType::Bool => ColumnKind::Truths,
            StoredType::Text => ColumnKind::Texts,
            _ => ColumnKind::Numbers,
        })
    }

    /// Returns the name of a column that holds neither numbers nor truth values nor texts, if there is one.
    pub fn foreign(&self) -> Option<String> {
        let columns = self.metadata.file_metadata().schema_descr().columns().iter();
        let mut foreign = columns.filter(|column| stored(column).is_none());
        foreign.next().map(|column| column.path().parts().first().cloned().unwrap_or_default())
    }

    /// Returns the names of its columns in the order of the file.
    pub fn names_in_order(&self) -> Vec<&str> {
        let mut columns: Vec<_> = self.columns.iter().collect();
        columns.sort_by_key(|(_, column)| column.at);
        columns.into_iter().map(|(name, _)| name.as_str()).collect()
    }

    /// True if and only if a column holds whole numbers.
    pub fn is_whole(&self, name: &str) -> bool {
        let whole = [StoredType::Int32, StoredType::UInt32, StoredType::Int64, StoredType::UInt64];
        self.columns.get(name).is_some_and(|column| whole.contains(&column.stored))
    }

    /// Returns the values of a column as they are; a whole number of more than 53 bits is rounded.
    ///
    /// # Errors
    ///
    /// When there is no such column, or its data are damaged.
    pub fn values(&self, name: &str) -> Result<Vec<Option<ScalarValue>>, Failure> {
        let mut sink = ValueSink(Vec::with_capacity(self.rows.min(MOST_RESERVED)));
        self.scan(name, &(0..self.rows), &mut sink)?;
        Ok(sink.0)
    }

    /// Reads some rows of some columns, in the order in which their names are given.
    ///
    /// # Errors
    ///
    /// When the column does not exist, or its data are damaged: [`ParquetFile::damage`] tells of it from then on.
    pub fn read(&self, names: &[&str], rows: &Range<usize>) -> Result<Vec<PlainColumn>, Failure> {
        names.iter().map(|name| self.read_one(name, rows)).collect()
    }

    fn read_one(&self, name: &str, rows: &Range<usize>) -> Result<PlainColumn, Failure> {
        let reserved = rows.len().min(MOST_RESERVED);
        if self.kind(name) == Some(ColumnKind::Texts) {
            let mut texts = TextSink(Vec::with_capacity(reserved));
            self.scan(name, rows, &mut texts)?;
            return Ok(PlainColumn::Texts(texts.0));
        }
        let mut numbers = NumberSink(Vec::with_capacity(reserved));
        self.scan(name, rows, &mut numbers)?;
        Ok(PlainColumn::Numbers(numbers.0))
    }

    /// Returns the infinities of a column, which [`ParquetFile::read`] takes for missing; all else is missing here.
    ///
    /// # Errors
    ///
    /// When there is no such column, or its data are damaged.
    pub fn infinities(&self, name: &str) -> Result<Vec<Option<f64>>, Failure> {
        let mut sink = InfinitySink(Vec::with_capacity(self.rows.min(MOST_RESERVED)));
        self.scan(name, &(0..self.rows), &mut sink)?;
        Ok(sink.0)
    }

    /// Returns the value that all rows share that have any, for each of these columns that has such a value. A column that is damaged has none, and [`ParquetFile::damage`] tells of it from then on.
    pub fn shared_values<'n>(&self, names: &[&'n str]) -> Vec<(&'n str, SharedValue)> {
        let shared = |name: &&'n str| {
            let mut sink = SharedSink::default();
            self.scan(name, &(0..self.rows), &mut sink).ok()?;
            Some((*name, sink.finish()?))
        };
        names.par_iter().filter_map(shared).collect()
    }

    /// Returns the sentences that say what was asked for and cannot be read.
    pub fn damage(&self) -> Vec<String> {
        let damage = self.damage.lock().unwrap_or_else(PoisonError::into_inner);
        damage.iter().cloned().collect()
    }

    /// Puts the cells of some rows of a column into a sink, and notes damage.
    fn scan(
        &self,
        name: &str,
        rows: &Range<usize>,
        sink: &mut impl CellSink,
    ) -> Result<(), Failure> {
        self.decode(name, rows, sink).map_err(|why| {
            let failure = damaged(&self.path, &format!("{why} (in {name})"));
            let mut damage = self.damage.lock().unwrap_or_else(PoisonError::into_inner);
            damage.insert(format!("{failure}."));
            failure
        })
    }

    fn decode(
        &self,
        name: &str,
        rows: &Range<usize>,
        sink: &mut impl CellSink,
    ) -> ParquetResult<()> {
        let missing = || parquet::errors::ParquetError::General("the column does not exist".into());
        let column = *self.columns.get(name).ok_or_else(missing)?;
        let mut first = 0;
        for group in self.metadata.row_groups() {
            let group_rows = usize::try_from(group.num_rows())?;
            let end = first + group_rows;
            if first < rows.end && rows.start < end {
                let metadata = group.columns().get(column.at).ok_or_else(missing)?;
                let (start, length) = pages::place(metadata)?;
                let bytes = self.bytes(start, length)?;
                let chunk = EncodedChunk { metadata, stored: column.stored, rows: group_rows };
                let asked = rows.start.saturating_sub(first)..rows.end.min(end) - first;
                chunk.decode(ChunkBytes { start, bytes }, &asked, sink)?;
            }
            first = end;
            if first >= rows.end || sink.is_full() {
                break;
            }
        }
        Ok(())
    }

    fn bytes(&self, start: u64, length: usize) -> ParquetResult<bytes::Bytes> {
        let end = start.checked_add(length as u64);
        if end.is_none_or(|end| self.file.metadata().is_ok_and(|file| file.len() < end)) {
            return Err(parquet::errors::ParquetError::EOF("its data is truncated".to_owned()));
        }
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, start)?;
        Ok(bytes.into())
    }
}

/// Returns how a column is stored; `None` if it holds neither numbers nor truth values nor texts.
fn stored(column: &ColumnDescriptor) -> Option<StoredType> {
    if column.path().parts().len() > 1 || column.max_rep_level() > 0 {
        return None;
    }
    let is_number = |stored| match (column.logical_type_ref(), column.converted_type()) {
        (None | Some(LogicalType::Integer { .. }), kind) => match kind {
            ConvertedType::DECIMAL
            | ConvertedType::DATE
            | ConvertedType::TIME_MILLIS
            | ConvertedType::TIME_MICROS
            | ConvertedType::TIMESTAMP_MILLIS
            | ConvertedType::TIMESTAMP_MICROS => None,
            _ => Some(stored),
        },
        _ => None,
    };
    let is_unsigned = matches!(
        column.converted_type(),
        ConvertedType::UINT_8
            | ConvertedType::UINT_16
            | ConvertedType::UINT_32
            | ConvertedType::UINT_64
    );
    match column.physical_type() {
        PhysicalType::BOOLEAN => Some(StoredType::Bool),
        PhysicalType::INT32 if is_unsigned => is_number(StoredType::UInt32),
        PhysicalType::INT32 => is_number(StoredType::Int32),
        PhysicalType::INT64 if is_unsigned => is_number(StoredType::UInt64),
        PhysicalType::INT64 => is_number(StoredType::Int64),
        PhysicalType::FLOAT => Some(StoredType::Float),
        PhysicalType::DOUBLE => Some(StoredType::Double),
        PhysicalType::BYTE_ARRAY => {
            let is_text = matches!(column.logical_type_ref(), Some(LogicalType::String))
                || column.converted_type() == ConvertedType::UTF8;
            is_text.then_some(StoredType::Text)
        }
        PhysicalType::INT96 | PhysicalType::FIXED_LEN_BYTE_ARRAY => None,
    }
}

fn damaged(path: &Path, why: &str) -> Failure {
    Failure::Damaged {
        message: format!("`{}` cannot be read: {why}", path.display()),
        hint: Some(COLLECT_AGAIN.to_owned()),
    }
}
