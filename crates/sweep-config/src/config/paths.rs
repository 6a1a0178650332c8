//! Dotted paths of a job config: how they are written, and which cannot be set beside each other.
//!
//! A value that is put at a path must not remove another one: a path inside of another, or inside of a
//! single value of the base config, is refused wherever values come from. Pure; who asks reports it.

use super::suggest;
use crate::{Map, Value, python};

/// A reason why a path cannot be set, with what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathFault {
    /// The message: a lower-case fragment without a period.
    pub message: String,
    /// Advice, if there is any.
    pub hint: Option<String>,
    /// The path of the base config that is in the way.
    pub in_the_way: Option<String>,
}

impl PathFault {
    fn new(message: String, hint: &str) -> Self {
        Self { message, hint: Some(hint.to_owned()), in_the_way: None }
    }
}

/// A part of a path: a key, or `[2]`.
enum ParamStep<'t> {
    Key(&'t str),
    Item(i64),
}

/// Returns the dotted path of a parameter: `layers[0].w` is `layers.0.w`, item 0 of a list of the base
/// config, and `layers[-1]` its last one.
///
/// # Errors
///
/// When it is no path, or the base config has no such item; of an `is_open` base config, which defaults
/// complete later, items are not looked for.
pub fn parameter_path(text: &str, base: &Value, is_open: bool) -> Result<String, PathFault> {
    if text.starts_with(['+', '~']) {
        let message = format!("`{text}` starts with a Hydra prefix");
        let hint =
            "write the key alone: new keys are added; to remove a key, leave it out of BASE_CFG";
        return Err(PathFault::new(message, hint));
    }
    let steps = steps(text).ok_or_else(|| {
        let message = format!("`{text}` is not a dotted parameter");
        PathFault::new(
            message,
            "write it as `OPTIM.BASE_LR`, or `layers[0].width` for an item of a list",
        )
    })?;
    let mut path = String::new();
    for step in steps {
        let key = match step {
            ParamStep::Key(key) => key.to_owned(),
            ParamStep::Item(index) => match item(index, &path, base, is_open) {
                Some(index) => index.to_string(),
                None => return Err(no_item(index, &path, base)),
            },
        };
        path = if path.is_empty() { key } else { format!("{path}.{key}") };
    }
    Ok(path)
}

fn steps(text: &str) -> Option<Vec<ParamStep<'_>>> {
    let mut steps = Vec::new();
    for part in text.split('.') {
        let (key, items) = part.split_at(part.find('[').unwrap_or(part.len()));
        if key.is_empty() || key.contains(']') {
            return None;
        }
        steps.push(ParamStep::Key(key));
        for item in items.split_inclusive(']') {
            let index = item.strip_prefix('[')?.strip_suffix(']')?;
            steps.push(ParamStep::Item(index.trim().parse().ok()?));
        }
    }
    Some(steps)
}

/// Returns the number of an item of a list of the base config, counted from its end if it is negative.
fn item(index: i64, path: &str, base: &Value, is_open: bool) -> Option<usize> {
    match base.get_path(path) {
        Some(Value::List(items)) => {
            let from_end = || items.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?);
            let number = if index < 0 { from_end() } else { usize::try_from(index).ok() };
            number.filter(|number| *number < items.len())
        }
        None if is_open => usize::try_from(index).ok(),
        _ => None,
    }
}

fn no_item(index: i64, path: &str, base: &Value) -> PathFault {
    let found = match base.get_path(path) {
        Some(Value::List(items)) => format!("is a list of {} in BASE_CFG", items.len()),
        Some(other) => format!("is {} in BASE_CFG", other.kind()),
        None => "is not in BASE_CFG".to_owned(),
    };
    let hint = "put the list into BASE_CFG; items are numbered from 0";
    let fault = PathFault::new(format!("there is no item {index}: `{path}` {found}"), hint);
    PathFault { in_the_way: Some(path.to_owned()), ..fault }
}

