//! A shortcut for a record that looks like the one before it.
//!
//! A program logs the fields of a type in one order, and so do nearly all of its lines: a line is
//! compared with the names that are known instead of being parsed, its plain values are read in
//! place, and nothing is allocated but the row. Whatever is not exactly as expected (an escape, an
//! exponent, a NaN, one field more) is left to the parser.

use memchr::memchr;

use super::series::LogSeries;
use super::{ReadProgress, number};
use crate::collect::log_value::LogValue;

/// Adds the record of a line whose first key names a type; does nothing and returns false if that takes a
/// parser.
pub(super) fn add(text: &[u8], kind: &[u8], line: u64, progress: &mut ReadProgress) -> bool {
    let Some(at) = progress.log.series_at(kind) else { return false };
    let Some(rest) = after_type(text, kind) else { return false };
    let Some(values) = values(rest, progress.log.series(at)) else { return false };
    progress.log.add_values(at, values, line, &mut progress.diagnostics)
}

/// Returns what follows the value of the first key.
fn after_type<'a>(text: &'a [u8], kind: &[u8]) -> Option<&'a [u8]> {
    text.strip_prefix(b"{\"_type\": \"")?.strip_prefix(kind)?.strip_prefix(b"\"")
}

fn values(mut rest: &[u8], series: &LogSeries) -> Option<Vec<Option<LogValue>>> {
    let mut values = Vec::with_capacity(series.names.len());
    for name in &series.names {
        rest = rest.strip_prefix(b", \"")?.strip_prefix(name.as_bytes())?.strip_prefix(b"\": ")?;
        let (value, after) = value(rest)?;
        values.push(Some(value));
        rest = after;
    }
    (rest == b"}").then_some(values)
}

fn value(text: &[u8]) -> Option<(LogValue, &[u8])> {
    if text.first() != Some(&b'"') {
        return number::leading(text);
    }
    let (string, rest) = plain_string(text)?;
    Some((LogValue::text(string), rest))
}

/// Reads the text in quotes at the beginning of a text, if it has no escapes; returns what follows it, too.
pub(super) fn plain_string(text: &[u8]) -> Option<(&str, &[u8])> {
    let text = text.strip_prefix(b"\"")?;
    let (string, rest) = text.split_at(memchr(b'"', text)?);
    if string.iter().any(|byte| *byte < b' ' || *byte == b'\\') {
        return None;
    }
    Some((std::str::from_utf8(string).ok()?, &rest[1..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::collect::diagnostic::Diagnostics;
    use crate::collect::reader::{JobLog, PyclsReader, read_text};

    const FIRST: &str = r#"{"_type": "t", "epoch": "1/9", "a": 1, "b": 0.5, "c": "x"}"#;

    /// Reads the line after one that gives the shape, with or without a space that no shape allows.
    fn read(line: &str, space: &str) -> (JobLog, Diagnostics) {
        let line = line.replacen("{\"_type\"", &format!("{{{space}\"_type\""), 1);
        let text = format!("json_stats: {FIRST}\njson_stats: {line}\n");
        read_text(&PyclsReader::new(), "", text.as_bytes())
    }

    proptest! {
        #[test]
        fn the_short_cut_reads_what_the_parser_reads(
            epoch in prop_oneof!["[0-9]/9", "[a1]", "\\\\u0031/9"],
            a in prop_oneof!["-?[0-9]{1,20}", "null", "true", "[1-9]\\.[0-9]{0,5}", "NaN", "\\[1\\]"],
            b in prop_oneof!["-?[0-9]{1,9}(\\.[0-9]{1,9})?(e-?[0-9])?", "\"[a-z\\\\\u{1}é]{0,3}\""],
            end in prop_oneof![Just(r#", "c": "y"}"#), Just("}"), Just(r#", "c": "y", "d": 1}"#),
                Just(r#", "c": "y""#), Just(r#", "c": "y"} "#), Just(r#","c": "y"}"#)],
        ) {
            let line = format!("{{\"_type\": \"t\", \"epoch\": \"{epoch}\", \"a\": {a}, \"b\": {b}{end}");
            let (short, long) = (read(&line, ""), read(&line, " "));
            prop_assert_eq!(format!("{short:?}"), format!("{long:?}"), "{}", line);
        }
    }
}
