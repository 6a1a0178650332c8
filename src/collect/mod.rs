//! Collect: what all jobs logged, as `sweep.json`, `sweep.parquet` and `curves.parquet`, and the
//! state of the sweep.
//!
//! Reads `cfgs/`, `cfgs_summary.yaml` and `logs/*/{stdout.log, stderr.log, attempts.jsonl}`; writes
//! the three files, each whole or not at all, and deletes checkpoints as `COLLECT.CHECKPOINTS_KEEP`
//! says. One job's broken log never costs another job, nor the rest of its own: it is remarked.
//! Statistics and figures are the next stage's.

mod block;
mod cache;
mod checkpoints;
mod datum;
mod entry;
mod files;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod gather;
mod job;
mod json;
mod objective;
mod pace;
mod present;
mod reader;
mod remark;
mod run;
mod source;
mod stale;
mod status;
mod table;
mod triage;
mod verdict;
mod watch;

pub use run::{Options, View, run, show};
pub use watch::watch;