/// Returns what of the base config a path would remove, if anything: a single value that it lies inside
/// of, or a list that has no such item.
#[must_use]
pub fn inside_of_value(path: &str, base: &Value) -> Option<PathFault> {
    if let Some(key) = dotted_key(path, base) {
        let message =
            format!("BASE_CFG has a key `{key}` that contains a dot, which a path cannot address");
        let hint = "write it as a mapping: `{optim: {lr: 0.1}}` is `optim.lr`";
        return Some(PathFault::new(message, hint));
    }
    let mut above = path;
    while let Some((prefix, _)) = above.rsplit_once('.') {
        above = prefix;
        let (what, hint) = match base.get_path(prefix) {
            None => continue,
            Some(Value::Map(_) | Value::Keyed(_) | Value::Null) => return None,
            Some(Value::List(_)) if base.get_path(path_below(path, prefix)).is_some() => {
                return None;
            }
            Some(Value::List(items)) => (
                format!("a list of {}", items.len()),
                "write an item by its number, from 0: `layers[0]`",
            ),
            Some(other) => (
                shown(other),
                "use another key, or remove the value from BASE_CFG: a mapping cannot replace it",
            ),
        };
        let fault =
            PathFault::new(format!("lies inside `{prefix}`, which is {what} in BASE_CFG"), hint);
        return Some(PathFault { in_the_way: Some(prefix.to_owned()), ..fault });
    }
    None
}

/// Returns a key of the base config that is itself a dotted path, and a part of this one.
fn dotted_key<'p>(path: &'p str, base: &Value) -> Option<&'p str> {
    let Value::Map(map) = base else { return None };
    let (first, rest) = path.split_once('.')?;
    let ends = path.match_indices('.').map(|(at, _)| at).skip(1).chain([path.len()]);
    if let Some(end) = ends.into_iter().find(|end| map.contains_key(&path[..*end])) {
        return Some(&path[..end]);
    }
    dotted_key(rest, map.get(first)?)
}

/// Returns the beginning of a path that is one step longer than its prefix.
fn path_below<'p>(path: &'p str, prefix: &str) -> &'p str {
    let rest = &path[prefix.len() + 1..];
    &path[..prefix.len() + 1 + rest.find('.').unwrap_or(rest.len())]
}

fn shown(value: &Value) -> String {
    match value {
        Value::Str(text) => format!("the text `{text}`"),
        other => format!("`{}`", other.to_json()),
    }
}

/// Returns the fault of a value that takes the place of a mapping of the base config and is none, or is
/// a mapping in place of a single value. Null may stand for either.
#[must_use]
pub fn replaced_shape(path: &str, value: &Value, base: &Value) -> Option<PathFault> {
    let is_mapping = |value: &Value| matches!(value, Value::Map(_) | Value::Keyed(_));
    let base = base.get_path(path)?;
    if is_mapping(base) == is_mapping(value) || *base == Value::Null || *value == Value::Null {
        return None;
    }
    match base {
        Value::Map(map) => return Some(removed_mapping(path, map.keys().next()?)),
        Value::Keyed(entries) => {
            return Some(removed_mapping(path, &python::text(&entries.first()?.0)));
        }
        _ => {}
    }
    let found = shown(base);
    let hint = "if you mean a mapping, remove the value from BASE_CFG or set it to null";
    let fault = PathFault::new(format!("is {found} in BASE_CFG, and a mapping here"), hint);
    Some(PathFault { in_the_way: Some(path.to_owned()), ..fault })
}

/// Returns the keys of the base config's mapping that a mapping in its place does not have.
#[must_use]
pub fn removed_keys(path: &str, value: &Value, base: &Value) -> Vec<String> {
    match (base.get_path(path), value) {
        (Some(Value::Map(base)), Value::Map(value)) => {
            base.keys().filter(|key| !value.contains_key(*key)).cloned().collect()
        }
        _ => Vec::new(),
    }
}

fn removed_mapping(path: &str, first: &str) -> PathFault {
    let message =
        format!("is a mapping in BASE_CFG (`{path}.{first}`, …), which this would remove");
    let hint = format!("name the key you mean, e.g. `{path}.{first}`");
    PathFault { message, hint: Some(hint), in_the_way: Some(path.to_owned()) }
}

/// Returns the path of the base config that one which is not there was probably meant to be.
///
/// Names that differ in their digits alone (`beta1`, `beta2`) are meant to be two.
#[must_use]
pub fn near_path(path: &str, base: &Value) -> Option<String> {
    let Value::Map(top) = base else { return None };
    if base.get_path(path).is_some() {
        return None;
    }
    let with_dots = path.replace('/', ".");
    if base.get_path(&with_dots).is_some() {
        return Some(with_dots);
    }
    nearest(path, top).or_else(|| {
        // A key alone that the base config has once, deeper down.
        let mut found = Vec::new();
        find(top, "", path, &mut found);
        <[String; 1]>::try_from(found).ok().map(|[only]| only)
    })
}

