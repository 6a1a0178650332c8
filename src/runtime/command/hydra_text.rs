//! Writes values by the grammar of Hydra's command line (pure).

use sweep_config::Value;

use super::values::text;

/// The words that Hydra takes for values that are no text.
const WORDS: [&str; 5] = ["null", "true", "false", "inf", "nan"];

/// True if and only if a text may be the key of an override.
pub(super) fn is_key(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "_-./@".contains(c);
    !text.is_empty() && text.chars().all(is_letter)
}

/// Returns a value such that Hydra reads it back, with its type.
pub(super) fn hydra_value(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Str(text) | Value::Timestamp(text) => hydra_string(text),
        Value::List(items) => {
            format!("[{}]", items.iter().map(hydra_value).collect::<Vec<_>>().join(","))
        }
        Value::Map(map) => {
            let entries = map
                .iter()
                .map(|(key, value)| format!("{}:{}", hydra_string(key), hydra_value(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
        Value::Keyed(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| format!("{}:{}", hydra_value(key), hydra_value(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
        plain => text(plain),
    }
}

/// Returns a text as it is where it can only be text, or else in quotes.
fn hydra_string(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_word = WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    if starts && text.chars().all(is_plain) && !is_word {
        return text.to_owned();
    }
    quoted(text)
}

/// Quotes a text: backslashes count before a quote, and before the `${` of an interpolation, only.
fn quoted(text: &str) -> String {
    let mut out = String::from("'");
    let mut backslashes = 0;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => {
                backslashes += 1;
                continue;
            }
            '\'' => push_backslashes(&mut out, 2 * backslashes + 1),
            '$' if rest.peek() == Some(&'{') => push_backslashes(&mut out, 2 * backslashes + 1),
            _ => push_backslashes(&mut out, backslashes),
        }
        backslashes = 0;
        out.push(c);
    }
    push_backslashes(&mut out, 2 * backslashes);
    out.push('\'');
    out
}

fn push_backslashes(out: &mut String, count: usize) {
    out.extend(std::iter::repeat_n('\\', count));
}
