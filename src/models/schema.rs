//! The keys that a pycls job config may have, with their defaults.

use std::path::Path;
use std::sync::LazyLock;

use sweep_config::{ConfigProblems, Map, Value, yaml};

use super::fields::spelt;

/// Keys of older versions, which pycls passes over.
const DEPRECATED: [&str; 8] = [
    "MEM",
    "MEM.RELU_INPLACE",
    "OPTIM.GAMMA",
    "PREC_TIME.BATCH_SIZE",
    "PREC_TIME.ENABLED",
    "PORT",
    "TRAIN.EVAL_PERIOD",
    "TRAIN.CHECKPOINT_PERIOD",
];

/// pycls's own default config.
pub fn defaults() -> &'static Value {
    static DEFAULTS: LazyLock<Value> = LazyLock::new(|| {
        let text = include_str!("../../configs/defaults/pycls.yaml");
        yaml::read(Path::new("configs/defaults/pycls.yaml"), text).unwrap_or(Value::Null)
    });
    &DEFAULTS
}

/// The configs' defaults that `SETUP.DEFAULTS` names: pycls's, a file's, or none.
///
/// # Errors
///
/// When the file cannot be read.
pub fn read_defaults(name: &str) -> Result<Option<Value>, ConfigProblems> {
    match name {
        "" => Ok(None),
        "pycls" => Ok(Some(defaults().clone())),
        file => yaml::read_file(Path::new(file)).map(Some),
    }
}

/// A config with the defaults where it says nothing, or all that `defaults` does not allow in it:
/// unknown keys and other types, a sentence each.
///
/// Types are compared as pycls (yacs) does: by the default's, a text standing for what it spells;
/// nothing is always allowed, on either side.
///
/// # Errors
///
/// One sentence a key that is unknown or of another type.
pub fn complete(config: &Value, defaults: &Value) -> Result<Value, Vec<String>> {
    let mut problems = Vec::new();
    let mut complete = defaults.clone();
    merge(config, &mut complete, "", &mut problems);
    if problems.is_empty() { Ok(complete) } else { Err(problems) }
}

fn merge(given: &Value, into: &mut Value, path: &str, problems: &mut Vec<String>) {
    let (Value::Map(given), Value::Map(into)) = (given, into) else { return };
    for (key, value) in given {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match into.get_mut(key) {
            Some(default @ Value::Map(_)) if matches!(value, Value::Map(_)) => {
                merge(value, default, &path, problems);
            }
            Some(default) => match coerced(value, default) {
                Some(value) => *default = value,
                None => problems.push(wrong_type(&path, value, default)),
            },
            None if DEPRECATED.contains(&path.as_str()) => {}
            None => problems.push(unknown(&path, key, into)),
        }
    }
}

fn wrong_type(path: &str, value: &Value, default: &Value) -> String {
    let expected = match default {
        Value::Float(_) => "a number with a fraction, such as 10.0,",
        other => other.kind(),
    };
    format!("{path}: {} where {expected} must be", value.kind())
}

fn unknown(path: &str, key: &str, known: &Map) -> String {
    let likeness = |known: &str| strsim::jaro_winkler(&key.to_uppercase(), &known.to_uppercase());
    let nearest = known.keys().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match nearest.filter(|near| likeness(near) > 0.75) {
        Some(near) => format!("{path}: there is no such key (did you mean `{near}`?)"),
        None => format!("{path}: there is no such key"),
    }
}

/// The value in the type of the default; `None` where it has another.
fn coerced(value: &Value, default: &Value) -> Option<Value> {
    let same = |value: &Value| {
        matches!((value, default), (Value::Null, _) | (_, Value::Null))
            || std::mem::discriminant(value) == std::mem::discriminant(default)
    };
    match spelt(value) {
        Some(spelt) if !matches!(default, Value::Str(_)) && same(&spelt) => Some(spelt),
        _ => same(value).then(|| value.clone()),
    }
}
