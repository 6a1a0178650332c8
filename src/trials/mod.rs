//! Trials: one typed record of a job, for all who read results.
//!
//! This room alone reads what was sampled and how a job ended, and evaluates the values that it is ranked by; the report, the status and whoever chooses the next jobs use the same code.
//!
//! - `trial`: the records of a sweep ([`Trials::read`]), from `sweep.parquet` and `sampled.jsonl`,
//! - `table`: the columns of `sweep.parquet`,
//! - `columns`: what metrics are evaluated over, be it a table or the cells of a collect under way,
//! - `metric`: metrics by name, pycls's shortcuts among them,
//! - `objective`: what jobs are ranked by; `error`: pycls's, where the config names none,
//! - `candidates`: what jobs could be ranked by, where no objective is named,
//! - `goal_guess`: whether a metric is good when it is large, guessed by its name,
//! - `sampled`: the sampled values and the file that setup writes,
//! - `value`: one such value.
//!
//! It draws, prints and ranks nothing, and needs no data-frame library.

mod candidates;
mod columns;
mod error;
mod goal_guess;
mod metric;
mod objective;
mod sampled;
mod table;
mod trial;
mod value;

pub(crate) use candidates::ObjectiveCandidate;
pub use columns::{ColumnSource, ColumnValues, finite};
pub(crate) use goal_guess::guess_goal;
pub use metric::{MeasureUnit, Metric, MetricProblem, ValueSpacing, WIDE, nearest};
pub use objective::{Objective, objective_columns, objective_paths};
pub(crate) use sampled::TypedPairs;
pub use sampled::{
    SampledRow, SampledValues, SentenceParser, TypedJson, truncate_lines, write_line,
};
pub use table::TrialTable;
pub use trial::{Trial, Trials, check_collected};
pub use value::CellValue;
