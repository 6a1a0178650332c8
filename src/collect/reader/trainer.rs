//! Hugging Face's `trainer_state.json`: its `log_history` by step, and what it says of the whole.

use std::borrow::Cow;
use std::io::{self, Read};

use sweep_config::{Map, Value};

use super::record::{LogRecord, PlaceSource};
use super::results::whole_file;
use super::{LogFileReader, RecordSink, UnreadTail, generic, jsonl, tokens};
use crate::collect::diagnostic::DiagnosticKind;

/// What the log of the trainer is called; the rest of the file has the type of its source.
const HISTORY: &str = "log_history";

/// The reader of a trainer's state.
pub(crate) struct TrainerReader;

impl LogFileReader for TrainerReader {
    fn read(
        &self,
        input: &mut dyn Read,
        buffer: &mut Vec<u8>,
        sink: &mut RecordSink<'_>,
    ) -> io::Result<UnreadTail> {
        let Some(text) = whole_file(input, buffer, sink)? else { return Ok(UnreadTail::default()) };
        match tokens::parse(text.as_bytes()).map(Value::from) {
            Some(Value::Map(state)) => add(state, sink),
            _ => sink.report(DiagnosticKind::NotJson, 1),
        }
        Ok(UnreadTail::default())
    }

    fn rest(&self, _rest: &[u8], _sink: &mut RecordSink<'_>) {}
}

fn add(mut state: Map, sink: &mut RecordSink<'_>) {
    let history = state.shift_remove(HISTORY);
    let whole =
        state.into_iter().filter(|(_, value)| !matches!(value, Value::List(_) | Value::Map(_)));
    let fields = whole.map(|(name, value)| (Cow::Owned(name), value.into())).collect();
    let kind = Cow::Owned(sink.kind.to_owned());
    sink.record(LogRecord { kind, fields, place: PlaceSource::Once }, 1);
    let Some(Value::List(entries)) = history else { return };
    for (number, entry) in (1..).zip(entries) {
        let Value::Map(entry) = entry else {
            sink.report(DiagnosticKind::NotARecord, 1);
            continue;
        };
        let mut fields = Vec::with_capacity(entry.len());
        for (name, value) in entry {
            jsonl::flatten(&mut fields, Cow::Owned(name), value.into());
        }
        generic::add(sink, Some(HISTORY), fields, number);
    }
}
