//! What a job's log and last words say of how it went.

use sweep_config::records::JobState;

use super::reader::{Log, Logged, Series};
use super::triage::Cause;

/// The error that jobs are ranked by, as pycls logs it; and that of a program that tests averaged
/// weights only.
const ERRORS: [(&str, &str); 2] = [("test_epoch", "top1_err"), ("test_ema_epoch", "top1_err")];

/// Names of metrics that say, by being no finite number, that the training diverged.
const MEASURES: [&str; 3] = ["loss", "err", "nll"];

/// True if and only if nothing more is to come of the job unless it is launched once more.
pub(crate) fn is_settled(state: &JobState) -> bool {
    use JobState::{Other, Queued, Running, Waiting};
    !matches!(state, Waiting | Queued | Running | Other(_))
}

/// What a job died of, by the end of its `stderr.log`.
pub(crate) fn cause(state: &JobState, stderr: &str) -> Option<Cause> {
    if state.is_bad() { super::triage::cause(stderr) } else { None }
}

/// The last test error.
pub(crate) fn objective(log: &Log) -> Option<f64> {
    ERRORS.iter().find_map(|(kind, metric)| match log.get(kind) {
        Some(Logged::Series(series)) => {
            let metric = series.names.iter().position(|name| name == metric)?;
            series.last(metric)?.number()
        }
        _ => None,
    })
}

/// True if and only if the last value of a loss or an error, of any type, is a NaN or an infinity.
pub(crate) fn is_diverged(log: &Log) -> bool {
    log.iter().any(|(_, logged)| match logged {
        Logged::Series(series) => has_diverged(series),
        Logged::Once(_) => false,
    })
}

fn has_diverged(series: &Series) -> bool {
    let is_measure =
        |name: &str| name.split(['_', '.', '/', '-', ' ']).any(|word| MEASURES.contains(&word));
    let measures = series.names.iter().enumerate().filter(|(_, name)| is_measure(name));
    let mut last = measures.filter_map(|(metric, _)| series.last(metric)?.number());
    last.any(|value| !value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::reader::{Jsonl, read_text};

    fn diverged(text: &str) -> bool {
        is_diverged(&read_text(&Jsonl, "metrics", text.as_bytes()).0)
    }

    #[test]
    fn a_run_is_diverged_if_its_last_loss_is_no_number() {
        assert!(diverged("{\"epoch\": 1, \"val_loss\": 1}\n{\"epoch\": 2, \"val_loss\": NaN}\n"));
        assert!(diverged("{\"epoch\": 1, \"test/err\": Infinity}\n"));
        assert!(!diverged("{\"epoch\": 1, \"loss\": NaN}\n{\"epoch\": 2, \"loss\": 1}\n"));
        assert!(!diverged("{\"epoch\": 1, \"lossless\": NaN, \"loss\": 1}\n"));
    }
}
