//! `MLflow`'s file store: a file a metric (`mlruns/EXPERIMENT/RUN/metrics/NAME`), a line a value: the time, the value, the
//! step. Its other store, a file of `SQLite`, is that of [`super::mlflow_store`].
//!
//! The name of the metric is that of the file: it stands behind the type, parted by the first dot.

use std::borrow::Cow;
use std::io;
use std::path::Path;

use super::{LineFormat, RecordSink, generic, mlflow_store};
use crate::collect::diagnostic::DiagnosticKind;
use crate::collect::log_value::LogValue;

/// The reader of a metric's file.
pub(crate) struct MlflowReader;

impl MlflowReader {
    /// The files that are looked for if `FILES` names none.
    pub(crate) const USUAL_FILES: &[&str] =
        &["**/mlruns/*/*/metrics/**", "**/mlflow.db", "**/mlruns.db"];

    /// True if a file is, by its name and its beginning, a store of many runs.
    pub(crate) fn is_store(name: &str, head: &[u8]) -> bool {
        mlflow_store::looks_like_store(name, head)
    }

    /// Returns the name of the metric of a file.
    pub(crate) fn metric_of(path: &str) -> &str {
        path.rsplit_once("/metrics/")
            .map_or_else(|| path.rsplit('/').next().unwrap_or(path), |(_, name)| name)
    }

    /// True if a text begins as a metric's file does.
    pub(crate) fn is_line(text: &str) -> bool {
        let mut cells = text.lines().next().unwrap_or_default().split(' ');
        let (time, value, step) = (cells.next(), cells.next(), cells.next());
        let is_time = time.is_some_and(|time| time.len() > 9 && time.parse::<u64>().is_ok());
        is_time
            && value.is_some_and(|value| value.parse::<f64>().is_ok())
            && step.is_none_or(|step| step.parse::<i64>().is_ok())
    }
}

impl LineFormat for MlflowReader {
    fn read_store(&self, path: &Path, sink: &mut RecordSink<'_>) -> Option<io::Result<()>> {
        // The file of a metric has the name of that.
        let is_store = path.extension().is_some() && mlflow_store::is_store(path);
        let kind = sink.series_name.split_once('.').map_or("mlflow", |(kind, _)| kind);
        is_store.then(|| mlflow_store::read(path, kind, sink))
    }

    fn line(&self, number: u64, text: &[u8], is_last: bool, sink: &mut RecordSink<'_>) {
        let text = String::from_utf8_lossy(text);
        let mut cells = text.split_ascii_whitespace();
        let (_, value, step) = (cells.next(), cells.next(), cells.next());
        let value = value.and_then(|value| value.parse::<f64>().ok());
        let step = step.map(str::parse::<i64>).transpose();
        match (value, step) {
            // A line without its end may be cut within its step.
            _ if is_last => sink.report(DiagnosticKind::Torn, number),
            (Some(value), Ok(step)) => {
                let (kind, name) =
                    sink.series_name.split_once('.').unwrap_or(("mlflow", sink.series_name));
                let mut fields = vec![(Cow::Owned(name.to_owned()), LogValue::Float(value))];
                fields.extend(step.map(|step| (Cow::Borrowed("step"), LogValue::Int(step))));
                let kind = kind.to_owned();
                generic::add(sink, Some(&kind), fields, number);
            }
            _ => sink.report(DiagnosticKind::NotARecord, number),
        }
    }
}
