//! Texts that stand for a value.

use std::path::Path;

use sweep_config::{Value, yaml};

/// Returns the value that a text spells as a Python literal (yacs: `_decode_cfg_value`), if it is one.
#[cold]
pub(super) fn python_literal(value: &Value) -> Option<Value> {
    let Value::Str(text) = value else { return None };
    match text.trim() {
        "None" => Some(Value::Null),
        "True" => Some(Value::Bool(true)),
        "False" => Some(Value::Bool(false)),
        "" => None,
        // To YAML `true`, `yes` and `12:30` are literals too, to Python they are none.
        text if !text.split(|c: char| "[](), \t".contains(c)).all(is_literal) => None,
        tuple => yaml::read(Path::new("text"), &tuple.replace('(', "[").replace(')', "]")).ok(),
    }
}

/// True for a number of Python's, and what is in quotes.
fn is_literal(word: &str) -> bool {
    let digits = word.trim_start_matches(['+', '-']);
    let is_octal =
        digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
    let is_hex = digits.strip_prefix("0x").is_some_and(|hex| i64::from_str_radix(hex, 16).is_ok());
    let is_decimal = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.replace('_', "").parse::<f64>().is_ok()
        && !is_octal;
    let is_quoted =
        |quote: char| word.len() > 1 && word.starts_with(quote) && word.ends_with(quote);
    word.is_empty() || is_hex || is_decimal || is_quoted('\'') || is_quoted('"')
}
