//! A line of `sampled.jsonl`: `{"job":0,"sampled":{"OPTIM.BASE_LR":0.1,"A.WIDTHS":[16,32],"B":"sgd"}}`.
//!
//! Values have the types of the job config. A float is written with a fraction or an exponent and reads
//! back to the same bits. What JSON has no word for is a mapping with one key: `{"$float":"nan"}` (or
//! `inf`, `-inf`) and `{"$date":"2001-12-14"}`.

use std::borrow::Cow;
use std::fmt;
use std::io::Write as _;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use sweep_config::{JobId, Map, Value, python};

use crate::trials::CellValue;

/// The key of a float that JSON has no word for.
const FLOAT: &str = "$float";
/// The key of a date.
const DATE: &str = "$date";

/// Appends the line of a job: its number and its sampled values in the order of sampling.
///
/// # Panics
///
/// Never: memory takes all that is written to it.
pub fn write_line<'a>(
    out: &mut Vec<u8>,
    job: JobId,
    values: impl Iterator<Item = (&'a str, &'a Value)>,
) {
    let write = || -> std::io::Result<()> {
        write!(out, "{{\"job\":{},\"sampled\":{{", job.0)?;
        for (at, (name, value)) in values.enumerate() {
            out.extend_from_slice(if at > 0 { b"," } else { b"" });
            serde_json::to_writer(&mut *out, name)?;
            out.push(b':');
            serde_json::to_writer(&mut *out, &TypedJson(value))?;
        }
        out.extend_from_slice(b"}}\n");
        Ok(())
    };
    write().expect("memory takes all that is written to it");
}

/// Removes the lines at the end that are of jobs from number `jobs` on, or of none.
pub fn truncate_lines(lines: &mut Vec<u8>, jobs: usize) {
    let is_kept = |line: &[u8]| {
        let line = serde_json::from_slice::<SampledLine<'_>>(line);
        line.is_ok_and(|line| usize::try_from(line.job).is_ok_and(|job| job < jobs))
    };
    while let Some(text) = lines.strip_suffix(b"\n").or(Some(lines)).filter(|t| !t.is_empty()) {
        let begin = memchr::memrchr(b'\n', text).map_or(0, |end| end + 1);
        if is_kept(&text[begin..]) && text.len() < lines.len() {
            return;
        }
        lines.truncate(begin);
    }
}

/// A line that was read.
#[derive(Debug, PartialEq, serde::Deserialize)]
pub(super) struct SampledLine<'l> {
    /// The job's number.
    pub(super) job: u32,
    /// Its sampled values by name, in the order of sampling.
    #[serde(borrow)]
    pub(super) sampled: SampledPairs<'l>,
}

/// The values of a line by name.
#[derive(Debug, PartialEq)]
pub(super) struct SampledPairs<'l>(pub(super) Vec<(Cow<'l, str>, CellValue)>);

/// A value as JSON that keeps its type.
#[derive(Debug, Clone, Copy)]
pub struct TypedJson<'v>(pub &'v Value);

impl Serialize for TypedJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(truth) => serializer.serialize_bool(*truth),
            Value::Int(int) => serializer.serialize_i64(*int),
            Value::Float(float) if float.is_finite() => serializer.serialize_f64(*float),
            Value::Float(_) => serializer.collect_map([(FLOAT, python::text(self.0))]),
            Value::Str(text) => serializer.serialize_str(text),
            Value::Timestamp(text) => serializer.collect_map([(DATE, text)]),
            Value::List(items) => serializer.collect_seq(items.iter().map(TypedJson)),
            Value::Map(map) => {
                serializer.collect_map(map.iter().map(|(key, value)| (key, TypedJson(value))))
            }
            Value::Keyed(_) => TypedJson(&self.0.clone().with_text_keys()).serialize(serializer),
        }
    }
}

/// A value that was read from such JSON.
struct TypedValue(Value);

impl<'de> Deserialize<'de> for TypedValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TypedVisitor).map(Self)
    }
}

struct TypedVisitor;

impl<'de> Visitor<'de> for TypedVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E>(self, int: i64) -> Result<Value, E> {
        Ok(Value::Int(int))
    }

    #[expect(clippy::cast_precision_loss, reason = "no writer of ours has numbers beyond 2^63")]
    fn visit_u64<E>(self, int: u64) -> Result<Value, E> {
        Ok(i64::try_from(int).map_or(Value::Float(int as f64), Value::Int))
    }

    fn visit_f64<E>(self, float: f64) -> Result<Value, E> {
        Ok(Value::Float(float))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Str(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(TypedValue(item)) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((key, TypedValue(value))) = entries.next_entry::<String, TypedValue>()? {
            map.insert(key, value);
        }
        Ok(without_json_word(&map).unwrap_or(Value::Map(map)))
    }
}

