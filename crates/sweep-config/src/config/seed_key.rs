//! `REPLICATES` and `SEED_KEY`: the key of the job config in which replicates differ.

use super::names::{ExpressionNames, leaves};
use super::paths::{PathFault, inside_of_value, is_within, near_path, parameter_path};
use super::section::ConfigSection;
use crate::Value;

/// The key of pycls, where `SEED_KEY` names no other.
const DEFAULT: &str = "RNG_SEED";

/// Returns the path in which several replicates differ, before anything of it was checked.
pub(super) fn replicated(section: &ConfigSection<'_>, base_cfg: &Value) -> Option<String> {
    let count = section.peek("REPLICATES")?.node.to_value();
    let key = match section.peek("SEED_KEY").map(|given| given.node.to_value()) {
        Some(Value::Str(text)) => text,
        _ => DEFAULT.to_owned(),
    };
    matches!(count, Value::Int(2..)).then(|| parameter_path(&key, base_cfg, true).unwrap_or(key))
}

/// Decodes the key in which replicates differ; nothing else may set it.
pub(super) fn decode(
    section: &ConfigSection<'_>,
    names: &ExpressionNames<'_>,
    replicates: u32,
) -> String {
    let is_given = section.has("SEED_KEY");
    let text = section.text("SEED_KEY", DEFAULT);
    let found = parameter_path(&text, names.base_cfg, names.has_defaults).and_then(|key| {
        let clash = inside_of_value(&key, names.base_cfg)
            .or_else(|| no_seed(&key, names.base_cfg))
            .or_else(|| other_seed(&key, names).filter(|_| !is_given))
            .filter(|_| replicates > 1);
        clash.map_or(Ok(key), Err)
    });
    let key = found.unwrap_or_else(|PathFault { message, hint, .. }| {
        section.problem("SEED_KEY", format!("`{text}`: {message}"), hint);
        text
    });
    if replicates > 1 {
        check_beside(section, names, &key);
    }
    key
}

/// Reports what else sets the key, or was probably meant by it.
fn check_beside(section: &ConfigSection<'_>, names: &ExpressionNames<'_>, key: &str) {
    let mut others = names.params.iter().chain(names.derived.keys());
    if let Some(other) = others.find(|param| is_within(param, key) || is_within(key, param)) {
        let message = format!("`{other}` is sampled, but `{key}` is the seed of the replicates");
        let hint = "set SEED_KEY to another key of the job config, or remove REPLICATES";
        section.problem("SEED_KEY", message, Some(hint.to_owned()));
    }
    if !names.has_defaults
        && let Some(near) = near_path(key, names.base_cfg)
        && let Some(given) = section.peek("SEED_KEY")
    {
        given.warn(format!("`{key}` is not in BASE_CFG"), Some(format!("did you mean `{near}`?")));
    }
}

/// Returns the fault of a key whose value in the base config cannot be counted up.
fn no_seed(key: &str, base_cfg: &Value) -> Option<PathFault> {
    let found = match base_cfg.get_path(key)? {
        Value::Int(_) | Value::Null => return None,
        other => other.kind(),
    };
    let hint = "give it a whole number, or null to count from 0";
    Some(PathFault {
        message: format!("is {found} in BASE_CFG, but replicates count up from it"),
        hint: Some(hint.to_owned()),
        in_the_way: None,
    })
}

/// Returns the fault of the default key where the base config lacks it and has a seed by another name: replicates
/// would all have that one.
fn other_seed(key: &str, names: &ExpressionNames<'_>) -> Option<PathFault> {
    if names.has_defaults || names.base_cfg.get_path(key).is_some() {
        return None;
    }
    let mut known = Vec::new();
    leaves(names.base_cfg, "", &mut known);
    let is_seed = |path: &&String| {
        let last = path.rsplit('.').next().unwrap_or_default();
        last.to_ascii_lowercase().contains("seed")
            && matches!(names.base_cfg.get_path(path), Some(Value::Int(_) | Value::Null))
    };
    let other = known.iter().find(is_seed)?;
    Some(PathFault {
        message: format!(
            "is not in BASE_CFG, but `{other}` is: all replicates would share that seed"
        ),
        hint: Some(format!("write `SEED_KEY: {other}`, or confirm with `SEED_KEY: {key}`")),
        in_the_way: None,
    })
}
