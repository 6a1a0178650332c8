//! One job while it runs: its curves and the ends of its logs, read anew.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use sweep_config::fs;
use sweep_config::secrets::SecretValues;

use super::LiveSweep;
use crate::app::num::{float, whole};
use crate::app::{visible, visible_line};
use crate::collect::files::{open_regular, read_tail};
use crate::collect::job::{JobMemory, SweepContext};
use crate::collect::table::curves::JobCurve;

/// The most points of a curve.
const MOST_POINTS: usize = 200;

/// The most curves.
const MOST_CURVES: usize = 12;

/// One job as it is now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LiveJob {
    /// Its number.
    pub job: u32,
    /// Its state.
    pub state: String,
    /// The last epoch that it logged.
    pub epoch: Option<i64>,
    /// The number of epochs that it is to have.
    pub of: Option<i64>,
    /// The text of what was sampled for it.
    pub sampled: String,
    /// Why it ended, if it ended badly.
    pub error: String,
    /// Its curves, that of the objective first.
    pub curves: Vec<LiveCurve>,
}

/// A metric over the epochs of a job.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LiveCurve {
    /// The type that logged it.
    pub phase: String,
    /// Its name.
    pub metric: String,
    /// Epochs and values.
    pub points: Vec<(i64, f64)>,
}

/// The ends of a job's logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LiveTail {
    /// The number of the job.
    pub job: u32,
    /// The end of `stdout.log`.
    pub stdout: String,
    /// The end of `stderr.log`.
    pub stderr: String,
}

impl LiveSweep {
    /// Returns a reader of one job, which needs the sweep no more; `None` if there is no such job.
    #[must_use]
    pub fn reader(&self, job: u32) -> Option<impl FnOnce() -> LiveJob + Send + use<>> {
        let planned = self.planned(job)?;
        let (context, resume) = (Arc::clone(&self.context), self.seen.resume(planned.id));
        let objective = self.sweep.analyze.objectives.first().map(|it| it.metric.clone());
        Some(move || {
            let collected = context.collect(planned, resume, &mut JobMemory::default());
            let status = collected.kept.job_status;
            let error = status.cause.map(|cause| cause.headline).or(status.error);
            let shown = |text: &str| shown(&context.secrets, text);
            LiveJob {
                job,
                state: status.state.name().to_owned(),
                epoch: status.progress.epoch,
                of: status.progress.of,
                sampled: shown(context.sampled(planned.id).unwrap_or_default()),
                error: error.as_deref().map(shown).unwrap_or_default(),
                curves: curves(&collected.curves, objective.as_deref().unwrap_or_default()),
            }
        })
    }

    /// Returns a reader of the ends of a job's logs; `None` if there is no such job.
    #[must_use]
    pub fn tail_reader(&self, job: u32) -> Option<impl FnOnce() -> LiveTail + Send + use<>> {
        let id = self.planned(job)?.id;
        let context = Arc::clone(&self.context);
        Some(move || {
            let SweepContext { dir, secrets, .. } = &*context;
            let end = |path: &Path| {
                visible(&secrets.without_secrets(&tail(dir.path(), path))).into_owned()
            };
            LiveTail { job, stdout: end(&dir.stdout(id)), stderr: end(&dir.stderr(id)) }
        })
    }

    /// Returns a sentence as a page may show it.
    pub(super) fn shown(&self, text: &str) -> String {
        shown(&self.context.secrets, text)
    }
}

/// Returns a sentence without secrets, and with control characters spelt out.
fn shown(secrets: &SecretValues, text: &str) -> String {
    visible_line(&secrets.without_secrets(text)).into_owned()
}

/// Returns the curves, those whose name ends as the objective's first, thinned.
fn curves(curves: &[JobCurve], objective: &str) -> Vec<LiveCurve> {
    let wanted = objective.rsplit('.').next().unwrap_or_default();
    let each = curves.iter().flat_map(|curve| {
        curve.points().map(|(metric, points)| LiveCurve {
            phase: visible_line(curve.phase()).into_owned(),
            metric: visible_line(metric).into_owned(),
            points: thinned(&points),
        })
    });
    let mut found: Vec<LiveCurve> = each.collect();
    found.sort_by_key(|curve| curve.metric != wanted);
    found.truncate(MOST_CURVES);
    found
}

/// Returns at most so many of the points, the first and the last among them.
fn thinned(points: &[(i64, f64)]) -> Vec<(i64, f64)> {
    if points.len() <= MOST_POINTS {
        return points.to_vec();
    }
    let step = float(points.len() - 1) / float(MOST_POINTS - 1);
    let place = |i: usize| whole::<usize>((float(i) * step).round()).min(points.len() - 1);
    (0..MOST_POINTS).map(|i| points[place(i)]).collect()
}

/// Returns the end of a log as a terminal shows it: of a line that was rewritten, the last version. A file that lies
/// outside of the sweep directory, by a link, is not read.
fn tail(dir: &Path, path: &Path) -> String {
    let mut file = match open_regular(path) {
        Ok(Some(file)) => file,
        Ok(None) => return String::new(),
        Err(error) => return format!("({error}: {})", error.source),
    };
    if !is_below(dir, &file) {
        return "(a link to a file outside of the sweep directory, which is not shown)".to_owned();
    }
    let tail = read_tail(&mut file);
    let text = tail.map(|tail| tail.text).unwrap_or_default();
    let last = |line: &str| line.trim_end_matches('\r').rsplit('\r').next().map(str::to_owned);
    text.split('\n').filter_map(last).collect::<Vec<_>>().join("\n")
}

/// True if an open file lies below a directory, by the kernel's word, which no link and no rename can bend.
fn is_below(dir: &Path, file: &File) -> bool {
    let opened = std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()));
    let dir = fs::canonicalize(dir);
    opened.is_ok_and(|opened| dir.is_ok_and(|dir| opened.starts_with(dir)))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test may write a file in the plainest way")]
mod tests {
    use super::*;

    #[test]
    fn of_a_progress_bar_the_last_version_is_shown_and_a_link_out_of_the_sweep_is_not_followed() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let path = dir.path().join("stdout.log");
        std::fs::write(&path, "a\r\n 1%\r 50%\r100%\r\nend").unwrap();
        assert_eq!(tail(dir.path(), &path), "a\n100%\nend");
        std::fs::write(other.path().join("secret"), "secret").unwrap();
        let link = dir.path().join("stderr.log");
        std::os::unix::fs::symlink(other.path().join("secret"), &link).unwrap();
        assert!(tail(dir.path(), &link).contains("not shown"));
        assert_eq!(tail(dir.path(), &dir.path().join("none")), "");
    }
}