fn nearest(path: &str, map: &Map) -> Option<String> {
    let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
    let near = if map.contains_key(key) { key } else { near_key(key, map)? };
    match (rest, map.get(near)?) {
        (None, _) => Some(near.to_owned()),
        (Some(rest), Value::Map(below)) if below.contains_key(rest) => {
            Some(format!("{near}.{rest}"))
        }
        (Some(rest), Value::Map(below)) => {
            nearest(rest, below).map(|rest| format!("{near}.{rest}"))
        }
        _ => None,
    }
}

/// Returns the key that is most like one, if it is very alike and differs in more than its digits.
fn near_key<'m>(key: &str, map: &'m Map) -> Option<&'m str> {
    let letters = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "");
    let meant = |near: &&String| letters(near) != letters(key) || near.eq_ignore_ascii_case(key);
    let alike = map.keys().filter(meant).map(|near| (suggest::likeness(key, near), near.as_str()));
    let best = alike.max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(likeness, _)| *likeness >= suggest::VERY_ALIKE).map(|(_, near)| near)
}

fn find(map: &Map, above: &str, key: &str, found: &mut Vec<String>) {
    for (name, value) in map {
        let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        match value {
            Value::Map(below) => find(below, &path, key, found),
            _ if name == key => found.push(path),
            _ => {}
        }
    }
}

/// True if and only if `path` is `other` or lies inside of it.
#[must_use]
pub fn is_within(path: &str, other: &str) -> bool {
    path.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::yaml;

    fn base() -> Value {
        let text = "{lr: 0.1, optim: {learning_rate: 0.1, beta1: 0.9, LR: null, c.d: 1}, a.b: 1, \
                    layers: [{w: 1}, {w: 2}], none: null}";
        yaml::read(Path::new("x"), text).unwrap()
    }

    #[test]
    fn an_item_of_a_list_is_named_as_in_expressions() {
        for (text, path) in [
            ("optim.lr", Some("optim.lr")),
            ("layers[0].w", Some("layers.0.w")),
            ("layers[-1]", Some("layers.1")),
            ("layers[2]", None),
            ("layers[-3]", None),
            ("lr[0]", None),
            ("new[0]", None),
            ("layers[x]", None),
            ("layers[0", None),
            ("layers0]", None),
            ("[0]", None),
            ("a..b", None),
            ("+lr", None),
            ("~lr", None),
            ("", None),
        ] {
            assert_eq!(parameter_path(text, &base(), false).ok().as_deref(), path, "{text}");
        }
        assert_eq!(parameter_path("new[3].w", &base(), true).as_deref(), Ok("new.3.w"));
    }

    #[test]
    fn a_path_inside_of_a_single_value_would_remove_it() {
        for (path, is_fault) in [
            ("lr.x", true),
            ("lr", false),
            ("optim.learning_rate.x.y", true),
            ("optim.new.x", false),
            ("none.x", false),
            ("layers.1.w", false),
            ("layers.2.w", true),
            ("layers.w", true),
            ("layers.0.w.x", true),
            ("new.x", false),
            ("a.b", true),
            ("optim.c.d", true),
            ("optim.c.d.e", true),
            ("a.b.c.d", true),
            ("optim.c", false),
        ] {
            assert_eq!(inside_of_value(path, &base()).is_some(), is_fault, "{path}");
        }
    }

    #[test]
    fn a_mapping_and_a_single_value_do_not_replace_each_other() {
        let map = Value::Map(Map::new());
        for (path, value, is_fault) in [
            ("optim", &Value::Int(1), true),
            ("optim", &map, false),
            ("optim", &Value::Null, false),
            ("lr", &map, true),
            ("lr", &Value::Null, false),
            ("none", &map, false),
            ("new", &map, false),
        ] {
            assert_eq!(
                replaced_shape(path, value, &base()).is_some(),
                is_fault,
                "{path} {value:?}"
            );
        }
    }

    #[test]
    fn a_misspelt_path_has_a_near_one_and_a_new_one_has_none() {
        for (path, near) in [
            ("optim.learning_rat", Some("optim.learning_rate")),
            ("opitm.learning_rate", Some("optim.learning_rate")),
            ("optim.lr", Some("optim.LR")),
            ("learning_rate", Some("optim.learning_rate")),
            ("optim/learning_rate", Some("optim.learning_rate")),
            ("optim.beta2", None),
            ("optim.momentum", None),
            ("lr", None),
            ("depth", None),
        ] {
            assert_eq!(near_path(path, &base()).as_deref(), near, "{path}");
        }
    }
}
