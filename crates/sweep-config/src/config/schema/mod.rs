//! The JSON Schema of the sweep config, for editors: draft-07.
//!
//! Keys, their bounds and their words are those that decoding asks for (`KeyShape`); what they mean and their defaults are
//! those of the reference. Here is the form of what is more than one value (`own`, `samplers`, `tree`). A schema knows
//! neither expressions nor what one key means for another, but for a few; nothing that decoding takes is refused, in YAML 1.1 as it
//! reads it, nor in YAML 1.2 as editors do (`values`).

mod letter_case;
mod own;
mod samplers;
#[cfg(test)]
mod tests;
mod tree;
mod values;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value as Json, json};

use super::aliases::ALIASES;
use super::decode;
use super::decoder::ConfigDecoder;
use super::reference::{KeyMeaning, key_meanings};
use super::shape::KeyShape;
use crate::yaml::{NodeKind, SourceMark, YamlNode};
use letter_case::{given, section};

/// Keys whose value in the reference is an example, or that of one machine.
const NO_DEFAULT: [&str; 4] = ["NAME", "NUM_PROC", "SETUP.NUM_CONFIGS", "LAUNCH.CONDA_ENV"];

/// Returns the JSON Schema (draft-07) of the sweep config as indented text.
#[must_use]
pub fn json_schema() -> String {
    format!("{:#}", schema())
}

fn schema() -> Json {
    let meanings = key_meanings();
    let mut root = section_of(&known_keys(), "", &meanings);
    let mut patterns = json!({});
    let mut apart = Vec::new();
    for (alias, path) in ALIASES {
        let place = format!("#/properties/{}", path.replace('.', "/properties/"));
        patterns[format!("^({alias}|{})$", alias.to_ascii_lowercase())] = json!({"$ref": place});
        let both = [given(alias, json!({})), given_path(path)];
        apart.push(json!({"not": {"allOf": both}}));
    }
    merge(&mut root["patternProperties"], patterns);
    let about = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Sweep config",
        "type": "object",
        "anyOf": letter_case::required(&["NAME"]),
        "allOf": apart,
        "definitions": samplers::definitions(),
    });
    merge(&mut root, about);
    merge(&mut root["definitions"], tree::definitions());
    root
}

/// Returns the keys that decoding asks for, with the forms of their values.
fn known_keys() -> Vec<(String, KeyShape)> {
    let root = YamlNode::new(SourceMark::default(), NodeKind::Map(Vec::new()));
    let decoder = ConfigDecoder::new(Path::new(""), &[]);
    decode(&decoder, &root);
    decoder.take_known()
}

/// Returns the schema of the section at a path, whose keys are those that decoding knows there, in the order of the reference.
fn section_of(
    known: &[(String, KeyShape)],
    path: &str,
    meanings: &BTreeMap<String, KeyMeaning>,
) -> Json {
    let prefix = if path.is_empty() { String::new() } else { format!("{path}.") };
    let below = known.iter().filter_map(|(key, shape)| Some((key.strip_prefix(&prefix)?, shape)));
    let mut keys = Map::new();
    for (rest, shape) in below {
        let key = rest.split('.').next().unwrap_or(rest);
        let full = format!("{prefix}{key}");
        if !keys.contains_key(key) {
            let is_section = key != rest;
            let mut form =
                if is_section { section_of(known, &full, meanings) } else { form(&full, shape) };
            describe(&mut form, &full, is_section, meanings);
            keys.insert(key.to_owned(), form);
        }
    }
    let mut section = section(keys, path);
    merge(&mut section, own::rules(path));
    section
}

/// Returns the form of the value of a key; anything, if the key has one of its own that is not told here.
fn form(path: &str, shape: &KeyShape) -> Json {
    match shape {
        KeyShape::Own => own::form(path).unwrap_or_else(|| json!({})),
        KeyShape::Text => values::text(),
        KeyShape::Texts => values::list(&values::text()),
        KeyShape::Flag => values::flag(),
        KeyShape::Whole { least, most } => values::whole(*least, *most),
        KeyShape::AtLeast(least) => {
            let mut number = values::number();
            number["minimum"] = json!(least);
            number
        }
        KeyShape::Word(words) => values::word(words),
    }
}

/// Adds what the reference says of a key.
fn describe(
    form: &mut Json,
    path: &str,
    is_section: bool,
    meanings: &BTreeMap<String, KeyMeaning>,
) {
    let Some(KeyMeaning { comment, value }) = meanings.get(path) else { return };
    form["description"] = json!(comment);
    if !is_section && !NO_DEFAULT.contains(&path) {
        let default = value.to_json();
        form["description"] = json!(format!("{comment}\nDefault: {default}"));
        form["default"] = default;
    }
}

/// Returns the condition that a key is given, at a dotted path.
fn given_path(path: &str) -> Json {
    match path.split_once('.') {
        None => given(path, json!({})),
        Some((key, rest)) => given(key, given_path(rest)),
    }
}

/// Adds the entries of one object to another.
fn merge(into: &mut Json, from: Json) {
    if let (Json::Object(into), Json::Object(from)) = (into, from) {
        into.extend(from);
    }
}
