//! Writes the journal of a job: one line for the start of an attempt, and one for its end.

use std::time::Duration;

use sweep_config::fs::FsError;
use sweep_config::records::{AttemptEnd, AttemptEvent, AttemptStart, append_event};
use sweep_config::{JobId, SweepDir};

use super::verdict::AttemptVerdict;
use crate::app::now;

/// Records the start of an attempt without syncing it: if a power cut loses it, the job counts as not
/// started, which is true enough.
///
/// # Errors
///
/// When the line cannot be written.
pub(super) fn record_start(dir: &SweepDir, job: JobId, start: AttemptStart) -> Result<(), FsError> {
    append_event(&dir.attempts(job), &AttemptEvent::Start(start), false)
}

/// Records the end of an attempt, and waits until it is on disk.
///
/// # Errors
///
/// When the line cannot be written.
pub(super) fn record_end(
    dir: &SweepDir,
    job: JobId,
    (attempt, elapsed): (u32, Duration),
    verdict: &AttemptVerdict,
) -> Result<(), FsError> {
    let end = AttemptEnd {
        attempt,
        ended: now(),
        seconds: rounded_seconds(elapsed),
        outcome: verdict.outcome,
        exit_code: verdict.exit_code,
        signal: verdict.signal,
        reason: verdict.reason.clone(),
        cause: verdict.cause,
        progress: verdict.progress.clone(),
    };
    append_event(&dir.attempts(job), &AttemptEvent::End(end), true)
}

/// Converts to seconds, rounded to milliseconds: more digits would be noise.
pub(super) fn rounded_seconds(elapsed: Duration) -> f64 {
    (elapsed.as_secs_f64() * 1e3).round() / 1e3
}
