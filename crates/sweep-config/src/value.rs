//! A YAML value, with the types that PyYAML distinguishes.

use serde::{Serialize, Serializer};

use crate::Map;

/// A value of a config.
///
/// Unlike `serde_json::Value` it holds infinities and not-a-number, and keeps a date apart from
/// the text that looks like one, so that what was read can be written with the same meaning.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true` or `false` (and, as YAML 1.1 has it, `yes`, `no`, `on`, `off`).
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction or an exponent; may be infinite or not a number.
    Float(f64),
    /// Text.
    Str(String),
    /// A date or time as it was spelt, e.g. `2001-12-14`: YAML 1.1 gives it a type of its own.
    Timestamp(String),
    /// A list.
    List(Vec<Value>),
    /// A mapping from text to values.
    Map(Map),
    /// A mapping whose keys are not all text, such as `{0: cat, 1: dog}`; no key stands twice.
    Keyed(Vec<(Value, Value)>),
}

impl Value {
    /// Returns the kind of the value in the words of an error message: "a number", "a list", …
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Int(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Str(_) => "text",
            Self::Timestamp(_) => "a date",
            Self::List(_) => "a list",
            Self::Map(_) | Self::Keyed(_) => "a mapping",
        }
    }

    /// Returns the number, if and only if the value is one.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "numbers beyond 2^53 are seeds, not measures")]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(i) => Some(*i as f64),
            Self::Float(f) => Some(*f),
            _ => None,
        }
    }

    /// Returns the value under a dotted path such as `OPTIM.BASE_LR` or, of a list, `LAYERS.0.WIDTH`, if and
    /// only if it is there.
    #[must_use]
    pub fn get_path(&self, path: &str) -> Option<&Value> {
        path.split('.').try_fold(self, |value, key| match value {
            Self::Map(map) => map.get(key),
            Self::List(items) => items.get(key.parse::<usize>().ok()?),
            Self::Keyed(entries) => {
                entries.iter().find(|(name, _)| name.is_spelt(key)).map(|(_, value)| value)
            }
            _ => None,
        })
    }

    /// Returns true if a path names this key by `text`.
    fn is_spelt(&self, text: &str) -> bool {
        match self {
            Self::Str(name) => name == text,
            Self::Int(number) => text.parse() == Ok(*number),
            _ => false,
        }
    }

    /// Puts `value` under a dotted path, making the mappings on the way.
    ///
    /// Whatever stood on the way and is neither a mapping nor a list with that item is replaced by a
    /// mapping.
    pub fn set_path(&mut self, path: &str, value: Value) {
        let mut here = self;
        for key in path.split('.') {
            here = here.below(key);
        }
        *here = value;
    }

    /// Returns the value of a key, which is created if it is missing.
    fn below(&mut self, key: &str) -> &mut Value {
        let is_there = match self {
            Self::Map(_) | Self::Keyed(_) => true,
            Self::List(items) => key.parse::<usize>().is_ok_and(|i| i < items.len()),
            _ => false,
        };
        if !is_there {
            *self = Self::Map(Map::new());
        }
        match self {
            Self::Map(map) => map.entry(key.to_owned()).or_insert(Self::Null),
            Self::List(items) => &mut items[key.parse::<usize>().expect("it was parsed")],
            Self::Keyed(entries) => below_key(entries, key),
            _ => unreachable!("it was made a mapping"),
        }
    }

    /// Replaces every key that is no text by its text, as JSON does.
    #[must_use]
    pub fn with_text_keys(self) -> Self {
        match self {
            Self::List(items) => Self::List(items.into_iter().map(Self::with_text_keys).collect()),
            Self::Map(map) => {
                Self::Map(map.into_iter().map(|(k, v)| (k, v.with_text_keys())).collect())
            }
            Self::Keyed(entries) => Self::Map(
                entries.into_iter().map(|(k, v)| (k.key_text(), v.with_text_keys())).collect(),
            ),
            scalar => scalar,
        }
    }

    /// Returns the text of a key, as JSON has it in Python: `0`, `true`, `null`.
    fn key_text(&self) -> String {
        match self {
            Self::Str(text) => text.clone(),
            other => other.to_json().to_string(),
        }
    }

    /// Converts the value to JSON; dates become text, infinities and not-a-number become `null`.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Self::Null => Json::Null,
            Self::Bool(b) => Json::Bool(*b),
            Self::Int(i) => Json::from(*i),
            Self::Float(f) => Json::from(*f),
            Self::Str(s) | Self::Timestamp(s) => Json::from(s.as_str()),
            Self::List(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Self::Map(map) => {
                Json::Object(map.iter().map(|(k, v)| (k.clone(), v.to_json())).collect())
            }
            Self::Keyed(entries) => {
                Json::Object(entries.iter().map(|(k, v)| (k.key_text(), v.to_json())).collect())
            }
        }
    }
}

