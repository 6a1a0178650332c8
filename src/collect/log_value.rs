//! One logged value, small enough to hold millions of them.
//!
//! [`sweep_config::Value`] holds a whole mapping inline and is thrice this size. What is nested is
//! boxed here, because nearly all that a program logs is a number.

use std::fmt;

use compact_str::CompactString;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use sweep_config::{Map, Value};

use super::reader::tokens;
use crate::app::num::float;

/// One value that a program logged, or that its config has.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum LogValue {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(CompactString),
    /// A list or a mapping, the keys of every mapping sorted.
    Nested(Box<Value>),
}

impl LogValue {
    /// The number, if and only if it is one; a truth value is none.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Int(i) => Some(float(*i)),
            Self::Float(f) => Some(*f),
            _ => None,
        }
    }

    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// An integer, or null where there is none.
    pub(crate) fn int_or_null(number: Option<impl Into<i64>>) -> Self {
        number.map_or(Self::Null, |n| Self::Int(n.into()))
    }

    /// The value as JSON text, as a column of lists holds it.
    pub(crate) fn to_json_text(&self) -> String {
        serde_json::to_string(self).expect("a value without foreign keys is always JSON")
    }
}

impl From<Value> for LogValue {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(b) => Self::Bool(b),
            Value::Int(i) => Self::Int(i),
            Value::Float(f) => Self::Float(f),
            Value::Str(s) | Value::Timestamp(s) => Self::Text(s.into()),
            nested @ (Value::List(_) | Value::Map(_) | Value::Keyed(_)) => {
                Self::Nested(Box::new(nested.with_text_keys()))
            }
        }
    }
}

impl From<LogValue> for Value {
    fn from(log_value: LogValue) -> Self {
        match log_value {
            LogValue::Null => Self::Null,
            LogValue::Bool(b) => Self::Bool(b),
            LogValue::Int(i) => Self::Int(i),
            LogValue::Float(f) => Self::Float(f),
            LogValue::Text(s) => Self::Str(s.into_string()),
            LogValue::Nested(value) => *value,
        }
    }
}

/// A not-a-number or an infinity becomes `null`: strict JSON has no word for it.
impl Serialize for LogValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(b) => serializer.serialize_bool(*b),
            Self::Int(i) => serializer.serialize_i64(*i),
            Self::Float(f) => serializer.serialize_f64(*f),
            Self::Text(s) => serializer.serialize_str(s),
            Self::Nested(value) => value.serialize(serializer),
        }
    }
}

/// Reads a datum from JSON; `revived` says that the text went through [`tokens::revive`].
#[derive(Clone, Copy)]
pub(crate) struct LogValueSeed {
    pub(crate) revived: bool,
}

impl<'de> DeserializeSeed<'de> for LogValueSeed {
    type Value = LogValue;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<LogValue, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for LogValueSeed {
    type Value = LogValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<LogValue, E> {
        Ok(LogValue::Null)
    }

    fn visit_bool<E>(self, b: bool) -> Result<LogValue, E> {
        Ok(LogValue::Bool(b))
    }

    fn visit_i64<E>(self, i: i64) -> Result<LogValue, E> {
        Ok(LogValue::Int(i))
    }

    fn visit_u64<E>(self, u: u64) -> Result<LogValue, E> {
        Ok(i64::try_from(u).map_or(LogValue::Float(float(u)), LogValue::Int))
    }

    fn visit_f64<E>(self, f: f64) -> Result<LogValue, E> {
        Ok(LogValue::Float(f))
    }

    fn visit_str<E>(self, s: &str) -> Result<LogValue, E> {
        let token = if self.revived { tokens::number(s) } else { None };
        Ok(token.map_or_else(|| LogValue::text(s), LogValue::Float))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<LogValue, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(self)? {
            items.push(item.into());
        }
        Ok(Value::List(items).into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<LogValue, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            map.insert(key, entries.next_value_seed(self)?.into());
        }
        map.sort_unstable_keys();
        Ok(Value::Map(map).into())
    }
}

/// Parses a whole JSON text, its bare tokens included; `None` if it is none.
pub(crate) fn parse_json(text: &[u8]) -> Option<LogValue> {
    let read = |text: &str, revived| {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let log_value = LogValueSeed { revived }.deserialize(&mut deserializer).ok()?;
        deserializer.end().ok().map(|()| log_value)
    };
    let strict = std::str::from_utf8(text).ok().and_then(|text| read(text, false));
    strict.or_else(|| read(&tokens::revive(text).text, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datum_stays_small() {
        assert_eq!(size_of::<LogValue>(), 24);
        assert_eq!(size_of::<Option<LogValue>>(), 24);
    }

    #[test]
    fn what_json_cannot_say_becomes_null() {
        let list = Value::List(vec![Value::Float(f64::INFINITY), Value::Int(1)]);
        assert_eq!(LogValue::from(list).to_json_text(), "[null,1]");
        assert_eq!(LogValue::Float(f64::NAN).to_json_text(), "null");
    }
}
