//! Tests of every network of the reference's golden data, to the last unit.

use serde_json::Value as Json;
use sweep_config::{Map, Value};

use super::block_fit::adjust_blocks;
use super::scale::{ScaledModel, factors, scale};
use super::*;

fn rows(text: &str) -> Vec<Json> {
    text.lines().map(|row| serde_json::from_str(row).unwrap()).collect()
}

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap()), Value::Int)
        }
        Json::String(text) => Value::Str(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        Json::Object(entries) => {
            Value::Map(entries.iter().map(|(key, item)| (key.clone(), value(item))).collect())
        }
    }
}

fn complexity(row: &Json) -> Option<Complexity> {
    let number = |key| row.get(key)?.as_i64();
    Some(Complexity { flops: number("flops")?, params: number("params")?, acts: number("acts")? })
}

/// Counts the complexity as `sweep_setup --info` does.
fn counted(config: &Value) -> Result<Complexity, String> {
    let config = complete(config, defaults()).map_err(|problems| problems.join("; "))?;
    let model = NetworkModel::read(&WholeConfig(&config)).map_err(|e| e.to_string())?;
    model.complexity().map_err(|e| e.to_string())
}

fn check_scaled(row: &Json) {
    let scaled = &row["scaled"];
    let mut config = value(&row["cfg"]);
    config.set_path("MODEL.SCALING_TYPE", value(&scaled["scaling_type"]));
    config.set_path("MODEL.SCALING_FACTOR", value(&scaled["scaling_factor"]));
    let outcome = scale(&WholeConfig(&config)).and_then(|scaled| {
        let scaled = scaled.unwrap();
        let complexity = scaled.model.complexity()?;
        Ok((scaled, complexity))
    });
    if scaled.get("error").is_some() {
        assert!(outcome.is_err(), "{row}");
        return;
    }
    let (ScaledModel { changes, .. }, complexity_of_it) =
        outcome.unwrap_or_else(|e| panic!("{e}: {row}"));
    assert_eq!(Some(complexity_of_it), complexity(scaled), "{row}");
    let mut complete = complete(&config, defaults()).unwrap();
    for (field, value) in changes {
        complete.set_path(field.path(), value);
    }
    for (section, key) in [("ANYNET", "anynet"), ("EN", "effnet")] {
        if let Some(expected) = scaled.get(key).and_then(Json::as_object) {
            for (name, expected) in expected {
                let found = complete.get_path(&format!("{section}.{name}")).unwrap();
                assert_eq!(&found.to_json(), expected, "{section}.{name} of {row}");
            }
        }
    }
    assert_eq!(complete.get_path("TRAIN.IM_SIZE").unwrap().to_json(), scaled["train_im_size"]);
    assert_eq!(complete.get_path("TEST.IM_SIZE").unwrap().to_json(), scaled["test_im_size"]);
    assert_eq!(complete.get_path("MODEL.TYPE").unwrap().to_json(), scaled["model_type"]);
}

#[test]
fn networks_of_every_family_cost_what_the_reference_says() {
    let public = rows(include_str!("../../tests/fixtures/models/complexity_public.jsonl"));
    let zoo = rows(include_str!("../../tests/fixtures/models/complexity_zoo.jsonl"));
    assert!(public.len() >= 600 && zoo.len() >= 67);
    for row in public.iter().chain(&zoo) {
        assert_eq!(counted(&value(&row["cfg"])).ok(), complexity(row), "{row}");
    }
}

#[test]
fn scaled_networks_are_those_of_the_reference() {
    let public = rows(include_str!("../../tests/fixtures/models/complexity_public.jsonl"));
    let zoo = rows(include_str!("../../tests/fixtures/models/complexity_zoo.jsonl"));
    let scaled: Vec<&Json> =
        public.iter().chain(&zoo).filter(|row| row.get("scaled").is_some()).collect();
    assert!(scaled.len() >= 300, "{}", scaled.len());
    scaled.into_iter().for_each(check_scaled);
}

#[test]
fn blocks_are_adjusted_as_the_reference_adjusts_them() {
    for row in rows(include_str!("../../tests/fixtures/models/adjust_block.jsonl")) {
        let wholes = |key: &str| -> Vec<i64> {
            row[key].as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).collect()
        };
        let muls: Vec<f64> =
            row["bs"].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
        let adjusted = adjust_blocks(&wholes("ws"), &muls, &wholes("gs"));
        match row.get("out") {
            None => assert!(adjusted.is_err(), "{row}"),
            Some(out) => {
                let (widths, groups) = adjusted.unwrap_or_else(|e| panic!("{e}: {row}"));
                assert_eq!(serde_json::json!(widths), out["ws"], "{row}");
                assert_eq!(serde_json::json!(groups), out["gs"], "{row}");
            }
        }
    }
}

#[test]
fn scaling_factors_are_those_of_the_reference() {
    for row in rows(include_str!("../../tests/fixtures/models/scaling_factors.jsonl")) {
        let found = factors(row["type"].as_str().unwrap(), row["factor"].as_f64().unwrap());
        let Some(expected) = row.get("d_w_g_r").and_then(Json::as_array) else {
            assert!(found.is_err(), "{row}");
            continue;
        };
        let found = found.unwrap_or_else(|e| panic!("{e}: {row}"));
        let found = [found.depth, found.width, found.group, found.resolution];
        for (found, expected) in found.iter().zip(expected) {
            let expected = expected.as_f64().unwrap();
            assert!((found - expected).abs() <= 1e-15 * expected.abs(), "{found}: {row}");
        }
    }
}

#[test]
fn odd_configs_have_the_reference_s_numbers_or_an_error() {
    let rows = rows(include_str!("../../tests/fixtures/models/config_errors.jsonl"));
    assert!(rows.len() >= 54);
    for row in rows {
        let config =
            if row["cfg"].is_object() { value(&row["cfg"]) } else { Value::Map(Map::new()) };
        assert_eq!(counted(&config).ok(), complexity(&row), "{}: {:?}", row, counted(&config));
    }
}
