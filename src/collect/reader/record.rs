//! Parses one JSON object into one record.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::error::Category;
use sweep_config::Value;

use super::tokens;
use crate::collect::log_value::{LogValue, LogValueSeed};

/// Types that are logged every few iterations. They are nearly all of a log and no stage reads
/// them; pycls forgets the third.
const SKIPPED: [&[u8]; 3] = [b"train_iter", b"test_iter", b"test_ema_iter"];

/// Names that an entry of `sweep.json` has besides the types.
pub(super) const RESERVED: [&str; 7] =
    ["config", "err", "err_file", "job", "log_file", "state", "told"];

/// A record: an object with a `_type`.
#[derive(Debug, PartialEq)]
pub(crate) struct LogRecord<'a> {
    pub(crate) kind: Cow<'a, str>,
    /// Its fields in the order of the line, without the type; a repeated key is there twice.
    pub(crate) fields: Vec<(Cow<'a, str>, LogValue)>,
    /// The way in which its place in the training is found.
    pub(crate) place: PlaceSource,
}

/// A place in the training: an epoch and an iteration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EpochIter {
    pub(crate) epoch: i64,
    /// The iteration; 0 for a type without.
    pub(crate) iter: i64,
}

/// The way in which the place of a record in the training is found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum PlaceSource {
    /// Its fields `epoch` and `iter` name it, as pycls logs them; without an epoch the type has none.
    #[default]
    Fields,
    /// It is this; records of one place are put together.
    At(EpochIter),
    /// It is this step, and no epoch.
    Step(i64),
    /// It is the number of this row: the row names no place.
    Line(i64),
    /// It was logged once.
    Once,
}

/// The greatest number of fields of a record, nested ones included: each is a column of the table.
pub(super) const MOST_FIELDS: usize = 10_000;

/// The greatest length in bytes of a text that is parsed.
const LONGEST: usize = 16 << 20;

/// Counts the leaves of a value.
pub(super) fn leaves(log_value: &LogValue) -> usize {
    fn of(value: &Value) -> usize {
        match value {
            Value::Map(map) => map.values().map(of).sum::<usize>().max(1),
            _ => 1,
        }
    }
    match log_value {
        LogValue::Nested(value) => of(value),
        _ => 1,
    }
}

/// The reason why a text is no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoRecord {
    /// It is no JSON.
    NotJson,
    /// It is JSON, and no object with a text as its `_type`.
    NotARecord,
    /// It has more than [`MOST_FIELDS`].
    TooLarge,
}

/// Returns the type that a text names with its first key, if it does.
///
/// pycls sorts the keys, so that `_type` comes first among lower-case ones; a line of another make
/// is parsed as a whole.
pub(crate) fn first_type(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b"{\"_type\":")?;
    let rest = rest.strip_prefix(b" ").unwrap_or(rest).strip_prefix(b"\"")?;
    memchr::memchr(b'"', rest).map(|end| &rest[..end])
}

/// True if a type is skipped.
pub(crate) fn is_skipped(kind: &[u8]) -> bool {
    SKIPPED.contains(&kind)
}

/// Parses strict JSON.
pub(crate) fn parse(text: &[u8]) -> Result<LogRecord<'_>, NoRecord> {
    if text.len() > LONGEST {
        return Err(NoRecord::TooLarge);
    }
    of_line(serde_json::from_slice::<RawRecord<'_, false>>(text).map(|raw| (raw.kind, raw.fields)))
}

/// Parses a record that went through [`tokens::revive`].
pub(crate) fn parse_revived<'a>(
    text: &'a tokens::RevivedLine<'_>,
) -> Result<LogRecord<'a>, NoRecord> {
    of_line(
        serde_json::from_str::<RawRecord<'_, true>>(&text.text).map(|raw| (raw.kind, raw.fields)),
    )
}

/// Named values in the order of a line.
pub(super) type RecordFields<'a> = Vec<(Cow<'a, str>, LogValue)>;

