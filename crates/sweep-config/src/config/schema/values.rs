//! The forms of single values, in YAML 1.1 as the config is read, and in YAML 1.2 as many an editor reads it.
//!
//! To YAML 1.2 `1_000`, `12:30` and `yes` are texts, so these texts are no mistakes where a number or truth value is wanted. A text
//! may be anything that is spelt on one line.

use serde_json::{Map, Value as Json, json};

use crate::config::samplers::WHOLE;

/// Whole numbers that are texts to YAML 1.2.
const WHOLE_TEXT: &str =
    "^[-+]?(?=[0-9]*[_:]|0[bx])(0b[01_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*(:[0-5]?[0-9])*)$";
/// Numbers that are texts to YAML 1.2.
const NUMBER_TEXT: &str = "^[-+]?(?=[0-9.]*[_:]|0[bx])(0b[01_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*(:[0-5]?[0-9])*(\\.[0-9_]*)?([eE][-+]?[0-9]+)?)$";
/// Truth values that are texts to YAML 1.2.
const FLAG_TEXT: &str = "^([yY]es|YES|[nN]o|NO|[oO]n|ON|[oO]ff|OFF)$";

/// Returns the form of a text, which may be empty.
pub(super) fn text() -> Json {
    json!({"type": ["string", "number", "boolean", "null"]})
}

/// Returns the form of a text that is not empty.
pub(super) fn some_text() -> Json {
    json!({"type": ["string", "number", "boolean"], "minLength": 1})
}

/// Returns the form of a text with a pattern.
pub(super) fn text_like(pattern: &str, what: &str) -> Json {
    json!({"type": ["string", "number", "boolean"], "pattern": pattern, "patternErrorMessage": what})
}

/// Returns the form of an expression.
pub(super) fn expression() -> Json {
    some_text()
}

/// Returns the form of a truth value.
pub(super) fn flag() -> Json {
    let what = "Expected true or false.";
    json!({"type": ["boolean", "string"], "pattern": FLAG_TEXT, "patternErrorMessage": what})
}

/// Returns the form of a whole number.
pub(super) fn whole(least: i64, most: i64) -> Json {
    let what = "Expected a whole number.";
    json!({
        "type": ["integer", "string"],
        "minimum": least,
        "maximum": most,
        "pattern": WHOLE_TEXT,
        "patternErrorMessage": what,
    })
}

/// Returns the form of a number.
pub(super) fn number() -> Json {
    let what = "Expected a number.";
    json!({"type": ["number", "string"], "pattern": NUMBER_TEXT, "patternErrorMessage": what})
}

/// Returns the form of a number above 0.
pub(super) fn positive() -> Json {
    let mut number = number();
    number["exclusiveMinimum"] = json!(0);
    number
}

/// Returns the form of one of some words; the empty one may be nothing.
pub(super) fn word(words: &[String]) -> Json {
    let nothing = words.iter().any(String::is_empty).then_some(Json::Null);
    let words = words.iter().map(|word| json!(word)).chain(nothing);
    json!({"enum": words.collect::<Vec<_>>()})
}

/// Returns the form of one of the words by which an enum of the config names its variants.
pub(super) fn named<T>(named: &[(&str, T)]) -> Json {
    json!({"enum": named.iter().map(|(name, _)| *name).collect::<Vec<_>>()})
}

/// Returns the form of a list.
pub(super) fn list(item: &Json) -> Json {
    json!({"type": "array", "items": item})
}

/// Returns the form of a list of two.
pub(super) fn pair(item: &Json) -> Json {
    json!({"type": "array", "items": item, "minItems": 2, "maxItems": 2})
}

/// Returns the form of a mapping from names of the user's own, or of nothing.
pub(super) fn mapping(value: &Json) -> Json {
    json!({"type": ["object", "null"], "additionalProperties": value})
}

/// Returns the form of an end of a range of whole numbers: a number or an expression.
pub(super) fn whole_end() -> Json {
    json!({"type": ["integer", "string"], "minimum": WHOLE.start(), "maximum": WHOLE.end()})
}

/// Returns the form of an end of a range of numbers: a number or an expression.
pub(super) fn number_end() -> Json {
    json!({"type": ["number", "string"]})
}

/// Returns properties with their descriptions.
pub(super) fn described<const N: usize>(keys: [(&str, Json, &str); N]) -> Map<String, Json> {
    let described = |(key, mut form, description): (&str, Json, &str)| {
        form["description"] = json!(description);
        (key.to_owned(), form)
    };
    keys.into_iter().map(described).collect()
}