/// Returns the value that a mapping with one key stands for because JSON has no word for it.
fn without_json_word(map: &Map) -> Option<Value> {
    let (key, Value::Str(text)) = map.first().filter(|_| map.len() == 1)? else { return None };
    match (key.as_str(), text.as_str()) {
        (FLOAT, "nan") => Some(Value::Float(f64::NAN)),
        (FLOAT, "inf") => Some(Value::Float(f64::INFINITY)),
        (FLOAT, "-inf") => Some(Value::Float(f64::NEG_INFINITY)),
        (DATE, date) => Some(Value::Timestamp(date.to_owned())),
        _ => None,
    }
}

impl<'de: 'l, 'l> Deserialize<'de> for SampledPairs<'l> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = SampledPairs<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object of parameters and values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        #[derive(serde::Deserialize)]
        struct ParameterName<'n>(#[serde(borrow)] Cow<'n, str>);
        let mut pairs = Vec::new();
        while let Some((ParameterName(name), TypedValue(value))) = entries.next_entry()? {
            pairs.push((name, value.into()));
        }
        Ok(SampledPairs(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back(values: &[(&str, Value)]) -> (String, Vec<(String, Value)>) {
        let mut line = Vec::new();
        write_line(&mut line, JobId(7), values.iter().map(|(name, value)| (*name, value)));
        let read: SampledLine<'_> = serde_json::from_slice(&line).unwrap();
        assert_eq!(read.job, 7);
        let pairs = read.sampled.0.into_iter();
        let pairs = pairs.map(|(name, value)| (name.into_owned(), value.into())).collect();
        (String::from_utf8(line).unwrap(), pairs)
    }

    #[test]
    fn a_value_reads_back_with_its_type_and_bits() {
        let list = Value::List(vec![Value::Int(16), Value::Float(16.0), Value::Null]);
        let map = Map::from_iter([("k\"".to_owned(), Value::Bool(true))]);
        let values = [
            ("A", Value::Int(1)),
            ("B", Value::Float(1.0)),
            ("C", Value::Float(1e300)),
            ("D", Value::Float(0.1 + 0.2)),
            ("E", Value::Float(f64::INFINITY)),
            ("F", Value::Float(f64::NEG_INFINITY)),
            ("G", Value::Str("1.0".to_owned())),
            ("H", Value::Timestamp("2001-12-14".to_owned())),
            ("I", list),
            ("J\"é", Value::Map(map)),
            ("K", Value::Int(i64::MIN)),
        ];
        let (line, read) = read_back(&values);
        assert!(line.starts_with("{\"job\":7,\"sampled\":{\"A\":1,\"B\":1.0,"), "{line}");
        let expected: Vec<(String, Value)> =
            values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn lines_of_later_jobs_and_torn_ones_are_removed() {
        let cut = |text: &str, jobs: usize| {
            let mut lines = text.as_bytes().to_vec();
            truncate_lines(&mut lines, jobs);
            String::from_utf8(lines).unwrap()
        };
        let line = |job: u32| format!("{{\"job\":{job},\"sampled\":{{}}}}\n");
        let all: String = (7..12).map(line).collect();
        assert_eq!(cut(&all, 9), line(7) + &line(8));
        assert_eq!(cut(&all, 12), all);
        assert_eq!(cut(&all, 7), "");
        assert_eq!(cut("", 7), "");
        assert_eq!(cut(&(line(7) + line(8).trim_end()), 9), line(7));
        assert_eq!(cut(&(line(7) + "{\"job\"\n"), 9), line(7));
    }

    #[test]
    fn a_float_that_json_cannot_say_is_told_from_text() {
        let (line, read) = read_back(&[
            ("A", Value::Float(f64::NAN)),
            ("B", Value::Str("nan".to_owned())),
            ("C", Value::Float(-0.0)),
        ]);
        assert_eq!(
            line,
            "{\"job\":7,\"sampled\":{\"A\":{\"$float\":\"nan\"},\"B\":\"nan\",\"C\":-0.0}}\n"
        );
        assert!(matches!(read[0].1, Value::Float(float) if float.is_nan()));
        assert!(
            matches!(read[2].1, Value::Float(float) if float.to_bits() == (-0.0_f64).to_bits())
        );
    }
}
