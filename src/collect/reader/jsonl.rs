//! JSON lines: an object a line, with its `epoch` or `step`.
//!
//! An object may name its type with `_type`; nested objects become dotted names. `NaN` and `Infinity`
//! are read as Python's `json` writes them.

use std::borrow::Cow;

use sweep_config::Value;

use super::record::{self, NoRecord, RecordFields};
use super::{LineFormat, RecordSink, generic, odd_number, tokens};
use crate::collect::diagnostic::DiagnosticKind;
use crate::collect::log_value::LogValue;

/// The reader of JSON lines.
pub(crate) struct JsonlReader;

impl JsonlReader {
    /// The files that are looked for if `COLLECT.READERS` names none.
    pub(crate) const USUAL_FILES: &[&str] = &["metrics.jsonl", "**/metrics.jsonl"];
}

impl LineFormat for JsonlReader {
    fn line(&self, number: u64, text: &[u8], is_last: bool, sink: &mut RecordSink<'_>) {
        if text.trim_ascii().is_empty() {
            return;
        }
        match record::object(text) {
            Ok((kind, fields)) => return add(number, kind.as_deref(), fields, sink),
            Err(NoRecord::TooLarge) => return sink.report(DiagnosticKind::TooManyFields, number),
            Err(_) => {}
        }
        let revived = tokens::revive(text);
        match record::revived_object(&revived) {
            Ok((kind, fields)) => {
                if revived.was_not_utf8 {
                    sink.report(DiagnosticKind::NotUtf8, number);
                }
                if revived.had_tokens {
                    sink.report(DiagnosticKind::NotFinite, number);
                }
                add(number, kind.as_deref(), fields, sink);
            }
            Err(NoRecord::TooLarge) => sink.report(DiagnosticKind::TooManyFields, number),
            Err(_) if is_last => sink.report(DiagnosticKind::Torn, number),
            Err(_) => sink.report(DiagnosticKind::NotJson, number),
        }
    }
}

fn add(number: u64, kind: Option<&str>, fields: RecordFields<'_>, sink: &mut RecordSink<'_>) {
    let mut flat = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        flatten(&mut flat, name, value);
    }
    generic::add(sink, kind, flat, number);
}

/// The greatest number of items of a list of numbers that become fields of their own.
const MOST_ITEMS: usize = 32;

/// A nested object becomes its leaves, and so does a short list of numbers (`bbox.0`, `bbox.1`). A text that is a number
/// or a word such as `N/A` is read as one.
pub(super) fn flatten<'a>(flat: &mut RecordFields<'a>, name: Cow<'a, str>, value: LogValue) {
    match value {
        LogValue::Nested(nested) => match *nested {
            Value::Map(map) => {
                for (key, value) in map {
                    flatten(flat, Cow::Owned(format!("{name}.{key}")), value.into());
                }
            }
            Value::List(items) if is_short_of_numbers(&items) => {
                for (number, item) in items.into_iter().enumerate() {
                    flat.push((Cow::Owned(format!("{name}.{number}")), item.into()));
                }
            }
            list => flat.push((name, list.into())),
        },
        LogValue::Text(text) => {
            let value = odd_number::of_text(&text).unwrap_or(LogValue::Text(text));
            flat.push((name, value));
        }
        plain => flat.push((name, plain)),
    }
}

fn is_short_of_numbers(items: &[Value]) -> bool {
    let is_number = |item: &Value| matches!(item, Value::Int(_) | Value::Float(_));
    (1..=MOST_ITEMS).contains(&items.len()) && items.iter().all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::diagnostic::DiagnosticPlace;
    use crate::collect::reader::{LoggedType, read_text};

    #[test]
    fn rows_of_one_epoch_are_put_together_and_types_are_kept_apart() {
        let text = concat!(
            r#"{"epoch": 1, "loss": 0.5, "opt": {"lr": 0.1}}"#,
            "\n",
            r#"{"epoch": 1, "val_loss": NaN}"#,
            "\n\n",
            r#"{"_type": "test_epoch", "epoch": 2, "top1_err": 7}"#,
            "\n",
            "[1]\n",
            r#"{"epoch": 2, "loss""#,
        );
        let (log, diagnostics) = read_text(&JsonlReader, "metrics", text.as_bytes());
        let Some(LoggedType::Series(series)) = log.get("metrics") else { panic!("no metrics") };
        assert_eq!(series.names, ["epoch", "loss", "opt.lr", "val_loss"]);
        assert_eq!(series.rows().len(), 1);
        assert!(log.get("test_epoch").is_some());
        let line = |kind, line| (kind, 1, DiagnosticPlace::Line(line));
        assert_eq!(
            diagnostics.kinds(),
            [
                line(DiagnosticKind::NotJson, 5),
                line(DiagnosticKind::Torn, 6),
                line(DiagnosticKind::NotFinite, 2)
            ]
        );
    }
}
