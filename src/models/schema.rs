//! The keys that a pycls job config may have, with their defaults.

use sweep_config::{Map, Value};

use super::literal::python_literal;

/// Keys of older versions, which pycls ignores.
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

/// Completes a config with the defaults.
///
/// Types are compared with those of the defaults as pycls (yacs) does: a text stands for the literal
/// that it spells, and null is allowed on either side.
///
/// # Errors
///
/// One sentence for each key that is unknown or of another type.
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
                Some(value) => {
                    problems.extend(odd_item(&path, &value, default));
                    *default = value;
                }
                None => problems.push(wrong_type(&path, value, default)),
            },
            None if DEPRECATED.contains(&path.as_str()) => {}
            None => problems.push(unknown(&path, key, into)),
        }
    }
}

fn wrong_type(path: &str, value: &Value, default: &Value) -> String {
    let expected = match default {
        Value::Float(_) => "a number with a fraction such as 10.0",
        other => other.kind(),
    };
    format!("{path}: expected {expected}, found {}", value.kind())
}

/// Says which item of a list is of another type than all items of the default's list.
fn odd_item(path: &str, value: &Value, default: &Value) -> Option<String> {
    let (Value::List(items), Value::List(defaults)) = (value, default) else { return None };
    let wanted = defaults.first().and_then(item_kind)?;
    if defaults.iter().any(|item| item_kind(item) != Some(wanted)) {
        return None;
    }
    let mut kinds = items.iter().map(item_kind).enumerate();
    let (place, found) = kinds.find_map(|(i, kind)| Some((i, kind.filter(|k| *k != wanted)?)))?;
    Some(format!(
        "{path}[{place}]: expected {wanted} as in the list of the defaults, found {found}"
    ))
}

/// Returns the kind of an item, of which whole numbers and fractions are one; none of null.
fn item_kind(item: &Value) -> Option<&'static str> {
    match item {
        Value::Null => None,
        Value::Int(_) | Value::Float(_) => Some("a number"),
        other => Some(other.kind()),
    }
}

fn unknown(path: &str, key: &str, known: &Map) -> String {
    let likeness = |known: &str| strsim::jaro_winkler(&key.to_uppercase(), &known.to_uppercase());
    let nearest = known.keys().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match nearest.filter(|near| likeness(near) > 0.75) {
        Some(near) => format!("{path}: unknown key (did you mean `{near}`?)"),
        None => format!("{path}: unknown key"),
    }
}

/// Returns the value in the type of the default; `None` where it has another type.
fn coerced(value: &Value, default: &Value) -> Option<Value> {
    let same = |value: &Value| {
        matches!((value, default), (Value::Null, _) | (_, Value::Null))
            || std::mem::discriminant(value) == std::mem::discriminant(default)
    };
    match python_literal(value) {
        Some(literal) if !matches!(default, Value::Str(_)) && same(&literal) => Some(literal),
        _ => same(value).then(|| value.clone()),
    }
}
