//! Writes columns of nullable values to a Parquet file, and reads them back.
//!
//! The bytes depend on the values alone: no time, no host, no version of the writing library. A column
//! of a row group is encoded by itself ([`encode`]), wherever and whenever; a file is put together from
//! such pieces, be they new or copied from an older file ([`TableWriter`]), and nobody can tell which.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as PhysicalType};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::column::writer::{ColumnCloseResult, ColumnWriter, get_column_writer};
use parquet::data_type::DataType;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{ChunkReader, FileReader, Length, SerializedFileReader};
use parquet::file::serialized_reader::ReadOptionsBuilder;
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use parquet::schema::types::{ColumnDescriptor, ColumnPath, Type as SchemaType};

use super::values::{ColumnChunk, ColumnType, NullableColumn};

/// The author that the files name; a new text means new bytes for all who compare them.
const CREATED_BY: &str = "sweepkit";

/// A column of a row group as it stands in a file.
pub(crate) struct EncodedColumn {
    pub(crate) bytes: Vec<u8>,
    close: ColumnCloseResult,
}

/// Encodes a column of a row group.
pub(crate) fn encode(name: &str, chunk: &ColumnChunk) -> io::Result<EncodedColumn> {
    encode_chunk(name, chunk).map_err(io::Error::other)
}

fn encode_chunk(name: &str, chunk: &ColumnChunk) -> Result<EncodedColumn> {
    let field = Arc::new(field(name, chunk.kind())?);
    let path = ColumnPath::new(vec![name.to_owned()]);
    let column = Arc::new(ColumnDescriptor::new(field, 1, 0, path));
    let mut sink = TrackedWrite::new(Vec::new());
    let pages = Box::new(SerializedPageWriter::new(&mut sink));
    let mut writer = get_column_writer(column, Arc::new(properties_of(chunk.kind())), pages);
    match (&mut writer, chunk) {
        (ColumnWriter::Int64ColumnWriter(writer), ColumnChunk::Int(data)) => {
            writer.write_batch(&data.values, Some(&data.levels), None)?
        }
        (ColumnWriter::DoubleColumnWriter(writer), ColumnChunk::Double(data)) => {
            writer.write_batch(&data.values, Some(&data.levels), None)?
        }
        (ColumnWriter::BoolColumnWriter(writer), ColumnChunk::Bool(data)) => {
            writer.write_batch(&data.values, Some(&data.levels), None)?
        }
        (ColumnWriter::ByteArrayColumnWriter(writer), ColumnChunk::Text(data)) => {
            writer.write_batch(&data.values, Some(&data.levels), None)?
        }
        _ => return Err(ParquetError::General("a column of another type".to_owned())),
    };
    let close = writer.close()?;
    Ok(EncodedColumn { bytes: sink.into_inner()?, close })
}

/// Returns how a column is encoded: measured numbers hardly repeat, so that a dictionary of them is large and
/// slow, while their bytes of one place compress.
fn properties_of(kind: ColumnType) -> WriterProperties {
    let properties = properties().into_builder();
    match kind {
        ColumnType::Double => properties
            .set_dictionary_enabled(false)
            .set_encoding(Encoding::BYTE_STREAM_SPLIT)
            .build(),
        _ => properties.build(),
    }
}

fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::SNAPPY)
        // What a reader gives back of them is not all that a writer puts there.
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .build()
}

/// A column of a row group, wherever it stands.
pub(crate) enum ColumnPiece<'a> {
    /// A column in memory.
    New(&'a EncodedColumn),
    /// A column in a [`SpillFile`].
    Spilt(&'a SpiltColumn),
    /// A column of an older file: the number of its row group and of its column.
    Old(&'a OldTable, usize, usize),
}

/// A file that pieces wait in until the schema is known.
pub(crate) struct SpillFile {
    file: File,
    len: u64,
}

/// A piece in a [`SpillFile`].
pub(crate) struct SpiltColumn {
    start: u64,
    close: ColumnCloseResult,
}

impl SpillFile {
    pub(crate) fn new(file: File) -> Self {
        Self { file, len: 0 }
    }

    pub(crate) fn add(&mut self, encoded: EncodedColumn) -> io::Result<SpiltColumn> {
        self.file.write_all(&encoded.bytes)?;
        let start = self.len;
        self.len += encoded.bytes.len() as u64;
        Ok(SpiltColumn { start, close: encoded.close })
    }
}

/// A table in the writing.
pub(crate) struct TableWriter<'a, W: Write + Send> {
    writer: SerializedFileWriter<W>,
    spill: Option<&'a SpillFile>,
}

impl<'a, W: Write + Send> TableWriter<'a, W> {
    /// Begins a table of this schema; pieces may come from `spill`.
    pub(crate) fn new(
        out: W,
        schema: &[(String, ColumnType)],
        spill: Option<&'a SpillFile>,
    ) -> io::Result<Self> {
        let make = || -> Result<Self> {
            let fields = schema.iter().map(|(name, kind)| field(name, *kind).map(Arc::new));
            let fields = fields.collect::<Result<Vec<_>>>()?;
            let message = SchemaType::group_type_builder("sweep").with_fields(fields).build()?;
            let writer = SerializedFileWriter::new(out, Arc::new(message), Arc::new(properties()))?;
            Ok(Self { writer, spill })
        };
        make().map_err(io::Error::other)
    }

    /// Adds a row group: a piece for every column.
    pub(crate) fn group<'p>(
        &mut self,
        pieces: impl Iterator<Item = ColumnPiece<'p>>,
    ) -> io::Result<()> {
        let add = || -> Result<()> {
            let mut group = self.writer.next_row_group()?;
            for piece in pieces {
                match piece {
                    ColumnPiece::New(encoded) => {
                        group.append_column(
                            &ByteWindow::Memory(&encoded.bytes),
                            encoded.close.clone(),
                        )?;
                    }
                    ColumnPiece::Spilt(SpiltColumn { start, close }) => {
                        let spill =
                            self.spill.ok_or(ParquetError::General("no spill".to_owned()))?;
                        group
                            .append_column(&ByteWindow::File(&spill.file, *start), close.clone())?;
                    }
                    ColumnPiece::Old(old, group_number, column) => {
                        let meta = old.meta.row_group(group_number).column(column).clone();
                        group.append_column(&ByteWindow::File(&old.file, 0), closed(meta))?;
                    }
                }
            }
            group.close()?;
            Ok(())
        };
        add().map_err(io::Error::other)
    }

    /// Ends the file.
    pub(crate) fn finish(self) -> io::Result<()> {
        self.writer.close().map(drop).map_err(io::Error::other)
    }
}

