//! Hugging Face's `trainer_state.json`: its `log_history` by step, and the values of the whole training.

use std::borrow::Cow;

use sweep_config::{Map, Value};

use super::record::{LogRecord, PlaceSource};
use super::whole_file::WholeFileFormat;
use super::{RecordSink, generic, history};
use crate::collect::diagnostic::DiagnosticKind;
use crate::collect::log_value::parse_json;

/// The key, and the type, of the trainer's log; the rest of the file has the type of its file.
const HISTORY: &str = "log_history";

/// The reader of a trainer's state.
pub(crate) struct TrainerReader;

impl TrainerReader {
    /// The files that are looked for if `COLLECT.READERS` names none.
    pub(crate) const USUAL_FILES: &[&str] = &["trainer_state.json", "**/trainer_state.json"];
}

impl WholeFileFormat for TrainerReader {
    fn file(&self, text: &str, sink: &mut RecordSink<'_>) {
        match parse_json(text.as_bytes()).map(Value::from) {
            Some(Value::Map(state)) => add(state, sink),
            _ => sink.report(DiagnosticKind::NotJson, 1),
        }
    }
}

fn add(mut state: Map, sink: &mut RecordSink<'_>) {
    let entries = state.shift_remove(HISTORY);
    let whole =
        state.into_iter().filter(|(_, value)| !matches!(value, Value::List(_) | Value::Map(_)));
    let fields = whole.map(|(name, value)| (Cow::Owned(name), value.into())).collect();
    let kind = Cow::Owned(sink.series_name.to_owned());
    sink.record(LogRecord { kind, fields, place: PlaceSource::Once }, 1);
    let Some(Value::List(entries)) = entries else { return };
    for (number, entry) in (1..).zip(entries) {
        let Value::Map(entry) = entry else {
            sink.report(DiagnosticKind::NotARecord, 1);
            continue;
        };
        generic::add(sink, Some(HISTORY), history::row(entry), number);
    }
}
