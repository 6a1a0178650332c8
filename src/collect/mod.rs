//! Collect: what all jobs logged, as `sweep.json`, `sweep.parquet` and `curves.parquet`, and the
//! state of the sweep.
//!
//! Reads `cfgs/`, `cfgs_summary.yaml`, `sampled.jsonl` and `logs/*/{stdout.log, stderr.log, attempts.jsonl}`; writes
//! the three files, each whole or not at all, and deletes checkpoints as `COLLECT.CHECKPOINTS_KEEP`
//! says. One job's broken log never costs another job, nor the rest of its own: it is reported.
//! Statistics and figures are the next stage's.

mod advice;
mod cache;
mod checkpoints;
mod column_census;
mod diagnostic;
mod files;
mod further_logs;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod gather;
mod import;
mod job;
mod job_block;
mod job_result;
mod json;
mod live;
mod log_binding;
mod log_discovery;
mod log_hint;
mod log_sniff;
mod log_value;
mod log_walk;
mod node_report;
mod objective;
mod odd_cells;
mod odd_columns;
mod plan;
mod present;
mod reader;
mod remarks;
mod report;
mod run;
mod status;
mod sweep_json_entry;
mod table;
mod temp_cleanup;
mod throughput;
mod triage;
mod verdict;
mod watch;

pub(crate) use job_result::JobResultReader;

pub use import::{ImportOptions, SourceKind, import, refresh};
pub use live::{
    BestLiveJob, EndedJob, LiveCurve, LiveJob, LivePace, LivePulse, LiveSweep, LiveTail,
    LookBudget, RunningJob, update,
};
pub use run::{CollectOptions, CollectView, run, show};
pub use watch::watch;
