//! The state of one job in short, and how it is found in its journal and its logs.

use sweep_config::records::{Attempt, JobState, decisive_attempt};
use sweep_config::{JobId, Map, Value};

use crate::collect::diagnostic::Diagnostics;
use crate::collect::log_hint::LogHint;
use crate::collect::log_value::LogValue;
use crate::collect::odd_cells::OddCells;
use crate::collect::reader::{JobLog, LogSeries, LoggedType, is_position};
use crate::failure_text::FailureCause;

/// The state of a job, as the status of the sweep and the cache know it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct JobStatus {
    pub(crate) job: JobId,
    pub(crate) state: JobState,
    /// It has a `stdout.log`, or another log.
    pub(crate) started: bool,
    pub(crate) progress: EpochProgress,
    /// There is something in its `stderr.log`.
    pub(crate) has_stderr: bool,
    /// The last error, loss or objective that it logged is no finite number.
    pub(crate) is_diverged: bool,
    /// The cells that the objective may read.
    pub(crate) objective_inputs: Vec<(String, LogValue)>,
    /// The last line of `stderr.log`, of a job that is not done; else why the attempt ended.
    pub(crate) error: Option<String>,
    /// The cause of its failure, if its `stderr.log` tells one.
    pub(crate) cause: Option<FailureCause>,
    pub(crate) runs: AttemptSummary,
    pub(crate) diagnostics: Diagnostics,
    /// The cells of its logs that are no numbers.
    pub(crate) odd_cells: Vec<OddCells>,
    /// Which readers found something in the job.
    pub(crate) readers: ReaderUse,
    /// Its logs that `COLLECT.READERS` does not name.
    pub(crate) hints: Vec<LogHint>,
}

/// The readers that found something in a job: a bit for each of the first 64.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ReaderUse {
    /// Those that found a file.
    pub(crate) found: u64,
    /// Those that found a record.
    pub(crate) gave: u64,
}

impl ReaderUse {
    /// Notes a file of a reader, and whether it holds a record.
    pub(crate) fn note(&mut self, reader: usize, has_record: bool) {
        let bit = u32::try_from(reader).ok().and_then(|at| 1_u64.checked_shl(at)).unwrap_or(0);
        self.found |= bit;
        self.gave |= if has_record { bit } else { 0 };
    }

    /// Adds what another job's readers found.
    pub(crate) fn join(&mut self, other: Self) {
        self.found |= other.found;
        self.gave |= other.gave;
    }
}

/// The time that a job's attempts took, and how the last one ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct AttemptSummary {
    pub(crate) attempts: u32,
    /// Wall time of those that ended, in seconds.
    pub(crate) seconds: f64,
    /// The host of the last one, when it started and, if it did, ended (seconds since 1970), and how.
    pub(crate) host: Option<String>,
    pub(crate) started: Option<i64>,
    pub(crate) ended: Option<i64>,
    pub(crate) exit_code: Option<i32>,
    pub(crate) signal: Option<i32>,
}

/// The progress of a job's training.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct EpochProgress {
    /// The last epoch that was tested, or else the last that was logged.
    pub(crate) epoch: Option<i64>,
    /// The number of epochs that it is to have, if its log or its config says so.
    pub(crate) of: Option<i64>,
}

/// The type whose epochs count as done.
const TESTED: &str = "test_epoch";

/// The key of the config that says how many epochs there are (pycls's).
const MAX_EPOCH: &str = "OPTIM.MAX_EPOCH";

impl AttemptSummary {
    /// Sums the attempts up, which are in order.
    pub(super) fn of(attempts: &[Attempt]) -> Self {
        let last = decisive_attempt(attempts);
        let end = last.and_then(|attempt| attempt.end.as_ref());
        let ended = attempts.iter().filter_map(|attempt| attempt.end.as_ref());
        Self {
            attempts: u32::try_from(attempts.len()).unwrap_or(u32::MAX),
            seconds: ended.map(|end| end.seconds).fold(0.0, |sum, seconds| sum + seconds),
            host: last.map(|attempt| attempt.start.host.clone()).filter(|host| !host.is_empty()),
            started: last.and_then(|attempt| instant(&attempt.start.started)),
            ended: end.and_then(|end| instant(&end.ended)),
            exit_code: end.and_then(|end| end.exit_code),
            signal: end.and_then(|end| end.signal),
        }
    }
}

