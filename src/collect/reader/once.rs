//! The fields of a type that is logged once.

use std::collections::BTreeMap;
use std::fmt;

use sweep_config::{Map, Value};

use super::once_shape::ShapedFields;
use crate::collect::json;
use crate::collect::log_value::LogValue;

/// The fields of a type that is logged once, by name.
#[derive(Clone)]
pub(crate) enum OnceFields {
    Named(BTreeMap<String, LogValue>),
    /// Their names are those of other records, too.
    Shaped(ShapedFields),
}

impl OnceFields {
    /// Returns the number at a path of keys, if it is a whole one.
    pub(crate) fn int_at(&self, path: &[&str]) -> Option<i64> {
        let int = |value: &Value| if let Value::Int(int) = value { Some(*int) } else { None };
        match self {
            Self::Named(fields) => {
                let (first, rest) = path.split_first()?;
                match (fields.get(*first)?, rest) {
                    (LogValue::Int(int), []) => Some(*int),
                    (LogValue::Nested(value), [_, ..]) => int(value.get_path(&rest.join("."))?),
                    _ => None,
                }
            }
            Self::Shaped(fields) => {
                let (_, value) = fields.leaves().find(|(leaf, _)| leaf.path == path)?;
                if let LogValue::Int(int) = value { Some(*int) } else { None }
            }
        }
    }

    /// Returns the names of the fields.
    pub(crate) fn names(&self) -> Vec<String> {
        match self {
            Self::Named(fields) => fields.keys().cloned().collect(),
            Self::Shaped(fields) => {
                let mut names: Vec<String> =
                    fields.leaves().map(|(leaf, _)| leaf.path[0].clone()).collect();
                names.dedup();
                names
            }
        }
    }

    /// Shows `take` the value of each leaf, and its keys joined by dots; an empty mapping is a leaf, lest its key be
    /// lost.
    pub(crate) fn each_leaf(&self, take: &mut dyn FnMut(&str, LogValue)) {
        match self {
            Self::Named(fields) => {
                for (name, value) in fields {
                    match value {
                        LogValue::Nested(value) => each_below(&mut name.clone(), value, take),
                        plain => take(name, plain.clone()),
                    }
                }
            }
            Self::Shaped(fields) => {
                fields.leaves().for_each(|(leaf, value)| take(&leaf.name, value.clone()));
            }
        }
    }

    /// Appends them as JSON with sorted keys; `put` appends a value.
    pub(crate) fn put_json(&self, out: &mut Vec<u8>, put: impl Fn(&mut Vec<u8>, &LogValue)) {
        match self {
            Self::Named(fields) => json::object(out, fields, put),
            Self::Shaped(fields) => {
                for (leaf, value) in fields.leaves() {
                    out.extend_from_slice(&leaf.json);
                    put(out, value);
                }
                out.extend_from_slice(fields.json_end());
            }
        }
    }

    /// Returns all fields by name.
    pub(crate) fn into_named(self) -> BTreeMap<String, LogValue> {
        match self {
            Self::Named(fields) => fields,
            Self::Shaped(fields) => {
                let mut map = Map::new();
                for (leaf, value) in fields.leaves() {
                    insert(&mut map, &leaf.path, value.clone().into());
                }
                map.into_iter().map(|(name, value)| (name, value.into())).collect()
            }
        }
    }

    /// Adds further fields, which take the place of those of the same name.
    pub(crate) fn extend(&mut self, fields: impl IntoIterator<Item = (String, LogValue)>) {
        let mut named = std::mem::take(self).into_named();
        named.extend(fields);
        *self = Self::Named(named);
    }
}

/// Shows `take` the leaves below a name.
pub(crate) fn each_below(name: &mut String, value: &Value, take: &mut dyn FnMut(&str, LogValue)) {
    match value {
        Value::Map(map) if !map.is_empty() => {
            let len = name.len();
            for (key, value) in map {
                name.push('.');
                name.push_str(key);
                each_below(name, value, take);
                name.truncate(len);
            }
        }
        leaf => take(name, leaf.clone().into()),
    }
}

fn insert(map: &mut Map, path: &[String], value: Value) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        map.insert(first.clone(), value);
        return;
    }
    let below = map.entry(first.clone()).or_insert_with(|| Value::Map(Map::new()));
    if let Value::Map(below) = below {
        insert(below, rest, value);
    }
}

impl Default for OnceFields {
    fn default() -> Self {
        Self::Named(BTreeMap::new())
    }
}

impl FromIterator<(String, LogValue)> for OnceFields {
    fn from_iter<I: IntoIterator<Item = (String, LogValue)>>(fields: I) -> Self {
        Self::Named(fields.into_iter().collect())
    }
}

impl PartialEq for OnceFields {
    fn eq(&self, other: &Self) -> bool {
        self.clone().into_named() == other.clone().into_named()
    }
}

impl fmt::Debug for OnceFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.clone().into_named().fmt(f)
    }
}
