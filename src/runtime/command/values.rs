//! Converts a config to the values that a template prints.

use serde_json::Value as Json;
use sweep_config::Value;

/// Returns the config with every value in the form in which it is printed.
///
/// Numbers are printed by JSON's rules, as the shortest text that reads back as the same number. A list
/// becomes one text, its JSON. The infinities and not-a-number, which JSON lacks, become text in the
/// spelling that most languages read.
pub(super) fn to_context(value: &Value) -> Json {
    match value {
        Value::Float(x) if !x.is_finite() => text(value).into(),
        Value::List(_) => list_text(value).into(),
        Value::Map(map) => {
            Json::Object(map.iter().map(|(key, value)| (key.clone(), to_context(value))).collect())
        }
        plain => plain.to_json(),
    }
}

/// Returns a single value as a program reads it.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Str(text) | Value::Timestamp(text) => text.clone(),
        Value::Float(x) if x.is_nan() => "nan".to_owned(),
        Value::Float(x) if x.is_infinite() => if *x > 0.0 { "inf" } else { "-inf" }.to_owned(),
        plain => plain.to_json().to_string(),
    }
}

/// Returns JSON as Python prints it: `[16, 32]`, with `NaN` and `Infinity`.
pub(super) fn list_text(value: &Value) -> String {
    match value {
        Value::Float(x) if x.is_nan() => "NaN".to_owned(),
        Value::Float(x) if x.is_infinite() => {
            if *x > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
        }
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(list_text).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(map) => {
            let items: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{}: {}", Json::from(key.as_str()), list_text(value)))
                .collect();
            format!("{{{}}}", items.join(", "))
        }
        Value::Keyed(_) => list_text(&value.clone().with_text_keys()),
        plain => plain.to_json().to_string(),
    }
}
