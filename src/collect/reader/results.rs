//! A final file of results: one JSON or YAML mapping, logged once.

use std::borrow::Cow;
use std::io::{self, Read};
use std::path::Path;

use sweep_config::{Value, yaml};

use super::record::{LogRecord, PlaceSource};
use super::{LogFileReader, RecordSink, UnreadTail, jsonl, tokens};
use crate::collect::diagnostic::DiagnosticKind;
use crate::collect::log_value::LogValue;

/// A larger file holds more than results.
pub(super) const MAX_FILE: u64 = 64 << 20;

/// The reader of result files.
pub(crate) struct ResultsReader;

impl LogFileReader for ResultsReader {
    fn read(
        &self,
        input: &mut dyn Read,
        buffer: &mut Vec<u8>,
        sink: &mut RecordSink<'_>,
    ) -> io::Result<UnreadTail> {
        let Some(text) = whole_file(input, buffer, sink)? else { return Ok(UnreadTail::default()) };
        let Some(fields) = mapping(&text) else {
            sink.report(DiagnosticKind::NotARecord, 1);
            return Ok(UnreadTail::default());
        };
        let kind = Cow::Owned(sink.kind.to_owned());
        sink.record(LogRecord { kind, fields, place: PlaceSource::Once }, 1);
        Ok(UnreadTail::default())
    }

    fn rest(&self, _rest: &[u8], _sink: &mut RecordSink<'_>) {}
}

/// A file that is written as a whole, as text; it is read anew whenever it has changed.
pub(super) fn whole_file(
    input: &mut dyn Read,
    buffer: &mut Vec<u8>,
    sink: &mut RecordSink<'_>,
) -> io::Result<Option<String>> {
    buffer.clear();
    let read = input.take(MAX_FILE + 1).read_to_end(buffer)?;
    if read as u64 > MAX_FILE {
        sink.report(DiagnosticKind::LongLine, 1);
        return Ok(None);
    }
    let text = String::from_utf8_lossy(buffer);
    if matches!(text, Cow::Owned(_)) {
        sink.report(DiagnosticKind::NotUtf8, 1);
    }
    Ok(Some(text.into_owned()))
}

/// The leaves of the mapping that a text is, as JSON or else as YAML.
fn mapping(text: &str) -> Option<Vec<(Cow<'static, str>, LogValue)>> {
    let log_value = match tokens::parse(text.as_bytes()) {
        Some(log_value) => log_value,
        None => yaml::read(Path::new("results"), text).ok()?.into(),
    };
    let Value::Map(map) = log_value.into() else { return None };
    let mut flat = Vec::new();
    for (name, value) in map {
        jsonl::flatten(&mut flat, Cow::Owned(name), value.into());
    }
    Some(flat)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::reader::{LoggedType, read_text};

    #[test]
    fn a_file_of_results_is_json_or_yaml() {
        for text in [
            "{\"acc\": 0.5, \"test\": {\"n\": 3, \"loss\": NaN}}",
            "acc: 0.5\ntest:\n  n: 3\n  loss: .nan\n",
        ] {
            let (log, _) = read_text(&ResultsReader, "results", text.as_bytes());
            let Some(LoggedType::Once(once)) = log.get("results") else { panic!("no results") };
            assert_eq!(once["acc"], LogValue::Float(0.5));
            assert_eq!(once["test.n"], LogValue::Int(3));
            assert!(once["test.loss"].number().unwrap().is_nan());
        }
    }

    #[test]
    fn what_is_no_mapping_is_remarked() {
        for text in ["[1, 2]", "{\"a\": ", ""] {
            let (log, diagnostics) = read_text(&ResultsReader, "results", text.as_bytes());
            assert!(log.is_empty());
            assert_eq!(diagnostics.kinds()[0].0, DiagnosticKind::NotARecord, "{text}");
        }
    }
}
