//! Holds the schema to the decoder and the reference.

use std::collections::BTreeSet;

use super::*;
use crate::Sweep;
use crate::config::samplers::kinds;

/// The dotted paths of the keys and sections that the schema has in upper case.
fn keys_of(schema: &Json, path: &str, keys: &mut BTreeSet<String>) {
    let section = if path.is_empty() { schema } else { &schema["definitions"][path] };
    assert_eq!(section["additionalProperties"], json!(false), "{path}");
    for (key, form) in section["properties"].as_object().unwrap() {
        let path = crate::config::decoder::join(path, key);
        if is_section(form, &path) {
            keys_of(schema, &path, keys);
        }
        keys.insert(path);
    }
}

fn is_section(form: &Json, path: &str) -> bool {
    form["allOf"][0]["$ref"] == json!(format!("#/definitions/{path}"))
}

fn at<'s>(schema: &'s Json, path: &str) -> &'s Json {
    schema.pointer(place_of(path).trim_start_matches('#')).unwrap()
}

#[test]
fn the_schema_has_every_key_of_the_decoder_and_of_the_reference_and_no_other() {
    let mut keys = BTreeSet::new();
    keys_of(&schema(), "", &mut keys);
    let named: BTreeSet<String> = key_meanings().into_keys().collect();
    assert_eq!(keys, named);
    for (path, shape) in known_keys() {
        assert!(keys.contains(&path), "{path}");
        let has_own = own::form(&path).is_some();
        assert_eq!(shape == KeyShape::Own, has_own, "{path} has the form {shape:?}");
    }
    for (path, _) in own::FORMS {
        assert!(keys.contains(path), "{path} is no key");
    }
}

#[test]
fn every_key_has_its_meaning_and_the_default_of_the_reference() {
    let schema = schema();
    for (path, meaning) in key_meanings() {
        let form = at(&schema, &path);
        let description = form["description"].as_str().unwrap();
        assert!(!meaning.comment.is_empty() && description.starts_with(&meaning.comment), "{path}");
        let has_default = !is_section(form, &path) && !NO_DEFAULT.contains(&path.as_str());
        assert_eq!(form.get("default"), has_default.then(|| meaning.value.to_json()).as_ref());
    }
    for (path, found) in [
        ("SETUP", "sweep_setup: how to sample the job configs"),
        (
            "SETUP.SEED_KEY",
            "The number of jobs per config (seeds), and the key of the job config that",
        ),
        ("SETUP.DERIVED", "Parameters computed from others by an expression"),
        ("SETUP.CONSTRAINTS.CX.ACTS", "Complexity of the model, [LOW, HIGH]."),
        (
            "COLLECT.READERS",
            "or of mappings\n- {READER: csv, FILES: [logs/*.csv], TYPE: train}\n- ",
        ),
    ] {
        let description = at(&schema, path)["description"].as_str().unwrap();
        assert!(description.contains(found), "{path}: {description}");
    }
}

/// The keys that decoding knows in a mapping, as it tells whoever gives it another.
fn known_in(before: &str, after: &str) -> BTreeSet<String> {
    let text = format!("NAME: x\n{before}XXXXXXXXXXXXXXXX: 1{after}\n");
    let report = Sweep::parse(Path::new("x"), text, &[]).unwrap_err().to_string();
    let keys = report.split("use one of ").nth(1).expect("a hint").lines().next().unwrap();
    keys.split(", ").map(str::to_owned).collect()
}

fn properties(form: &Json) -> BTreeSet<String> {
    form["properties"].as_object().unwrap().keys().cloned().collect()
}

#[test]
fn samplers_readers_and_objectives_have_the_keys_that_decoding_knows() {
    let schema = schema();
    for kind in kinds() {
        let key = if kind == "regnet_sampler" { "REGNET" } else { "a" };
        // The weights are asked for once there is what they weigh.
        let branches = if ["choice_sampler", "union_sampler"].contains(&kind) {
            "BRANCHES: {b: {}}, "
        } else {
            ""
        };
        let before =
            format!("SETUP: {{NUM_CONFIGS: 1, SAMPLERS: {{{key}: {{TYPE: {kind}, {branches}");
        let form = &schema["definitions"][kind];
        assert_eq!(properties(form), known_in(&before, "}}}"), "{kind}");
        let said = form["description"].as_str().unwrap_or_default();
        assert!(!said.is_empty(), "{kind} is not told of");
    }
    let reader = &at(&schema, "COLLECT.READERS")["items"]["then"];
    assert_eq!(properties(reader), known_in("COLLECT: {READERS: [{READER: csv, ", "}]}"));
    let objective = &at(&schema, "ANALYZE.OBJECTIVE")["else"]["then"];
    assert_eq!(properties(objective), known_in("ANALYZE: {OBJECTIVE: {METRIC: a, ", "}}"));
    // Decoding asks for the words of a distribution only where there is one.
    let swept = properties(&schema["definitions"]["swept"]);
    let before = "SETUP: {NUM_CONFIGS: 1, TREE: {k: {sweep: true, distribution: q_beta, ";
    assert!(swept.is_superset(&known_in(before, "}}}")));
}
