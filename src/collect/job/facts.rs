//! The columns of `sweep.parquet` that every job has.

use sweep_config::records::{Attempt, JobState, decisive_attempt};
use sweep_config::{JobId, table as name};

use super::status::EpochProgress;
use crate::collect::log_value::LogValue;
use crate::collect::table::{ColumnNames, JobRow};
use crate::failure_text::FailureCause;

/// The values of the first columns of `sweep.parquet`.
pub(super) struct JobFacts<'a> {
    pub(super) job: JobId,
    pub(super) config: u32,
    pub(super) sampled: Option<&'a str>,
    pub(super) state: &'a JobState,
    pub(super) attempts: &'a [Attempt],
    pub(super) error_line: Option<&'a str>,
    pub(super) cause: Option<&'a FailureCause>,
    pub(super) progress: EpochProgress,
    pub(super) is_diverged: bool,
}

/// Returns the row of a job with its first columns; in all it is likely to have those of these names.
pub(super) fn fact_cells(facts: &JobFacts<'_>, likely: &ColumnNames) -> JobRow {
    let JobFacts { job, config, sampled, state, attempts, .. } = *facts;
    let text = |text: Option<&str>| text.map_or(LogValue::Null, LogValue::text);
    let is_known = |text: &&str| !text.is_empty();
    let last = decisive_attempt(attempts);
    let start = last.map(|attempt| &attempt.start);
    let end = last.and_then(|attempt| attempt.end.as_ref());
    let ended = attempts.iter().filter_map(|attempt| attempt.end.as_ref());
    let seconds = ended.map(|end| end.seconds).reduce(|a, b| a + b);
    let count = i64::try_from(attempts.len()).unwrap_or(i64::MAX);
    let cells = [
        (name::JOB, LogValue::Int(job.0.into())),
        (name::STATE, LogValue::text(state.name())),
        (name::SAMPLED, text(sampled)),
        (name::CONFIG, LogValue::Int(config.into())),
        (name::ATTEMPTS, LogValue::Int(count)),
        (name::HOST, text(start.map(|start| start.host.as_str()).filter(is_known))),
        (name::STARTED, text(start.map(|start| start.started.as_str()).filter(is_known))),
        (name::ENDED, text(end.map(|end| end.ended.as_str()))),
        (name::SECONDS, seconds.map_or(LogValue::Null, LogValue::Float)),
        (name::EXIT_CODE, LogValue::int_or_null(end.and_then(|end| end.exit_code))),
        (name::SIGNAL, LogValue::int_or_null(end.and_then(|end| end.signal))),
        (name::REASON, text(last.and_then(Attempt::reason))),
        (name::ERROR_LINE, text(facts.error_line)),
        (name::CAUSE, text(facts.cause.map(|cause| cause.headline.as_str()))),
        (name::DIVERGED, LogValue::Bool(facts.is_diverged)),
        (name::EPOCH_IND, LogValue::int_or_null(facts.progress.epoch)),
        (name::EPOCH_MAX, LogValue::int_or_null(facts.progress.of)),
    ];
    let mut row = JobRow::like(likely);
    for (name, value) in cells {
        row.push(&[name], value);
    }
    row
}
