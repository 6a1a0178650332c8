//! Keys in both letter cases: those in upper case are the properties that an editor offers, those in lower case refer to them.

use serde_json::{Map, Value as Json, json};

/// Returns the place of a key of the config in the schema, by its dotted path.
pub(super) fn place_of(path: &str) -> String {
    match path.rsplit_once('.') {
        None => format!("#/properties/{path}"),
        Some((section, key)) => format!("#/definitions/{section}/properties/{key}"),
    }
}

/// Returns the schema of a section of the config with these keys, at a dotted path.
pub(super) fn section(keys: &Map<String, Json>, path: &str) -> Json {
    let mut lower = Map::new();
    let mut apart = Map::new();
    for key in keys.keys() {
        let small = key.to_ascii_lowercase();
        let place = place_of(&crate::config::decoder::join(path, key));
        lower.insert(format!("^{small}$"), json!({"$ref": place}));
        let why = format!("{key} is given twice: remove one of the two.");
        apart.insert(small, json!({"properties": {key: false}, "errorMessage": why}));
    }
    json!({
        "type": ["object", "null"],
        "properties": keys,
        "patternProperties": lower,
        "dependencies": apart,
        "additionalProperties": false,
    })
}

/// Returns the schema of a definition with these keys, which are in lower case where `marker` is.
pub(super) fn definition(
    name: &str,
    keys: &Map<String, Json>,
    required: &[&str],
    marker: &str,
) -> Json {
    let mut lower = Map::new();
    let mut with_marker = Map::new();
    for key in keys.keys() {
        let small = key.to_ascii_lowercase();
        let place = format!("#/definitions/{name}/properties/{key}");
        lower.insert(format!("^{small}$"), json!({"$ref": place}));
        with_marker.insert(small, json!([marker]));
    }
    let mut definition = json!({
        "type": "object",
        "properties": keys,
        "patternProperties": lower,
        "dependencies": with_marker,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        let each = required.iter().map(|key| json!({"anyOf": self::required(&[key])}));
        definition["allOf"] = each.collect();
    }
    definition
}

/// Returns the alternatives that one of some keys is given, in either case.
pub(super) fn required(keys: &[&str]) -> Json {
    let both = keys.iter().flat_map(|key| [(*key).to_owned(), key.to_ascii_lowercase()]);
    both.map(|key| json!({"required": [key]})).collect()
}

/// Returns the condition that a mapping has a key, in either case, whose value has a form.
#[expect(clippy::needless_pass_by_value, reason = "forms are written in place")]
pub(super) fn given(key: &str, form: Json) -> Json {
    let alternatives = [key.to_owned(), key.to_ascii_lowercase()]
        .map(|key| json!({"required": [key], "properties": {key: form}}));
    json!({"type": "object", "anyOf": alternatives})
}

/// Returns the form of a mapping that has no key at a dotted path, in either case.
pub(super) fn absent(path: &str, why: &str) -> Json {
    let (key, form) = match path.split_once('.') {
        None => (path, json!(false)),
        Some((section, rest)) => (section, absent(rest, why)),
    };
    json!({"properties": {key: form, key.to_ascii_lowercase(): form}, "errorMessage": why})
}
