//! How a job went, by its log and its last words.

use sweep_config::records::JobState;

use super::objective::ObjectivePath;
use super::reader::{JobLog, LogSeries, LoggedType};
use crate::failure_text::{FailureCause, read_cause, read_cause_of_stdout};

/// Names of metrics that say, by being no finite number, that the training diverged.
const MEASURES: [&str; 3] = ["loss", "err", "nll"];

/// True if nothing more is to come of the job unless it is launched once more.
pub(crate) fn is_settled(state: &JobState) -> bool {
    use JobState::{Other, Queued, Running, Waiting};
    !matches!(state, Waiting | Queued | Running | Other(_))
}

/// Reads the cause of a failure from the end of `stderr.log`, or of `stdout.log` where that is blank; `None` of a job
/// that is well.
pub(crate) fn cause(
    state: &JobState,
    stderr: &str,
    stdout: impl FnOnce() -> String,
) -> Option<FailureCause> {
    if !state.is_bad() {
        return None;
    }
    if stderr.trim().is_empty() { read_cause_of_stdout(&stdout()) } else { read_cause(stderr) }
}

/// Returns true if the last value of a loss or an error, of any type, or of one of these paths is
/// a NaN or an infinity; but for an infinity that is the best there is, where a path is to be maximized.
pub(crate) fn is_diverged(log: &JobLog, paths: &[ObjectivePath]) -> bool {
    let mut named = paths.iter().filter_map(|path| Some((path, last_of(log, &path.path)?)));
    let is_best = |path: &ObjectivePath, value: f64| path.is_maximized && value == f64::INFINITY;
    named.any(|(path, value)| !value.is_finite() && !is_best(path, value))
        || log.iter().any(|(_, logged)| match logged {
            LoggedType::Series(series) => has_diverged(series),
            LoggedType::Once(_) => false,
        })
}

/// Returns the last value of the metric of a dotted path: `val.accuracy` is the metric `accuracy` of the type
/// `val`, and either half may hold dots.
fn last_of(log: &JobLog, path: &str) -> Option<f64> {
    let mut halves = path.match_indices('.').map(|(at, _)| (&path[..at], &path[at + 1..]));
    halves
        .find_map(|(kind, metric)| last(log.get(kind)?, metric))
        .or_else(|| last_of_any(log, path))
}

/// Returns the last value of the metric that a path is the name of, where just one type has it.
fn last_of_any(log: &JobLog, metric: &str) -> Option<f64> {
    let mut values = log.iter().filter_map(|(_, logged)| last(logged, metric));
    values.next().filter(|_| values.next().is_none())
}

fn last(logged: LoggedType<'_>, metric: &str) -> Option<f64> {
    let LoggedType::Series(series) = logged else { return None };
    let metric = series.names.iter().position(|name| name == metric)?;
    series.last(metric)?.number()
}

fn has_diverged(series: &LogSeries) -> bool {
    let is_measure =
        |name: &str| name.split(['_', '.', '/', '-', ' ']).any(|word| MEASURES.contains(&word));
    let measures = series.names.iter().enumerate().filter(|(_, name)| is_measure(name));
    let mut last = measures.filter_map(|(metric, _)| series.last(metric)?.number());
    last.any(|value| !value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::reader::{JsonlReader, read_text};

    fn diverged(text: &str) -> bool {
        is_diverged(&log(text), &[])
    }

    fn log(text: &str) -> JobLog {
        read_text(&JsonlReader, "metrics", text.as_bytes()).0
    }

    #[test]
    fn a_run_is_diverged_if_its_last_loss_is_no_number() {
        assert!(diverged("{\"epoch\": 1, \"val_loss\": 1}\n{\"epoch\": 2, \"val_loss\": NaN}\n"));
        assert!(diverged("{\"epoch\": 1, \"test/err\": Infinity}\n"));
        assert!(!diverged("{\"epoch\": 1, \"loss\": NaN}\n{\"epoch\": 2, \"loss\": 1}\n"));
        assert!(!diverged("{\"epoch\": 1, \"lossless\": NaN, \"loss\": 1}\n"));
    }

    #[test]
    fn an_objective_counts_whatever_it_is_called() {
        let path = |name: &str, is_maximized| ObjectivePath { path: name.to_owned(), is_maximized };
        let named = |name| path(name, false);
        let log = log(
            "{\"epoch\": 1, \"q.score\": 2, \"other\": 1}\n{\"epoch\": 2, \"q.score\": NaN, \"other\": 3}\n",
        );
        assert!(!is_diverged(&log, &[]));
        assert!(is_diverged(&log, &[named("metrics.other"), named("metrics.q.score")]));
        assert!(is_diverged(&log, &[named("q.score")]));
        assert!(!is_diverged(&log, &[named("metrics.other"), named("score"), named("")]));
        let log = self::log("{\"epoch\": 1, \"psnr\": Infinity}\n");
        assert!(is_diverged(&log, &[named("metrics.psnr")]));
        assert!(!is_diverged(&log, &[path("metrics.psnr", true)]), "it is the best there is");
    }
}
