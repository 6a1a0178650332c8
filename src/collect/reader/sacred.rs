//! Sacred's `metrics.json`: a mapping of metrics, each with its `steps` and `values`.

use std::borrow::Cow;

use sweep_config::Value;

use super::whole_file::WholeFileFormat;
use super::{RecordSink, generic};
use crate::collect::diagnostic::DiagnosticKind;
use crate::collect::log_value::{LogValue, parse_json};

/// The reader of Sacred's metrics.
pub(crate) struct SacredReader;

impl SacredReader {
    /// The files that are looked for if `FILES` names none.
    pub(crate) const USUAL_FILES: &[&str] = &["**/metrics.json"];

    /// True if a document has the form of Sacred's metrics.
    pub(crate) fn is_form(document: &Value) -> bool {
        let Value::Map(metrics) = document else { return false };
        !metrics.is_empty() && metrics.values().all(|metric| series(metric).is_some())
    }
}

impl WholeFileFormat for SacredReader {
    fn file(&self, text: &str, sink: &mut RecordSink<'_>) {
        let Some(Value::Map(metrics)) = parse_json(text.as_bytes()).map(Value::from) else {
            return sink.report(DiagnosticKind::NotJson, 1);
        };
        for (name, metric) in &metrics {
            let Some((steps, values)) = series(metric) else {
                sink.report(DiagnosticKind::NotARecord, 1);
                continue;
            };
            for (number, (step, value)) in (1..).zip(steps.iter().zip(values)) {
                let step = (Cow::Borrowed("step"), LogValue::from(step.clone()));
                let value = (Cow::Owned(name.clone()), LogValue::from(value.clone()));
                generic::add(sink, None, vec![step, value], number);
            }
        }
    }
}

fn series(metric: &Value) -> Option<(&[Value], &[Value])> {
    let Value::Map(map) = metric else { return None };
    match (map.get("steps")?, map.get("values")?) {
        (Value::List(steps), Value::List(values)) => Some((steps, values)),
        _ => None,
    }
}
