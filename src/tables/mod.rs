//! Parquet files, of which columns and rows are read when they are asked for.
//!
//! This is the one reader of `sweep.parquet` and `curves.parquet` besides collect's, which copies what it wrote itself. A
//! damaged file is an error here, never a panic.
//!
//! - `parquet_file`: an open file,
//! - `column`: the values of a column,
//! - `pages`, `cells`, `hybrid`: the decoders of pages, their values, and their run lengths,
//! - `sinks`: what is made of the cells.
//!
//! It knows no column by name: what they mean is the business of those who ask.

mod cells;
mod column;
mod hybrid;
mod pages;
mod parquet_file;
mod sinks;

pub use column::{ColumnKind, PlainColumn, ScalarValue, SharedValue, job_id};
pub use parquet_file::{COLLECT_AGAIN, ParquetFile};

#[cfg(test)]
mod tests;
