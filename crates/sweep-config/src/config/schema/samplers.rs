//! The forms of samplers: by `TYPE`, with all keys in either case, and in short.

use serde_json::{Map, Value as Json, json};

use super::letter_case::{definition, given, required};
use super::values::{
    described, expression, list, mapping, named, number, number_end, pair, positive, whole,
    whole_end,
};
use crate::config::notation::{SHORT_KEYS, SHORT_LAWS};
use crate::config::reference::sampler_comments;
use crate::config::samplers::{Distribution, LARGEST_WHOLE, MOST_POINTS, kinds};
use crate::config::setup::MOST_CONFIGS;

/// The kinds that set several parameters, which no list has as items.
const COMPOSITE: [&str; 3] = ["choice_sampler", "union_sampler", "regnet_sampler"];

/// The meaning of `RANGE`.
const RANGE: &str = "The closed range [LOW, HIGH] to draw from; an end may be an expression over parameters \
    drawn earlier.";
const WHEN: &str =
    "An expression over parameters drawn earlier: the parameter is drawn only if it is true.";
const POINTS: &str = "The number of values from LOW to HIGH, spaced by the distribution, instead of any number between them.";
const WEIGHTS: &str = "The relative frequency of each.";

/// Returns the form of `SETUP.SAMPLERS`.
pub(super) fn all() -> Json {
    let sampler = |name: &str| {
        json!({
            "if": {"type": "string"},
            // Hydra's `choice(a, b)`, or values with commas between.
            "then": {"pattern": "[(,]", "patternErrorMessage": "Expected a sampler, or a list of values."},
            "else": {"$ref": format!("#/definitions/{name}")},
        })
    };
    json!({
        "type": ["object", "null"],
        "properties": {"REGNET": sampler("regnet")},
        "additionalProperties": sampler("sampler"),
    })
}

/// Returns the definitions that the form of samplers refers to.
pub(super) fn definitions() -> Json {
    let comments = sampler_comments();
    let all = kinds();
    let of_one: Vec<&str> = all.into_iter().filter(|kind| *kind != "regnet_sampler").collect();
    let items: Vec<&str> = all.into_iter().filter(|kind| !COMPOSITE.contains(kind)).collect();
    let mut definitions = json!({
        "sampler": sampler(&of_one),
        "regnet": sampler(&all),
        "item": {
            "if": given("TYPE", json!({"const": "choice_sampler"})),
            "then": {"$ref": "#/definitions/choice_item"},
            "else": {
                "if": given("TYPE", json!({"const": "union_sampler"})),
                "then": {"$ref": "#/definitions/union_item"},
                "else": {"allOf": [sampler(&items), {"not": given("WHEN", json!({}))}]},
            },
        },
        "choice_item": mapping_item("choice_sampler"),
        "union_item": mapping_item("union_sampler"),
        "length": length(),
        "branch": branch(),
        "short_sampler": short(),
    });
    for kind in all {
        let (keys, required) = keys(kind);
        let mut form = definition(kind, &keys, required, "type");
        if let Some(comment) = comments.get(kind) {
            form["description"] = json!(comment);
            form["properties"]["TYPE"]["description"] = json!(comment);
        }
        definitions[kind] = form;
    }
    definitions
}

/// Returns the form of a choice or union that is the item of a list.
fn mapping_item(kind: &str) -> Json {
    let mut keys = branches();
    keys.remove("NUM_CONFIGS");
    keys.insert("TYPE".to_owned(), json!({"const": kind}));
    if kind == "union_sampler" {
        return definition("union_item", &keys, &["BRANCHES"], "type");
    }
    let key = json!({"type": "string"});
    keys.extend(described([(
        "KEY",
        key,
        "The key of the item that receives the name of the branch.",
    )]));
    definition("choice_item", &keys, &["BRANCHES", "KEY"], "type")
}

