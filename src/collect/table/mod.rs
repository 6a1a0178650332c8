//! The flat tables, `sweep.parquet` and `curves.parquet`, with the columns of
//! [`sweep_config::table`].
//!
//! Written with the plain `parquet` crate: a frame library would be nine tenths of the build.

mod cells;
mod columns;
pub(crate) mod curves;
mod file;

pub(crate) use cells::{flat_defaults, push_config, push_defaults, push_log};
pub(crate) use columns::{Cells, Column, Columns, Part, chunk, kinds, schema};
pub(crate) use file::{Chunk, Encoded, OldTable, Piece, Spill, Spilt, Table, Type, encode};
use sweep_config::table as name;

/// The columns that every `sweep.parquet` has, in the order of the file.
pub(crate) const FACTS: [(&str, Type); 17] = [
    (name::JOB, Type::Int),
    (name::STATE, Type::Text),
    (name::SAMPLED, Type::Text),
    (name::CONFIG, Type::Int),
    (name::ATTEMPTS, Type::Int),
    (name::HOST, Type::Text),
    (name::STARTED, Type::Text),
    (name::ENDED, Type::Text),
    (name::SECONDS, Type::Double),
    (name::EXIT_CODE, Type::Int),
    (name::SIGNAL, Type::Int),
    (name::REASON, Type::Text),
    (name::ERROR_LINE, Type::Text),
    (name::CAUSE, Type::Text),
    (name::DIVERGED, Type::Bool),
    (name::EPOCH_IND, Type::Int),
    (name::EPOCH_MAX, Type::Int),
];