/// Restores what the writer of a column returned when it was closed.
fn closed(metadata: ColumnChunkMetaData) -> ColumnCloseResult {
    ColumnCloseResult {
        bytes_written: metadata.compressed_size().cast_unsigned(),
        rows_written: metadata.num_values().cast_unsigned(),
        metadata,
        bloom_filter: None,
        column_index: None,
        offset_index: None,
    }
}

/// Bytes that pieces are copied from, from an offset on.
enum ByteWindow<'a> {
    Memory(&'a [u8]),
    File(&'a File, u64),
}

impl Length for ByteWindow<'_> {
    fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(file, start) => {
                file.metadata().map_or(0, |meta| meta.len().saturating_sub(*start))
            }
        }
    }
}

impl ChunkReader for ByteWindow<'_> {
    type T = Box<dyn Read>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        match self {
            Self::Memory(bytes) => {
                let start = usize::try_from(start).unwrap_or(usize::MAX).min(bytes.len());
                Ok(Box::new(io::Cursor::new(bytes[start..].to_vec())))
            }
            Self::File(file, offset) => {
                let mut file = file.try_clone()?;
                file.seek(SeekFrom::Start(offset + start))?;
                Ok(Box::new(file))
            }
        }
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<bytes::Bytes> {
        let mut bytes = vec![0; length];
        self.get_read(start)?.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// A table that an earlier collect wrote.
pub(crate) struct OldTable {
    file: File,
    reader: SerializedFileReader<File>,
    meta: Arc<ParquetMetaData>,
}

impl OldTable {
    /// Opens a table.
    pub(crate) fn open(file: File) -> io::Result<Self> {
        let open = || -> Result<Self> {
            // As they were written, so that a copy is no different from the original.
            let options = ReadOptionsBuilder::new().with_encoding_stats_as_mask(false).build();
            let reader = SerializedFileReader::new_with_options(file.try_clone()?, options)?;
            let meta = Arc::new(reader.metadata().clone());
            Ok(Self { file, reader, meta })
        };
        open().map_err(io::Error::other)
    }

    /// Returns the names of its columns.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        let schema = self.meta.file_metadata().schema_descr();
        schema.columns().iter().map(|column| column.name())
    }

    /// Returns the number of rows of a row group.
    pub(crate) fn rows(&self, group: usize) -> usize {
        usize::try_from(self.meta.row_group(group).num_rows()).unwrap_or(0)
    }

    /// Reads the values of a column of a row group.
    pub(crate) fn chunk(&self, group: usize, column: usize) -> io::Result<ColumnChunk> {
        let rows = self.rows(group);
        let read = || -> Result<ColumnChunk> {
            let group = self.reader.get_row_group(group)?;
            Ok(match group.get_column_reader(column)? {
                ColumnReader::Int64ColumnReader(reader) => {
                    ColumnChunk::Int(read_all(reader, rows)?)
                }
                ColumnReader::DoubleColumnReader(reader) => {
                    ColumnChunk::Double(read_all(reader, rows)?)
                }
                ColumnReader::BoolColumnReader(reader) => {
                    ColumnChunk::Bool(read_all(reader, rows)?)
                }
                ColumnReader::ByteArrayColumnReader(reader) => {
                    ColumnChunk::Text(read_all(reader, rows)?)
                }
                _ => return Err(ParquetError::General("a column of a foreign type".to_owned())),
            })
        };
        read().map_err(io::Error::other)
    }
}

fn read_all<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    rows: usize,
) -> Result<NullableColumn<T::T>> {
    let mut data = NullableColumn { values: Vec::new(), levels: Vec::new() };
    while data.levels.len() < rows {
        let wanted = rows - data.levels.len();
        let (read, ..) =
            reader.read_records(wanted, Some(&mut data.levels), None, &mut data.values)?;
        if read == 0 {
            return Err(ParquetError::EOF("a row group is shorter than it says".to_owned()));
        }
    }
    Ok(data)
}

fn field(name: &str, kind: ColumnType) -> Result<SchemaType> {
    let (physical, logical) = match kind {
        ColumnType::Int => (PhysicalType::INT64, None),
        ColumnType::Double => (PhysicalType::DOUBLE, None),
        ColumnType::Bool => (PhysicalType::BOOLEAN, None),
        ColumnType::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
    };
    SchemaType::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
}
