//! The flat tables, `sweep.parquet` and `curves.parquet`, with the columns of
//! [`sweep_config::table`].
//!
//! Written with the plain `parquet` crate: a frame library would be nine tenths of the build.

mod cells;
mod columns;
pub(crate) mod curves;
mod file;
mod row;
mod values;

pub(crate) use cells::{flat_defaults, push_config, push_defaults, push_log};
pub(crate) use columns::{
    ColumnCollector, ColumnPart, TableColumn, chunk, kinds, number_columns, schema,
};
pub(crate) use file::{
    ColumnPiece, EncodedColumn, OldTable, SpillFile, SpiltColumn, TableWriter, encode,
};
pub(crate) use row::{ColumnNames, JobRow};
use sweep_config::table as name;
pub(crate) use values::{ColumnChunk, ColumnType};

/// The columns that every `sweep.parquet` has, in the order of the file.
pub(crate) const FACTS: [(&str, ColumnType); 17] = [
    (name::JOB, ColumnType::Int),
    (name::STATE, ColumnType::Text),
    (name::SAMPLED, ColumnType::Text),
    (name::CONFIG, ColumnType::Int),
    (name::ATTEMPTS, ColumnType::Int),
    (name::HOST, ColumnType::Text),
    (name::STARTED, ColumnType::Text),
    (name::ENDED, ColumnType::Text),
    (name::SECONDS, ColumnType::Double),
    (name::EXIT_CODE, ColumnType::Int),
    (name::SIGNAL, ColumnType::Int),
    (name::REASON, ColumnType::Text),
    (name::ERROR_LINE, ColumnType::Text),
    (name::CAUSE, ColumnType::Text),
    (name::DIVERGED, ColumnType::Bool),
    (name::EPOCH_IND, ColumnType::Int),
    (name::EPOCH_MAX, ColumnType::Int),
];
