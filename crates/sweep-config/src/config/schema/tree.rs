//! The form of `SETUP.TREE`: what the words of its grammar take; all else is data.

use serde_json::{Map, Value as Json, json};

use super::values::{flag, list, named, number, positive, text, whole};
use crate::config::notation::{WANDB_LAWS, WANDB_WORDS};
use crate::config::tree::{LEAF_KEYS, LIST_WORDS, OPERATIONS, SWEEP, SWEPT_WORDS, UPSERT};

/// Returns the definitions that the form of a tree refers to.
pub(super) fn definitions() -> Json {
    let swept = |with: Json| {
        let mut condition = json!({"type": "object", "required": [SWEEP]});
        super::merge(&mut condition, with);
        condition
    };
    let is_on = swept(json!({"properties": {SWEEP: {"const": true}}}));
    let leaf: Vec<Json> = LEAF_KEYS.iter().map(|key| json!({"required": [key]})).collect();
    let is_off = swept(json!({"anyOf": leaf}));
    json!({
        "tree": {
            "if": is_on,
            "then": {"$ref": "#/definitions/swept"},
            "else": {
                "if": is_off,
                "then": {"properties": {SWEEP: flag()}},
                "else": {"$ref": "#/definitions/level"},
            },
        },
        "level": level(),
        "swept": leaf_form(),
    })
}

/// Returns the form of a part of the tree that is not swept itself; only a mapping has words.
fn level() -> Json {
    let tree = json!({"$ref": "#/definitions/tree"});
    let mut words = json!({SWEEP: flag(), UPSERT: list(&tree), OPERATIONS: list(&operation())});
    words[SWEEP]["description"] =
        json!("Whether this is swept; needs `values` or a `distribution`.");
    words[UPSERT]["description"] = json!("Trees to merge in afterwards, in order.");
    words[OPERATIONS]["description"] = json!("Changes to the list of the base config, in order.");
    json!({
        "properties": words,
        "propertyNames": {"anyOf": [{"enum": [UPSERT, OPERATIONS]}, {"not": {"pattern": "^dy__"}}]},
        "additionalProperties": tree,
        "items": tree,
    })
}

/// Returns the form of a change of a list: a word with an index, or with an index and an item.
fn operation() -> Json {
    let index = whole(-1, i64::MAX);
    let mut words = Map::new();
    for word in LIST_WORDS {
        let with_item = json!({
            "if": {"type": "array"},
            "then": {"items": [index, {}], "minItems": 2, "maxItems": 2},
            "else": index,
        });
        let form = if word == "dy__remove" { index.clone() } else { with_item };
        words.insert(word.to_owned(), form);
    }
    json!({"type": "object", "properties": words, "additionalProperties": false, "minProperties": 1, "maxProperties": 1})
}

/// Returns the form of what is swept, which has the words of Weights & Biases for how.
fn leaf_form() -> Json {
    let form = |word: &str| match word {
        SWEEP => json!({"const": true}),
        "sweep_alias" => list(&text()),
        "sweep_identifier" => text(),
        "values" => {
            let mut values = list(&json!({"$ref": "#/definitions/tree"}));
            values["minItems"] = json!(1);
            values
        }
        "value" => json!({}),
        "distribution" => named(&WANDB_LAWS.map(|law| (law, ()))),
        "probabilities" => list(&number()),
        "min" | "max" | "mu" => number(),
        _ => positive(),
    };
    let words = SWEPT_WORDS.iter().chain(&WANDB_WORDS);
    let words: Map<String, Json> = words.map(|word| ((*word).to_owned(), form(word))).collect();
    json!({"type": "object", "properties": words, "additionalProperties": false})
}
