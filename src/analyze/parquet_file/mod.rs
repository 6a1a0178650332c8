//! A Parquet file of which columns and rows are read when they are asked for.
//!
//! What the columns mean is the business of those who ask. Metadata, pages and compression are the `parquet`
//! crate's; the values are decoded in [`pages`], which says why.

mod cells;
mod hybrid;
mod pages;

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

use super::column::{ColumnKind, ColumnValues, ScalarValue, SharedValue};
use crate::app::Failure;
use cells::{Cell, StoredType};
use pages::{CellSink, ChunkBytes, ColumnChunk};

/// The advice against damage.
pub(super) const COLLECT_AGAIN: &str = "run sweep_collect again: it writes the file anew";

/// Room that is made for values before any was seen: what a damaged file says of itself may be anything.
const MOST_RESERVED: usize = 1 << 20;

/// An open file whose metadata were read. It stays the same file when a collect puts a new one in its place.
#[derive(Debug)]
pub(super) struct ParquetFile {
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
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
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

    /// The number of its rows.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The names of its columns of numbers and of texts, sorted; collect writes no others.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(String::as_str)
    }

    /// The type of a column; `None` if there is no such column.
    pub(super) fn kind(&self, name: &str) -> Option<ColumnKind> {
        Some(match self.columns.get(name)?.stored {
            StoredType::Bool => ColumnKind::Truths,
            StoredType::Text => ColumnKind::Texts,
            _ => ColumnKind::Numbers,
        })
    }

    /// Some rows of some columns, in the order in which their names are given.
    ///
    /// # Errors
    ///
    /// When there is no such column, or its data are damaged: [`ParquetFile::damage`] tells of it from then on.
    pub(super) fn read(
        &self,
        names: &[&str],
        rows: &Range<usize>,
    ) -> Result<Vec<ColumnValues>, Failure> {
        names.iter().map(|name| self.read_one(name, rows)).collect()
    }

    fn read_one(&self, name: &str, rows: &Range<usize>) -> Result<ColumnValues, Failure> {
        let reserved = rows.len().min(MOST_RESERVED);
        if self.kind(name) == Some(ColumnKind::Texts) {
            let mut texts = TextSink(Vec::with_capacity(reserved));
            self.scan(name, rows, &mut texts)?;
            return Ok(ColumnValues::Texts(texts.0));
        }
        let mut numbers = NumberSink(Vec::with_capacity(reserved));
        self.scan(name, rows, &mut numbers)?;
        Ok(ColumnValues::Numbers(numbers.0))
    }

    /// The value that all rows share that have any, for each of these columns that has such a value. A column
    /// that is damaged has none, and [`ParquetFile::damage`] tells of it from then on.
    pub(super) fn shared_values<'n>(&self, names: &[&'n str]) -> Vec<(&'n str, SharedValue)> {
        let shared = |name: &&'n str| {
            let mut sink = SharedSink::default();
            self.scan(name, &(0..self.rows), &mut sink).ok()?;
            Some((*name, sink.finish()?))
        };
        names.par_iter().filter_map(shared).collect()
    }

    /// What was asked for and could not be read, in sentences.
    pub(super) fn damage(&self) -> Vec<String> {
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
        let missing = || parquet::errors::ParquetError::General("there is no such column".into());
        let column = *self.columns.get(name).ok_or_else(missing)?;
        let mut first = 0;
        for group in self.metadata.row_groups() {
            let group_rows = usize::try_from(group.num_rows())?;
            let end = first + group_rows;
            if first < rows.end && rows.start < end {
                let metadata = group.columns().get(column.at).ok_or_else(missing)?;
                let (start, length) = pages::place(metadata)?;
                let bytes = self.bytes(start, length)?;
                let chunk = ColumnChunk { metadata, stored: column.stored, rows: group_rows };
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
            return Err(parquet::errors::ParquetError::EOF("its data are cut off".to_owned()));
        }
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, start)?;
        Ok(bytes.into())
    }
}

/// How a column is stored; `None` if it holds neither numbers nor truth values nor texts.
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

/// A number as columns have it: infinities and not-a-numbers, which nothing can be drawn by, are missing, and
/// a negative zero is a zero.
fn tidy(number: f64) -> Option<f64> {
    number.is_finite().then_some(number + 0.0)
}

struct NumberSink(Vec<Option<f64>>);

