//! The flat tables, `sweep.parquet` and `curves.parquet`, with the columns of
//! [`sweep_config::table`].
//!
//! Written with the plain `parquet` crate: a frame library would be nine tenths of the build.

mod cells;
mod columns;
pub(crate) mod curves;
mod file;

use std::fs::File;
use std::io;

pub(crate) use cells::{push_config, push_log};
pub(crate) use columns::{Cells, Columns};
use file::Type;
use sweep_config::table as name;

/// The columns that every `sweep.parquet` has, in the order of the file.
const FACTS: [(&str, Type); 15] = [
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
    (name::EPOCH_IND, Type::Int),
    (name::EPOCH_MAX, Type::Int),
];

/// A table of jobs without rows.
pub(crate) fn jobs() -> Columns {
    Columns::new(&FACTS)
}

/// Writes `sweep.parquet`.
pub(crate) fn write_jobs(out: &mut File, jobs: Columns) -> io::Result<()> {
    let (schema, chunks) = jobs.finish();
    file::write(out, &schema, std::iter::once(chunks))
}