/// Returns the value of a key of a mapping whose keys are not all text, which is created if it is missing: a
/// whole number where all others are.
fn below_key<'v>(entries: &'v mut Vec<(Value, Value)>, key: &str) -> &'v mut Value {
    let place = entries.iter().position(|(name, _)| name.is_spelt(key)).unwrap_or_else(|| {
        let are_whole = entries.iter().all(|(name, _)| matches!(name, Value::Int(_)));
        let number = key.parse().ok().filter(|_| are_whole).map(Value::Int);
        entries.push((number.unwrap_or_else(|| Value::Str(key.to_owned())), Value::Null));
        entries.len() - 1
    });
    &mut entries[place].1
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(b) => serializer.serialize_bool(*b),
            Self::Int(i) => serializer.serialize_i64(*i),
            Self::Float(f) => serializer.serialize_f64(*f),
            Self::Str(s) | Self::Timestamp(s) => serializer.serialize_str(s),
            Self::List(items) => items.serialize(serializer),
            Self::Map(map) => serializer.collect_map(map),
            Self::Keyed(entries) => serializer.collect_map(entries.iter().map(|(k, v)| (k, v))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dotted_path_is_set_and_found_and_makes_the_mappings_on_its_way() {
        let mut config = Value::Map(Map::new());
        config.set_path("OPTIM.BASE_LR", Value::Float(0.1));
        config.set_path("OPTIM.MAX_EPOCH", Value::Int(5));
        config.set_path("OPTIM.BASE_LR", Value::Float(0.2));
        assert_eq!(config.get_path("OPTIM.BASE_LR"), Some(&Value::Float(0.2)));
        assert_eq!(config.get_path("OPTIM.MAX_EPOCH"), Some(&Value::Int(5)));
        assert_eq!(config.get_path("OPTIM.BASE_LR.DEEPER"), None);
    }

    #[test]
    fn a_path_goes_through_the_items_of_a_list() {
        let mut config = Value::Map(Map::new());
        config.set_path("LAYERS", Value::List(vec![Value::Null, Value::Int(8)]));
        config.set_path("LAYERS.0.WIDTH", Value::Int(4));
        assert_eq!(config.get_path("LAYERS.0.WIDTH"), Some(&Value::Int(4)));
        assert_eq!(config.get_path("LAYERS.1"), Some(&Value::Int(8)));
        assert_eq!(config.get_path("LAYERS.2"), None);
        config.set_path("LAYERS.2", Value::Int(1));
        assert_eq!(config.get_path("LAYERS.0"), None, "a list has no item 2, a mapping has");
    }

    #[test]
    fn json_has_no_word_for_infinity_so_it_gets_null() {
        let list =
            Value::List(vec![Value::Float(f64::INFINITY), Value::Timestamp("2001-12-14".into())]);
        assert_eq!(list.to_json(), serde_json::json!([null, "2001-12-14"]));
    }
}