/// Returns the form of a sampler of one of some kinds.
fn sampler(kinds: &[&str]) -> Json {
    let comments = sampler_comments();
    let said: Vec<&str> =
        kinds.iter().map(|k| comments.get(*k).map_or("", String::as_str)).collect();
    let kind = json!({"enum": kinds, "enumDescriptions": said});
    let is_kind = |kind: &&str| json!({"if": given("TYPE", json!({"const": kind})), "then": {"$ref": format!("#/definitions/{kind}")}});
    let mut forms: Vec<Json> = kinds.iter().map(is_kind).collect();
    forms.push(json!({
        "if": {"type": "object", "not": {"anyOf": required(&["TYPE"])}},
        "then": {"$ref": "#/definitions/short_sampler"},
    }));
    json!({
        "type": ["object", "array"],
        "minItems": 1,
        "properties": {"TYPE": kind},
        "patternProperties": {"^type$": kind},
        "allOf": forms,
    })
}

/// Returns the keys of a kind of sampler, and those of them that must be given.
fn keys(kind: &str) -> (Map<String, Json>, &'static [&'static str]) {
    let (mut keys, required): (_, &[&str]) = match kind {
        "value_sampler" => (values(), &["VALUES"]),
        "float_sampler" => (numbers(&number_end(), positive()), &["RANGE"]),
        "int_sampler" => (numbers(&whole_end(), whole(1, LARGEST_WHOLE)), &["RANGE"]),
        "list_sampler" => (list_keys(), &["LENGTH", "ITEM_SAMPLER"]),
        "choice_sampler" | "union_sampler" => (branches(), &["BRANCHES"]),
        "regnet_sampler" => (regnet(), &[]),
        _ => (Map::new(), &[]),
    };
    keys.insert("TYPE".to_owned(), json!({"const": kind}));
    keys.extend(described([("WHEN", expression(), WHEN)]));
    (keys, required)
}

fn values() -> Map<String, Json> {
    let mut values = list(&json!({}));
    values["minItems"] = json!(1);
    described([
        ("VALUES", values, "The values to draw from, of any type."),
        ("WEIGHTS", weights(), WEIGHTS),
    ])
}

fn weights() -> Json {
    let mut weight = number();
    weight["minimum"] = json!(0);
    list(&weight)
}

fn numbers(end: &Json, quantum: Json) -> Map<String, Json> {
    let law = "The distribution of the numbers; `uniform` by default.";
    described([
        ("RAND_TYPE", named(Distribution::NAMED), law),
        ("RANGE", pair(end), RANGE),
        ("QUANTIZE", quantum, "The step: draws are multiples of it."),
        ("POINTS", whole(2, MOST_POINTS), POINTS),
    ])
}

fn list_keys() -> Map<String, Json> {
    let length = json!({
        "if": {"type": ["object", "array"]},
        "then": {"$ref": "#/definitions/length"},
        "else": {"type": ["integer", "string"], "minimum": 0},
    });
    let item = json!({"allOf": [{"$ref": "#/definitions/item"}]});
    described([
        (
            "LENGTH",
            length,
            "How many items: a number, an expression, or a sampler of whole numbers.",
        ),
        ("ITEM_SAMPLER", item, "The sampler of each item, drawn independently."),
    ])
}

/// Returns the form of a sampler of lengths, which draws whole numbers that are not negative.
fn length() -> Json {
    let lists = ["VALUES", "values"].map(|key| (key.to_owned(), lengths()));
    let fractions = SHORT_LAWS.iter().filter(|(_, kind, _)| *kind == "float_sampler");
    let of_floats = fractions.map(|(law, ..)| ((*law).to_owned(), json!(false)));
    let others = ["WHEN", "when", "WEIGHTS", "weights"].map(|key| (key.to_owned(), json!(false)));
    let keys: Map<String, Json> = lists.into_iter().chain(of_floats).chain(others).collect();
    json!({
        "allOf": [sampler(&["int_sampler", "value_sampler"]), {"properties": keys}],
        "if": {"type": "array"},
        "then": lengths(),
    })
}

fn lengths() -> Json {
    list(&whole(0, i64::MAX))
}

