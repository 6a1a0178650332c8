//! Columns of nullable values to a Parquet file.
//!
//! The bytes depend on the values alone: no time, no host, no version of the writing library.

use std::fs::File;
use std::io;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type as SchemaType;

/// The author that the files name; a new text means new bytes for all who compare them.
const CREATED_BY: &str = "sweepkit";

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Int,
    Double,
    Bool,
    Text,
}

/// Values of which some are missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Nullable<T> {
    values: Vec<T>,
    /// 1 where there is a value, 0 where it is missing (Parquet's definition levels).
    levels: Vec<i16>,
}

impl<T> Nullable<T> {
    pub(crate) fn push(&mut self, value: Option<T>) {
        self.levels.push(i16::from(value.is_some()));
        self.values.extend(value);
    }

    pub(crate) fn push_missing(&mut self, times: usize) {
        self.levels.resize(self.levels.len() + times, 0);
    }

    pub(crate) fn append(&mut self, other: &Self)
    where
        T: Clone,
    {
        self.values.extend_from_slice(&other.values);
        self.levels.extend_from_slice(&other.levels);
    }

    /// True if and only if no value is there.
    pub(crate) fn is_missing(&self) -> bool {
        self.values.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.levels.len()
    }
}

impl<T> FromIterator<Option<T>> for Nullable<T> {
    fn from_iter<I: IntoIterator<Item = Option<T>>>(items: I) -> Self {
        let mut nullable = Self { values: Vec::new(), levels: Vec::new() };
        items.into_iter().for_each(|item| nullable.push(item));
        nullable
    }
}

/// The values of one column in one row group.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Chunk {
    Int(Nullable<i64>),
    Double(Nullable<f64>),
    Bool(Nullable<bool>),
    Text(Nullable<ByteArray>),
}

/// Writes a table: its schema, then one row group after another.
pub(crate) fn write(
    file: &mut File,
    schema: &[(String, Type)],
    groups: impl Iterator<Item = Vec<Chunk>>,
) -> io::Result<()> {
    write_groups(file, schema, groups).map_err(io::Error::other)
}

fn write_groups(
    file: &mut File,
    schema: &[(String, Type)],
    groups: impl Iterator<Item = Vec<Chunk>>,
) -> Result<()> {
    let properties = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .build();
    let mut writer =
        SerializedFileWriter::new(file, Arc::new(message(schema)?), Arc::new(properties))?;
    for group in groups {
        let mut row_group = writer.next_row_group()?;
        for chunk in &group {
            let mut column = row_group.next_column()?.ok_or_else(too_many_columns)?;
            match chunk {
                Chunk::Int(data) => write_column::<Int64Type>(&mut column, data)?,
                Chunk::Double(data) => write_column::<DoubleType>(&mut column, data)?,
                Chunk::Bool(data) => write_column::<BoolType>(&mut column, data)?,
                Chunk::Text(data) => write_column::<ByteArrayType>(&mut column, data)?,
            }
            column.close()?;
        }
        row_group.close()?;
    }
    writer.close()?;
    Ok(())
}

fn too_many_columns() -> ParquetError {
    ParquetError::General("a row group has more columns than the schema".to_owned())
}

fn write_column<T: DataType>(
    column: &mut SerializedColumnWriter<'_>,
    data: &Nullable<T::T>,
) -> Result<()> {
    column.typed::<T>().write_batch(&data.values, Some(&data.levels), None)?;
    Ok(())
}

fn message(schema: &[(String, Type)]) -> Result<SchemaType> {
    let fields = schema.iter().map(|(name, kind)| {
        let (physical, logical) = match kind {
            Type::Int => (PhysicalType::INT64, None),
            Type::Double => (PhysicalType::DOUBLE, None),
            Type::Bool => (PhysicalType::BOOLEAN, None),
            Type::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
        };
        SchemaType::primitive_type_builder(name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build()
            .map(Arc::new)
    });
    let fields = fields.collect::<Result<Vec<_>>>()?;
    SchemaType::group_type_builder("sweep").with_fields(fields).build()
}