/// Parses an object that is strict JSON; returns its type, if it has one, and its fields.
pub(super) fn object(text: &[u8]) -> Result<(Option<Cow<'_, str>>, RecordFields<'_>), NoRecord> {
    if text.len() > LONGEST {
        return Err(NoRecord::TooLarge);
    }
    of_object(serde_json::from_slice::<RawRecord<'_, false>>(text))
}

/// Parses an object that went through [`tokens::revive`].
pub(super) fn revived_object<'a>(
    text: &'a tokens::RevivedLine<'_>,
) -> Result<(Option<Cow<'a, str>>, RecordFields<'a>), NoRecord> {
    of_object(serde_json::from_str::<RawRecord<'_, true>>(&text.text))
}

fn of_object<const REVIVED: bool>(
    parsed: serde_json::Result<RawRecord<'_, REVIVED>>,
) -> Result<(Option<Cow<'_, str>>, RecordFields<'_>), NoRecord> {
    match parsed {
        Ok(raw) if raw.fields.len() > MOST_FIELDS => Err(NoRecord::TooLarge),
        Ok(raw) => Ok((raw.kind, raw.fields)),
        Err(_) => Err(NoRecord::NotJson),
    }
}

fn of_line<'a>(
    parsed: serde_json::Result<(Option<Cow<'a, str>>, RecordFields<'a>)>,
) -> Result<LogRecord<'a>, NoRecord> {
    match parsed {
        Ok((_, fields)) if fields.len() > MOST_FIELDS => Err(NoRecord::TooLarge),
        Ok((Some(kind), fields)) => Ok(LogRecord { kind, fields, place: PlaceSource::Fields }),
        Ok((None, _)) => Err(NoRecord::NotARecord),
        Err(e) if e.classify() == Category::Data => Err(NoRecord::NotARecord),
        Err(_) => Err(NoRecord::NotJson),
    }
}

/// Any JSON object; `REVIVED` as in [`LogValueSeed`].
struct RawRecord<'a, const REVIVED: bool> {
    kind: Option<Cow<'a, str>>,
    fields: RecordFields<'a>,
}

struct RawRecordVisitor<const REVIVED: bool>;

impl<'de: 'a, 'a, const REVIVED: bool> Deserialize<'de> for RawRecord<'a, REVIVED> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RawRecordVisitor::<REVIVED>)
    }
}

impl<'de, const REVIVED: bool> Visitor<'de> for RawRecordVisitor<REVIVED> {
    type Value = RawRecord<'de, REVIVED>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut raw = RawRecord { kind: None, fields: Vec::with_capacity(16) };
        while let Some(JsonKey(key)) = entries.next_key()? {
            if raw.fields.len() > MOST_FIELDS {
                entries.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = entries.next_value_seed(LogValueSeed { revived: REVIVED })?;
            if key == "_type" {
                raw.kind = match value {
                    LogValue::Text(text) => Some(text.into_string().into()),
                    _ => None,
                };
            } else {
                raw.fields.push((key, value));
            }
        }
        Ok(raw)
    }
}

/// A key that is borrowed from the line where it has no escapes.
struct JsonKey<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for JsonKey<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(JsonKeyVisitor).map(Self)
    }
}

struct JsonKeyVisitor;

impl<'de> Visitor<'de> for JsonKeyVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_an_object_with_a_type() {
        let record = parse(br#"{"_type": "test_epoch", "epoch": "1/2", "top1_err": 0.6730}"#);
        let record = record.unwrap();
        assert_eq!(record.kind, "test_epoch");
        assert_eq!(record.fields[0], ("epoch".into(), LogValue::text("1/2")));
        assert_eq!(record.fields[1], ("top1_err".into(), LogValue::Float(0.673)));
        for text in ["[1, 2]", "12", "\"text\"", "null", "{}", r#"{"a": 1}"#, r#"{"_type": 3}"#] {
            assert_eq!(parse(text.as_bytes()), Err(NoRecord::NotARecord), "{text}");
        }
        for text in ["", "{\"_type\": \"a\"", "{\"_type\": \"a\"} x", "hello", "{\"a\": NaN}"] {
            assert_eq!(parse(text.as_bytes()), Err(NoRecord::NotJson), "{text}");
        }
    }

    #[test]
    fn the_type_is_known_by_the_beginning_of_a_line() {
        let first = |text: &'static str| first_type(text.as_bytes());
        assert_eq!(first(r#"{"_type": "test_ema_iter", "epoch""#), Some(&b"test_ema_iter"[..]));
        assert_eq!(first(r#"{"_type":"train_iter","epoch":"#), Some(&b"train_iter"[..]));
        assert_eq!(first(r#"{"a": 1, "_type": "x"}"#), None);
        assert_eq!(first(r#"{"_type": "tra"#), None);
        assert!(is_skipped(b"test_iter") && !is_skipped(b"train_iter_2"));
    }

    #[test]
    fn nan_and_infinity_survive_a_second_reading() {
        let revived = tokens::revive(br#"{"_type": "t", "a": NaN, "b": -Infinity, "c": "NaN"}"#);
        let record = parse_revived(&revived).unwrap();
        assert!(record.fields[0].1.number().unwrap().is_nan());
        assert_eq!(record.fields[1].1, LogValue::Float(f64::NEG_INFINITY));
        assert_eq!(record.fields[2].1, LogValue::text("NaN"));
    }

    #[test]
    fn nesting_without_end_is_refused_and_overflows_nothing() {
        let deep = [b"{\"_type\": " as &[u8], &vec![b'['; 100_000]].concat();
        assert_eq!(parse(&deep), Err(NoRecord::NotJson));
    }
}