impl CellSink for NumberSink {
    fn put(&mut self, cell: Option<Cell<'_>>, times: usize) {
        let number = match cell {
            Some(Cell::Number(number)) => tidy(number),
            Some(Cell::Truth(truth)) => Some(f64::from(u8::from(truth))),
            Some(Cell::Text(_)) | None => None,
        };
        self.0.extend(std::iter::repeat_n(number, times));
    }
}

struct TextSink(Vec<Option<String>>);

impl CellSink for TextSink {
    fn put(&mut self, cell: Option<Cell<'_>>, times: usize) {
        let text = match cell {
            Some(Cell::Text(text)) => Some(text),
            _ => None,
        };
        self.0.extend(std::iter::repeat_n(text, times).map(|text| text.map(str::to_owned)));
    }
}

/// Finds the value that all rows share.
#[derive(Default)]
struct SharedSink {
    value: Option<ScalarValue>,
    /// How many rows follow each other that have it, or lack it.
    runs: Vec<(bool, usize)>,
    has_several: bool,
}

impl SharedSink {
    fn finish(self) -> Option<SharedValue> {
        let value = self.value.filter(|_| !self.has_several)?;
        let is_everywhere = self.runs.iter().all(|(is, _)| *is);
        let rows = || self.runs.iter().flat_map(|&(is, n)| std::iter::repeat_n(is, n)).collect();
        Some(SharedValue { value, present: (!is_everywhere).then(rows) })
    }
}

impl CellSink for SharedSink {
    fn put(&mut self, cell: Option<Cell<'_>>, times: usize) {
        let cell = cell.and_then(|cell| match cell {
            Cell::Number(number) => tidy(number).map(Cell::Number),
            cell => Some(cell),
        });
        match (&self.value, cell) {
            (_, None) => {}
            (None, Some(Cell::Number(number))) => self.value = Some(ScalarValue::Number(number)),
            (None, Some(Cell::Truth(truth))) => self.value = Some(ScalarValue::Truth(truth)),
            (None, Some(Cell::Text(text))) => self.value = Some(ScalarValue::Text(text.to_owned())),
            (Some(ScalarValue::Number(known)), Some(Cell::Number(number))) => {
                self.has_several |= *known != number;
            }
            (Some(ScalarValue::Truth(known)), Some(Cell::Truth(truth))) => {
                self.has_several |= *known != truth;
            }
            (Some(ScalarValue::Text(known)), Some(Cell::Text(text))) => {
                self.has_several |= known != text;
            }
            // A column has one type.
            (Some(_), Some(_)) => self.has_several = true,
        }
        match self.runs.last_mut() {
            Some((is, n)) if *is == cell.is_some() => *n += times,
            _ => self.runs.push((cell.is_some(), times)),
        }
    }

