//! Writing: a value as YAML that PyYAML, libyaml and YAML 1.2 readers all take for the same thing.

use std::fmt::Write;

use crate::Value;

/// Writes a value as a YAML document.
///
/// Mappings are written as blocks; lists of plain scalars on one line, others as blocks. Numbers
/// that a YAML 1.1 reader would take for text get the dot it wants (`1.0e-05`), and every text that
/// could be taken for something else is quoted.
#[must_use]
pub fn write(value: &Value) -> String {
    let mut out = String::with_capacity(4096);
    match value {
        Value::Map(map) if !map.is_empty() => block(&mut out, value, 0),
        Value::Keyed(_) => block(&mut out, value, 0),
        Value::List(items) if !is_flow(items) => block(&mut out, value, 0),
        value => {
            inline(&mut out, value);
            out.push('\n');
        }
    }
    out
}

/// Writes a value on one line, as it stands in a list or mapping with brackets.
#[must_use]
pub fn flow(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Map(map) => {
            let entry =
                |(key, value): (&String, &Value)| format!("{}: {}", flow_text(key), flow(value));
            let _ = write!(out, "{{{}}}", map.iter().map(entry).collect::<Vec<_>>().join(", "));
        }
        Value::Keyed(entries) => {
            let entry = |(key, value): &(Value, Value)| format!("{}: {}", flow(key), flow(value));
            let _ = write!(out, "{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "));
        }
        Value::List(items) => {
            let _ = write!(out, "[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", "));
        }
        Value::Str(text) => out = flow_text(text),
        scalar => inline(&mut out, scalar),
    }
    out
}

/// Writes a text as it stands within brackets, where some signs end a text that has no quotes.
fn flow_text(given: &str) -> String {
    let mut out = String::new();
    text(&mut out, given);
    if !out.starts_with(['"', '\'']) && out.contains([',', '[', ']', '{', '}']) {
        return format!("'{}'", given.replace('\'', "''"));
    }
    out
}

/// Writes a mapping or list line by line, each indented by `indent` blanks.
fn block(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Map(map) => {
            for (name, value) in map {
                pad(out, indent);
                key(out, name, indent);
                out.push(':');
                nested(out, value, indent);
            }
        }
        Value::Keyed(entries) => {
            for (name, value) in entries {
                pad(out, indent);
                typed_key(out, name, indent);
                out.push(':');
                nested(out, value, indent);
            }
        }
        Value::List(items) => {
            for item in items {
                pad(out, indent);
                out.push('-');
                nested(out, item, indent);
            }
        }
        scalar => inline(out, scalar),
    }
}

/// Writes a key that may be no text.
fn typed_key(out: &mut String, name: &Value, indent: usize) {
    match name {
        Value::Str(text) => key(out, text, indent),
        scalar => inline(out, scalar),
    }
}

/// Writes a key; YAML allows at most 1,024 characters before the `:` of a line.
fn key(out: &mut String, name: &str, indent: usize) {
    const LONGEST: usize = 1000;
    let start = out.len();
    text(out, name);
    if out.len() - start > LONGEST {
        out.insert_str(start, "? ");
        out.push('\n');
        pad(out, indent);
    }
}

/// Writes the value behind `key:` or `-`: on the same line if it is small, else on lines of its own.
fn nested(out: &mut String, value: &Value, indent: usize) {
    let is_block = match value {
        Value::Map(map) => !map.is_empty(),
        Value::List(items) => !is_flow(items),
        Value::Keyed(_) => true,
        _ => false,
    };
    if is_block {
        out.push('\n');
        block(out, value, indent + 2);
    } else {
        out.push(' ');
        inline(out, value);
        out.push('\n');
    }
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

/// True if and only if the list is to stand on one line.
fn is_flow(items: &[Value]) -> bool {
    items.iter().all(|item| match item {
        Value::Str(text) => is_plain_word(text),
        Value::List(items) => is_flow(items),
        Value::Map(map) => map.is_empty(),
        Value::Keyed(_) => false,
        _ => true,
    })
}

fn inline(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Int(i) => {
            let _ = write!(out, "{i}");
        }
        Value::Float(f) => float(out, *f),
        Value::Str(s) => text(out, s),
        Value::Timestamp(spelt) => out.push_str(spelt),
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                inline(out, item);
            }
            out.push(']');
        }
        Value::Map(_) | Value::Keyed(_) => out.push_str("{}"),
    }
}

/// A float with the fewest digits that read back as the same one, as Python's `repr` chooses them.
fn float(out: &mut String, f: f64) {
    if f.is_nan() {
        out.push_str(".nan");
    } else if f.is_infinite() {
        out.push_str(if f > 0.0 { ".inf" } else { "-.inf" });
    } else if f == 0.0 || (1e-4..1e16).contains(&f.abs()) {
        let _ = write!(out, "{f:?}");
    } else {
        let spelt = format!("{f:e}");
        let (mantissa, exponent) = spelt.split_once('e').unwrap_or((&spelt, "0"));
        let dot = if mantissa.contains('.') { "" } else { ".0" };
        let (sign, digits) = match exponent.strip_prefix('-') {
            Some(digits) => ('-', digits),
            None => ('+', exponent),
        };
        let _ = write!(out, "{mantissa}{dot}e{sign}{digits:0>2}");
    }
}

/// A text, in quotes where it needs them.
fn text(out: &mut String, text: &str) {
    if is_plain_word(text) {
        out.push_str(text);
        return;
    }
    let options =
        serde_yaml::ser_options! { prefer_block_scalars: false, min_fold_chars: usize::MAX };
    match serde_yaml::to_string_with_options(&text, options) {
        Ok(quoted) if !quoted.trim_end_matches('\n').contains('\n') => {
            out.push_str(quoted.trim_end_matches('\n'));
        }
        // JSON's escapes are YAML's: right for any text, if not pretty.
        _ => out.push_str(&serde_json::Value::from(text).to_string()),
    }
}

/// True if and only if the text is a plain word that no YAML reader takes for anything but text:
/// the common case, decided without the serializer.
fn is_plain_word(text: &str) -> bool {
    const NOT_TEXT: [&str; 12] =
        ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "none"];
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '/')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'/' | b'.' | b'-'))
        && !NOT_TEXT.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::yaml::read;

    #[test]
    fn keys_and_texts_on_one_line_read_back_whatever_they_hold() {
        let texts = [
            "f(5, 6)",
            "a,b",
            "[x]",
            "{y",
            "it's, so",
            "a,\nb",
            "# no",
            "x: y, z",
            "'q', \"r\"",
            "",
            " ,",
            "12:30",
            "true",
            "\u{1F600}, \u{7}",
            "- a",
            "\\,",
        ];
        for text in texts {
            let map = Value::Map(
                std::iter::once((text.to_owned(), Value::Str(text.to_owned()))).collect(),
            );
            let line = flow(&Value::List(vec![map.clone(), Value::Str(text.to_owned())]));
            assert!(!line.contains('\n'), "{line}");
            let found = read(Path::new("line"), &format!("k: {line}\n")).unwrap();
            let expected = Value::List(vec![map, Value::Str(text.to_owned())]);
            let expected = Value::Map(std::iter::once(("k".to_owned(), expected)).collect());
            assert_eq!(found, expected, "{line}");
        }
    }
}