fn branches() -> Map<String, Json> {
    let branches = json!({
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"$ref": "#/definitions/branch"},
    });
    let mut weight = number();
    weight["minimum"] = json!(0);
    let weights = json!({
        "if": {"type": "object"},
        "then": {"additionalProperties": weight},
        "else": weights(),
    });
    let count = whole(0, MOST_CONFIGS);
    let counts = json!({
        "if": {"type": "object"},
        "then": {"additionalProperties": count},
        "else": list(&count),
    });
    described([
        (
            "BRANCHES",
            branches,
            "The parameters of each branch, by its name: samplers, constants, DERIVED.",
        ),
        ("WEIGHTS", weights, "The relative frequency of each branch, by name or in order."),
        (
            "NUM_CONFIGS",
            counts,
            "The number of configs of each branch, by name or in order; instead of WEIGHTS.",
        ),
    ])
}

/// Returns the form of a branch: what is no sampler is a constant.
fn branch() -> Json {
    let words =
        SHORT_LAWS.iter().map(|(law, ..)| *law).chain(SHORT_KEYS.iter().map(|(key, _)| *key));
    let laws: Vec<Json> = SHORT_LAWS.iter().map(|(law, ..)| json!({"required": [law]})).collect();
    let is_short = json!({
        "type": "object",
        "propertyNames": {"enum": words.collect::<Vec<_>>()},
        "anyOf": laws,
    });
    let is_long = given("TYPE", json!({"type": "string", "pattern": "_sampler$"}));
    let item = |name: &str| {
        json!({
            "if": {"anyOf": [is_long, is_short]},
            "then": {"$ref": format!("#/definitions/{name}")},
        })
    };
    json!({
        "type": ["object", "null"],
        "properties": {
            "REGNET": item("regnet"),
            "DERIVED": {
                "description": "Parameters of the branch that an expression computes from others.",
                "if": {"type": "object"},
                "then": mapping(&expression()),
            },
        },
        "additionalProperties": item("sampler"),
    })
}

fn regnet() -> Map<String, Json> {
    let (whole, number) = (whole_pair(), pair(&number()));
    described([
        ("DEPTH", whole.clone(), "The depth, [LOW, HIGH]: uniform."),
        ("W0", whole.clone(), "The initial width, [LOW, HIGH]: log-uniform, in eights."),
        ("WA", number.clone(), "The slope of the widths, [LOW, HIGH]: log-uniform, in tenths."),
        (
            "WM",
            number.clone(),
            "The factor of the widths, [LOW, HIGH]: log-uniform, in thousandths.",
        ),
        (
            "GROUP_W",
            whole,
            "The width of groups, [LOW, HIGH]: a power of two, or log-uniform in eights.",
        ),
        ("BOT_MUL", number, "The bottleneck's multiplier, [LOW, HIGH]: a power of two."),
    ])
}

fn whole_pair() -> Json {
    pair(&whole(-LARGEST_WHOLE, LARGEST_WHOLE))
}

/// Returns the short form: one law, with what may stand beside it.
fn short() -> Json {
    let mut keys = Map::new();
    for (law, kind, rand_type) in SHORT_LAWS {
        let is_whole = kind == "int_sampler" && law != "power2";
        let mut range = pair(&if is_whole { whole_end() } else { number_end() });
        range["description"] = json!(format!(
            "Short for {{TYPE: {kind}, RAND_TYPE: {rand_type}, RANGE: [LOW, HIGH]}}. {RANGE}"
        ));
        keys.insert(law.to_owned(), range);
    }
    let names: Vec<&str> = keys.keys().map(String::as_str).collect();
    let why = format!("Expected TYPE, or one distribution: {}.", names.join(", "));
    let laws = names.iter().map(|law| json!({"required": [law], "errorMessage": why}));
    let laws: Vec<Json> = laws.collect();
    let (long, _) = self::keys("float_sampler");
    for (short, key) in SHORT_KEYS {
        if let Some(form) = long.get(key) {
            keys.insert(short.to_owned(), form.clone());
        }
    }
    json!({"type": "object", "properties": keys, "oneOf": laws, "additionalProperties": false})
}
