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
        Value::Float(x) if x.is_nan() => "nan".into(),
        Value::Float(x) if x.is_infinite() => if *x > 0.0 { "inf" } else { "-inf" }.into(),
        Value::List(_) => list_text(value).into(),
        Value::Map(map) => {
            Json::Object(map.iter().map(|(key, value)| (key.clone(), to_context(value))).collect())
        }
        plain => plain.to_json(),
    }
}

/// Returns JSON as Python prints it: `[16, 32]`.
fn list_text(value: &Value) -> String {
    match value {
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
        plain => plain.to_json().to_string(),
    }
}
