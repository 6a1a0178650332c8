//! pycls's error: what jobs are ranked by where the config names no objective.
//!
//! pycls takes the least error of the averaged (EMA) weights and drops every job without it, which
//! leaves nothing of a sweep whose program keeps no averages. Here the plain test error stands in
//! where no job has the other.

use super::columns::{ColumnSource, has_number};

/// The column of the least test error of the averaged weights.
pub(super) const EMA_ERROR: &str = "test_ema_epoch.min_top1_err.min";
/// The column of the least test error.
pub(super) const TEST_ERROR: &str = "test_epoch.min_top1_err.min";
/// The column of the least test error of a program that logs no running minimum.
const PLAIN_ERROR: &str = "test_epoch.top1_err.min";

/// The columns that may be the error, the preferred one first.
pub(super) const ERROR_COLUMNS: [&str; 3] = [EMA_ERROR, TEST_ERROR, PLAIN_ERROR];

/// Returns the first column that every sweep with any error has a number in; that of the averaged weights
/// if there is none. Sweeps that are compared must be ranked by one column.
pub(super) fn error_column(sources: &[&dyn ColumnSource]) -> &'static str {
    let has_any = |source: &&&dyn ColumnSource| {
        ERROR_COLUMNS.iter().any(|column| has_number(**source, column))
    };
    let tested: Vec<_> = sources.iter().filter(has_any).collect();
    let all_have = |column: &&str| tested.iter().all(|source| has_number(**source, column));
    ERROR_COLUMNS.into_iter().find(all_have).unwrap_or(EMA_ERROR)
}

/// Returns the column with the error at the last epoch, by that of the least.
pub(super) fn last_error_column(least: &str) -> &'static str {
    if least == EMA_ERROR { "test_ema_epoch.top1_err" } else { "test_epoch.top1_err" }
}
