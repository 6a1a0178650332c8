//! Hugging Face's `trainer_state.json`: its `log_history` by step, and what it says of the whole.

use std::borrow::Cow;
use std::io::{self, Read};

use sweep_config::{Map, Value};

use super::record::{Positions, Record};
use super::results::whole_file;
use super::{Reader, Rest, Sink, generic, jsonl, tokens};
use crate::collect::remark::Kind;

/// What the log of the trainer is called; the rest of the file has the type of its source.
const HISTORY: &str = "log_history";

/// The reader of a trainer's state.
pub(crate) struct Trainer;

impl Reader for Trainer {
    fn read(
        &self,
        input: &mut dyn Read,
        buffer: &mut Vec<u8>,
        sink: &mut Sink<'_>,
    ) -> io::Result<Rest> {
        let Some(text) = whole_file(input, buffer, sink)? else { return Ok(Rest::default()) };
        match tokens::parse(text.as_bytes()).map(Value::from) {
            Some(Value::Map(state)) => add(state, sink),
            _ => sink.remark(Kind::NotJson, 1),
        }
        Ok(Rest::default())
    }

    fn rest(&self, _rest: &[u8], _sink: &mut Sink<'_>) {}
}

fn add(mut state: Map, sink: &mut Sink<'_>) {
    let history = state.shift_remove(HISTORY);
    let whole =
        state.into_iter().filter(|(_, value)| !matches!(value, Value::List(_) | Value::Map(_)));
    let fields = whole.map(|(name, value)| (Cow::Owned(name), value.into())).collect();
    let kind = Cow::Owned(sink.kind.to_owned());
    sink.record(Record { kind, fields, place: Positions::Once }, 1);
    let Some(Value::List(entries)) = history else { return };
    for (number, entry) in (1..).zip(entries) {
        let Value::Map(entry) = entry else {
            sink.remark(Kind::NotARecord, 1);
            continue;
        };
        let mut fields = Vec::with_capacity(entry.len());
        for (name, value) in entry {
            jsonl::flatten(&mut fields, Cow::Owned(name), value.into());
        }
        generic::add(sink, Some(HISTORY), fields, number);
    }
}
