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
use letter_case::{absent, given, place_of, section};

/// Keys whose value in the reference is an example, or that of one machine.
const NO_DEFAULT: [&str; 4] = ["NAME", "NUM_PROC", "SETUP.NUM_CONFIGS", "LAUNCH.CONDA_ENV"];

/// Returns the JSON Schema (draft-07) of the sweep config as indented text.
#[must_use]
pub fn json_schema() -> String {
    format!("{:#}", schema())
}

fn schema() -> Json {
    let table = KeyTable { known: known_keys(), meanings: key_meanings() };
    let mut definitions = json!({});
    let mut root = table.section("", &mut definitions);
    merge(&mut definitions, samplers::definitions());
    merge(&mut definitions, tree::definitions());
    let mut patterns = json!({});
    let mut apart = Vec::new();
    for (alias, path) in ALIASES {
        let place = json!({"$ref": place_of(path)});
        patterns[format!("^({alias}|{})$", alias.to_ascii_lowercase())] = place;
        let why = format!("{alias} is another name of {path}: remove one of the two.");
        apart.push(json!({"if": given(alias, json!({})), "then": absent(path, &why)}));
    }
    merge(&mut root["patternProperties"], patterns);
    let about = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Sweep config",
        "type": "object",
        "anyOf": letter_case::required(&["NAME"]),
        "allOf": apart,
        "definitions": definitions,
    });
    merge(&mut root, about);
    root
}

/// Returns the keys that decoding asks for, with the forms of their values.
fn known_keys() -> Vec<(String, KeyShape)> {
    let root = YamlNode::new(SourceMark::default(), NodeKind::Map(Vec::new()));
    let decoder = ConfigDecoder::new(Path::new(""), &[]);
    decode(&decoder, &root);
    decoder.take_known()
}

/// The keys that decoding knows, and what the reference says of them.
struct KeyTable {
    known: Vec<(String, KeyShape)>,
    meanings: BTreeMap<String, KeyMeaning>,
}

impl KeyTable {
    /// Returns the form of the section at a path. Those within it become definitions: an editor that completes the name of a
    /// section would write all defaults below it otherwise.
    fn section(&self, path: &str, definitions: &mut Json) -> Json {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}.") };
        let mut keys = Map::new();
        for (known, shape) in &self.known {
            let Some(rest) = known.strip_prefix(&prefix) else { continue };
            let key = rest.split('.').next().unwrap_or(rest);
            let full = format!("{prefix}{key}");
            if keys.contains_key(key) {
                continue;
            }
            let mut form = form(&full, shape);
            if key != rest {
                definitions[&full] = self.section(&full, definitions);
                let place = format!("#/definitions/{full}");
                form = json!({"type": ["object", "null"], "allOf": [{"$ref": place}]});
            }
            self.describe(&mut form, &full, key != rest);
            keys.insert(key.to_owned(), form);
        }
        let mut section = section(&keys, path);
        merge(&mut section, own::rules(path));
        section
    }

    /// Adds what the reference says of a key.
    fn describe(&self, form: &mut Json, path: &str, is_section: bool) {
        let Some(KeyMeaning { comment, value }) = self.meanings.get(path) else { return };
        form["description"] = json!(comment);
        if !is_section && !NO_DEFAULT.contains(&path) {
            let default = value.to_json();
            form["description"] = json!(format!("{comment}\nDefault: {default}"));
            form["default"] = default;
        }
    }
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

/// Adds the entries of one object to another.
fn merge(into: &mut Json, from: Json) {
    if let (Json::Object(into), Json::Object(from)) = (into, from) {
        into.extend(from);
    }
}