    fn is_full(&self) -> bool {
        self.has_several
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
    use std::sync::Arc;

    use parquet::basic::{Compression, Encoding, Repetition};
    use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
    use parquet::file::properties::{WriterProperties, WriterVersion};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::types::Type as SchemaType;
    use proptest::prelude::*;

    use super::*;

    /// The rows of a row group.
    const GROUP: usize = 300;

    /// A table of 600 rows: numbers, numbers of which the last one differs, texts that every other row has,
    /// truth values, and numbers that are none.
    fn table(properties: &WriterProperties) -> Vec<u8> {
        let column = |name: &str, kind, logical| {
            let column = SchemaType::primitive_type_builder(name, kind)
                .with_repetition(Repetition::OPTIONAL)
                .with_logical_type(logical);
            Arc::new(column.build().unwrap())
        };
        let columns = vec![
            column("number", PhysicalType::DOUBLE, None),
            column("late", PhysicalType::INT64, None),
            column("same", PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
            column("on", PhysicalType::BOOLEAN, None),
            column("nan", PhysicalType::DOUBLE, None),
        ];
        let schema = SchemaType::group_type_builder("rows").with_fields(columns).build().unwrap();
        let properties = Arc::new(properties.clone());
        let mut writer =
            SerializedFileWriter::new(Vec::new(), Arc::new(schema), properties).unwrap();
        for first in [0, GROUP] {
            let rows = first..first + GROUP;
            let numbers: Vec<f64> = rows.clone().map(|row| 0.1 * f64::from(u16::try_from(row).unwrap())).collect();
            let late: Vec<i64> = rows.clone().map(|row| i64::from(row == 599)).collect();
            let same = vec![ByteArray::from("x"); GROUP / 2];
            let levels: Vec<i16> = rows.map(|row| i16::from(row % 2 == 0)).collect();
            let all = [1; GROUP];
            let mut group = writer.next_row_group().unwrap();
            macro_rules! write {
                ($kind:ty, $values:expr, $levels:expr) => {
                    let mut column = group.next_column().unwrap().unwrap();
                    column.typed::<$kind>().write_batch($values, Some($levels), None).unwrap();
                    column.close().unwrap();
                };
            }
            write!(DoubleType, &numbers, &all);
            write!(Int64Type, &late, &all);
            write!(ByteArrayType, &same, &levels);
            write!(BoolType, &[true; GROUP], &all);
            write!(DoubleType, &[f64::NAN; GROUP], &all);
            group.close().unwrap();
        }
        writer.into_inner().unwrap()
    }

    fn open(bytes: &[u8]) -> Result<(tempfile::NamedTempFile, ParquetFile), Failure> {
        let file = tempfile::NamedTempFile::new().unwrap();
        sweep_config::fs::write_atomic(file.path(), bytes).unwrap();
        let table = ParquetFile::open(file.path())?;
        Ok((file, table))
    }

    /// The ways in which tables are written: by collect, and by others.
    fn ways() -> [WriterProperties; 4] {
        let way = || WriterProperties::builder().set_compression(Compression::SNAPPY);
        let split = way().set_dictionary_enabled(false);
        let columns = ["number", "nan"].map(|name| vec![name.to_owned()].into());
        let split = columns.into_iter().fold(split, |split, column| {
            split.set_column_encoding(column, Encoding::BYTE_STREAM_SPLIT)
        });
        [
            way().build(),
            split.build(),
            way().set_writer_version(WriterVersion::PARQUET_2_0).build(),
            way().set_dictionary_enabled(false).set_data_page_row_count_limit(70).build(),
        ]
    }

    #[test]
    fn values_are_read_as_they_were_written_whatever_their_encoding() {
        for way in ways() {
            let (_file, table) = open(&table(&way)).unwrap();
            let columns = table.read(&["number", "same", "on", "nan"], &(298..302)).unwrap();
            let numbers = [298, 299, 300, 301].map(|row| Some(0.1 * f64::from(row)));
            let texts = [Some("x".to_owned()), None, Some("x".to_owned()), None];
            assert_eq!(columns[0], ColumnValues::Numbers(numbers.to_vec()));
            assert_eq!(columns[1], ColumnValues::Texts(texts.to_vec()));
            assert_eq!(columns[2], ColumnValues::Numbers(vec![Some(1.0); 4]));
            assert_eq!(columns[3], ColumnValues::Numbers(vec![None; 4]));
            assert!(table.read(&["colour"], &(0..1)).is_err());
        }
    }

    #[test]
    fn a_value_is_shared_if_all_rows_that_have_a_value_have_it() {
        for way in ways() {
            let (_file, table) = open(&table(&way)).unwrap();
            let found = table.shared_values(&["late", "same", "nan", "on"]);
            let [("same", same), ("on", on)] = found.as_slice() else { panic!("{found:?}") };
            assert_eq!(same.value, ScalarValue::Text("x".to_owned()));
            assert_eq!(same.present.as_deref().unwrap()[..3], [true, false, true]);
            assert_eq!(*on, SharedValue { value: ScalarValue::Truth(true), present: None });
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn a_damaged_file_is_read_or_refused_and_never_panics(
            way in 0usize..4,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
            cut in prop::option::weighted(0.1, any::<prop::sample::Index>()),
        ) {
            let mut bytes = table(&ways()[way]);
            for (at, byte) in flips {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            let Ok((_file, table)) = open(&bytes) else { return Ok(()) };
            let names: Vec<&str> = table.names().collect();
            for name in &names {
                if let Ok(column) = table.read(&[name], &(0..table.rows().min(10_000))) {
                    let [column] = column.as_slice() else { panic!("one column") };
                    let rows = match column {
                        ColumnValues::Numbers(numbers) => numbers.len(),
                        ColumnValues::Texts(texts) => texts.len(),
                    };
                    prop_assert_eq!(rows, table.rows().min(10_000));
                }
            }
            table.shared_values(&names);
        }
    }
}
