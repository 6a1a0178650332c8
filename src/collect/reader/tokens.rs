//! The bare tokens `NaN`, `Infinity` and `-Infinity`, which Python's `json` writes and JSON lacks.
//!
//! Only a line that is no JSON comes here: it is rewritten so that it is, and parsed again.

use std::borrow::Cow;

/// The tokens, and the texts that stand for them in a rewritten line. No log holds these texts but
/// by intent: they begin with a control character that JSON writers escape.
const TOKENS: [(&[u8], &str, f64); 3] = [
    (b"NaN", "\u{1}NaN", f64::NAN),
    (b"-Infinity", "\u{1}-Infinity", f64::NEG_INFINITY),
    (b"Infinity", "\u{1}Infinity", f64::INFINITY),
];

/// A line as it may be parsed once more.
pub(crate) struct RevivedLine<'a> {
    pub(crate) text: Cow<'a, str>,
    /// Some bytes were not UTF-8; they are now U+FFFD.
    pub(crate) was_not_utf8: bool,
    /// There was a bare token.
    pub(crate) had_tokens: bool,
}

/// Replaces what is not UTF-8, and the bare tokens outside strings by texts that [`number`] knows.
pub(crate) fn revive(line: &[u8]) -> RevivedLine<'_> {
    let text = String::from_utf8_lossy(line);
    let was_not_utf8 = matches!(text, Cow::Owned(_));
    match replace_tokens(&text) {
        Some(replaced) => RevivedLine { text: replaced.into(), was_not_utf8, had_tokens: true },
        None => RevivedLine { text, was_not_utf8, had_tokens: false },
    }
}

/// The number that a text of a revived line stands for.
pub(crate) fn number(text: &str) -> Option<f64> {
    if !text.starts_with('\u{1}') {
        return None;
    }
    TOKENS.iter().find(|(_, mark, _)| *mark == text).map(|(_, _, number)| *number)
}

fn replace_tokens(line: &str) -> Option<String> {
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while at < line.len() {
        let rest = &line.as_bytes()[at..];
        if rest[0] == b'"' {
            at += string_len(rest);
        } else if let Some((token, mark, _)) = TOKENS.iter().find(|(t, ..)| rest.starts_with(t)) {
            out.push_str(&line[copied..at]);
            out.push_str("\"\\u0001");
            out.push_str(&mark[1..]);
            out.push('"');
            at += token.len();
            copied = at;
        } else {
            at += 1;
        }
    }
    out.push_str(&line[copied..]);
    (copied > 0).then_some(out)
}

/// The length of the string that `bytes` begin with, its quotes included.
fn string_len(bytes: &[u8]) -> usize {
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_replaced_outside_strings_only() {
        let line = r#"{"NaN": NaN, "a": [-Infinity,Infinity], "b": "\"NaN, Infinity"}"#;
        let revived = revive(line.as_bytes());
        assert!(revived.had_tokens && !revived.was_not_utf8);
        let value: serde_json::Value = serde_json::from_str(&revived.text).unwrap();
        assert_eq!(number(value["NaN"].as_str().unwrap()).map(f64::is_nan), Some(true));
        assert_eq!(number(value["a"][0].as_str().unwrap()), Some(f64::NEG_INFINITY));
        assert_eq!(number(value["a"][1].as_str().unwrap()), Some(f64::INFINITY));
        assert_eq!(value["b"], "\"NaN, Infinity");
    }

    #[test]
    fn a_line_without_tokens_stays_as_it_is() {
        let revived = revive(b"{\"a\": 1, \"Naan\": \"x");
        assert!(!revived.had_tokens);
        assert_eq!(revived.text, "{\"a\": 1, \"Naan\": \"x");
    }

    #[test]
    fn a_byte_that_is_not_utf8_is_replaced() {
        let revived = revive(b"{\"a\": \"x\xff\"}");
        assert!(revived.was_not_utf8);
        assert_eq!(revived.text, "{\"a\": \"x\u{fffd}\"}");
    }

    #[test]
    fn a_string_cut_after_a_backslash_ends_with_the_line() {
        assert_eq!(revive(b"NaN \"\\").text, "\"\\u0001NaN\" \"\\");
    }
}
