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
        tuple => yaml::read(Path::new("a text"), &tuple.replace('(', "[").replace(')', "]")).ok(),
    }
}
