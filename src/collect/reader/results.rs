//! A file of results: one JSON or YAML mapping, logged once; or the history of a training, as lists or as a list.

use std::borrow::Cow;
use std::path::Path;

use sweep_config::{Value, yaml};

use super::record::{LogRecord, PlaceSource, RecordFields};
use super::whole_file::WholeFileFormat;
use super::{RecordSink, generic, history, jsonl};
use crate::collect::diagnostic::DiagnosticKind;
use crate::collect::log_value::parse_json;

/// The reader of result files.
pub(crate) struct ResultsReader;

impl ResultsReader {
    /// The files that are looked for if `COLLECT.READERS` names none.
    pub(crate) const USUAL_FILES: &[&str] = &["results.json", "results.yaml", "results.yml"];
}

impl WholeFileFormat for ResultsReader {
    fn file(&self, text: &str, sink: &mut RecordSink<'_>) {
        let map = match document(text) {
            Some(Value::Map(map)) => map,
            Some(Value::List(list)) if let Some(rows) = history::entries(&list) => {
                return add_rows(rows, None, sink);
            }
            _ => return sink.report(DiagnosticKind::NotARecord, 1),
        };
        if let Some(rows) = history::rows(&map) {
            return add_rows(rows, None, sink);
        }
        let mut flat = Vec::new();
        for (name, value) in map {
            match &value {
                Value::Map(inner) if let Some(rows) = history::rows(inner) => {
                    add_rows(rows, Some(&name), sink);
                }
                Value::List(list) if let Some(rows) = history::entries(list) => {
                    add_rows(rows, Some(&name), sink);
                }
                _ => jsonl::flatten(&mut flat, Cow::Owned(name), value.into()),
            }
        }
        if !flat.is_empty() {
            let kind = Cow::Owned(sink.series_name.to_owned());
            sink.record(LogRecord { kind, fields: flat, place: PlaceSource::Once }, 1);
        }
    }
}

fn add_rows(rows: Vec<RecordFields<'static>>, kind: Option<&str>, sink: &mut RecordSink<'_>) {
    for (number, fields) in (1..).zip(rows) {
        generic::add(sink, kind, fields, number);
    }
}

/// The value that a text is, as JSON or else as YAML.
fn document(text: &str) -> Option<Value> {
    let log_value = match parse_json(text.as_bytes()) {
        Some(log_value) => log_value,
        None => yaml::read(Path::new("results"), text).ok()?.into(),
    };
    Some(log_value.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::log_value::LogValue;
    use crate::collect::reader::{LoggedType, WholeFile, read_text};

    #[test]
    fn a_file_of_results_is_json_or_yaml() {
        for text in [
            "{\"acc\": 0.5, \"test\": {\"n\": 3, \"loss\": NaN}}",
            "acc: 0.5\ntest:\n  n: 3\n  loss: .nan\n",
        ] {
            let (log, _) = read_text(&WholeFile(ResultsReader), "results", text.as_bytes());
            let Some(LoggedType::Once(once)) = log.get("results") else { panic!("no results") };
            let once = once.clone().into_named();
            assert_eq!(once["acc"], LogValue::Float(0.5));
            assert_eq!(once["test.n"], LogValue::Int(3));
            assert!(once["test.loss"].number().unwrap().is_nan());
        }
    }

    #[test]
    fn a_list_of_mappings_is_a_history() {
        let entries =
            r#"[{"epoch": 1, "val": {"loss": 0.5}}, {"epoch": 2, "val": {"loss": 0.25}}]"#;
        let nested = format!("{{\"history\": {entries}, \"best\": 0.25}}");
        for (text, kind) in [(entries, "results"), (&nested, "history")] {
            let (log, _) = read_text(&WholeFile(ResultsReader), "results", text.as_bytes());
            let Some(LoggedType::Series(series)) = log.get(kind) else { panic!("no series") };
            assert_eq!(series.names, ["epoch", "val.loss"]);
            let rows = series.rows().iter().map(|row| (row.at.epoch, row.value(1).number()));
            assert_eq!(rows.collect::<Vec<_>>(), [(1, Some(0.5)), (2, Some(0.25))]);
        }
    }

    #[test]
    fn what_is_no_mapping_is_remarked() {
        for text in ["[1, 2]", "{\"a\": ", ""] {
            let (log, diagnostics) =
                read_text(&WholeFile(ResultsReader), "results", text.as_bytes());
            assert!(log.is_empty());
            assert_eq!(diagnostics.kinds()[0].0, DiagnosticKind::NotARecord, "{text}");
        }
    }
}