/// Returns a time of the journal in seconds since 1970.
fn instant(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second)
}

/// Returns the state of a job that has a log and no record of an attempt, as pycls leaves it: done if
/// the last epoch was tested, and else `unfinished`, since nobody can say whether it runs.
pub(super) fn logged_state(progress: EpochProgress) -> JobState {
    if progress.epoch.is_some() && progress.epoch == progress.of {
        JobState::Done
    } else {
        JobState::Other("unfinished".to_owned())
    }
}

/// Returns the state of an imported job of which the tool that ran it records no end: done if it logged anything.
pub(super) fn imported_state(log: &JobLog) -> JobState {
    if log.is_empty() { JobState::Other("unfinished".to_owned()) } else { JobState::Done }
}

/// Returns why the attempt that counts ended, if its record says so.
pub(super) fn reason(attempts: &[Attempt]) -> Option<String> {
    let reason = decisive_attempt(attempts)?.reason()?;
    (!reason.is_empty()).then(|| reason.to_owned())
}

/// Finds how far the training is.
pub(super) fn progress(log: &JobLog, config: Option<&Map>) -> EpochProgress {
    let series = furthest(log);
    let last = series.and_then(|series| series.rows().last());
    let of = last.and_then(|row| row.epoch_max).or_else(|| max_epoch(log, config));
    let epoch = last.map(|row| row.at.epoch);
    let is_from_zero = series.zip(of).is_some_and(|(series, of)| counts_from_zero(series, of));
    EpochProgress { epoch: epoch.map(|epoch| epoch + i64::from(is_from_zero)), of }
}

/// True if the epochs of a series count from zero: there is one of that number, with all that the next one has, and none
/// is that of all epochs. Otherwise zero is a test before the training.
fn counts_from_zero(series: &LogSeries, of: i64) -> bool {
    let rows = series.rows();
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return false };
    let is_fraction = |value: &LogValue| value.number().is_some_and(|number| number.fract() != 0.0);
    let mut epochs = series.names.iter().enumerate().filter(|(_, name)| is_position(name));
    if first.at.epoch != 0
        || last.at.epoch >= of
        || epochs.any(|(column, _)| series.column(column).any(is_fraction))
    {
        return false;
    }
    let has = |epoch: i64, metric: usize| {
        let of_epoch = rows.iter().skip_while(|row| row.at.epoch < epoch);
        let mut of_epoch = of_epoch.take_while(|row| row.at.epoch == epoch);
        of_epoch.any(|row| row.given(metric).is_some())
    };
    (0..series.names.len()).all(|metric| has(0, metric) || !has(1, metric))
}

/// Returns the series whose epochs count: that of the tests, or else, if a program names no tests, the one
/// that is furthest.
fn furthest(log: &JobLog) -> Option<&LogSeries> {
    if let Some(LoggedType::Series(series)) = log.get(TESTED) {
        return Some(series);
    }
    let is_pycls = matches!(log.get("cfg"), Some(LoggedType::Once(_)));
    let by_epoch = log.iter().filter_map(|(_, logged)| match logged {
        LoggedType::Series(series) if !series.is_by_step && !is_pycls => Some(series),
        _ => None,
    });
    by_epoch.max_by_key(|series| series.rows().last().map(|row| row.at.epoch))
}

/// Returns the number of epochs that the job's config asks for.
fn max_epoch(log: &JobLog, config: Option<&Map>) -> Option<i64> {
    let (first, rest) = MAX_EPOCH.split_once('.')?;
    match (log.get("cfg"), config) {
        (Some(LoggedType::Once(once)), _) => once.int_at(&[first, rest]),
        (_, Some(config)) => match config.get(first)?.get_path(rest)? {
            Value::Int(epochs) => Some(*epochs),
            _ => None,
        },
        _ => None,
    }
}
