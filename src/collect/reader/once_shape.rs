//! A shortcut for a record that is logged once, as [`super::shape`] is for those of a series.
//!
//! The configs of a sweep differ in a few values of some hundred: their text between the values is the same. A line is
//! compared with that text instead of being parsed, and its names are those of the [`OnceShape`], which all jobs share.
//! Whatever is not exactly as expected is left to the parser.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use sweep_config::Value;

use super::number;
use super::record::{MOST_FIELDS, RESERVED};
use super::shape::plain_string;
use crate::collect::json;
use crate::collect::log_value::LogValue;

/// The greatest depth of a record that has a shape.
const DEEPEST: usize = 16;

/// The greatest number of shapes that are known at a time: types, and versions of the program that logs them.
const MOST_SHAPES: usize = 8;

/// The greatest length in bytes of a text that is made a shape.
const LONGEST: usize = 1 << 20;

/// All of a record that is logged once but its values.
#[derive(Debug)]
pub(crate) struct OnceShape {
    kind: String,
    /// The text of the line before each value, and after the last one.
    between: Vec<Box<[u8]>>,
    /// The values, by the order of their paths.
    leaves: Vec<ShapeLeaf>,
    /// The end of the JSON text.
    json_end: Vec<u8>,
}

/// A value of a shape.
#[derive(Debug)]
pub(super) struct ShapeLeaf {
    /// Its number in the order of the line.
    pub(super) at: usize,
    /// The keys that lead to it.
    pub(super) path: Vec<String>,
    /// The keys, joined by dots.
    pub(super) name: String,
    /// The JSON text before it, with sorted keys.
    pub(super) json: Vec<u8>,
}

impl OnceShape {
    /// Returns the shape of a record that is strict JSON; `None` if it has none.
    fn of(text: &[u8], kind: &str) -> Option<Self> {
        if text.len() > LONGEST || RESERVED.contains(&kind) {
            return None;
        }
        let mut scanner = ShapeScanner { text, at: 0, path: Vec::new(), found: Vec::new() };
        scanner.object(kind)?;
        let ShapeScanner { at, found, .. } = scanner;
        if at != text.len() || found.len() > MOST_FIELDS {
            return None;
        }
        let (mut between, mut end) = (Vec::with_capacity(found.len() + 1), 0);
        for (_, range) in &found {
            between.push(text[end..range.start].into());
            end = range.end;
        }
        between.push(text[end..].into());
        let mut paths: Vec<(usize, Vec<String>)> =
            found.into_iter().enumerate().map(|(at, (path, _))| (at, path)).collect();
        paths.sort_unstable_by(|a, b| a.1.cmp(&b.1));
        let (leaves, json_end) = leaves(paths);
        Some(Self { kind: kind.to_owned(), between, leaves, json_end })
    }

    /// Returns the values of a line of this shape, in its order.
    fn values(&self, mut rest: &[u8]) -> Option<Vec<LogValue>> {
        let (last, before) = self.between.split_last()?;
        let mut values = Vec::new();
        for literal in before {
            rest = rest.strip_prefix(&**literal)?;
            if values.is_empty() {
                values.reserve_exact(before.len());
            }
            let (value, after) = leaf(rest)?;
            values.push(value);
            rest = after;
        }
        (rest == &**last).then_some(values)
    }
}

/// Gives each value, in the order of the paths, the JSON text before it; returns the text after the last, too.
fn leaves(paths: Vec<(usize, Vec<String>)>) -> (Vec<ShapeLeaf>, Vec<u8>) {
    let (mut json, mut open) = (b"{".to_vec(), Vec::<String>::new());
    let mut leaves: Vec<ShapeLeaf> = Vec::with_capacity(paths.len());
    for (at, path) in paths {
        let (_, above) = path.split_last().expect("a value has a key");
        let shared = open.iter().zip(above).take_while(|(a, b)| a == b).count();
        json.extend(std::iter::repeat_n(b'}', open.len() - shared));
        if !leaves.is_empty() {
            json.push(b',');
        }
        for (depth, key) in path.iter().enumerate().skip(shared) {
            json::write(&mut json, key);
            json.push(b':');
            if depth < above.len() {
                json.push(b'{');
            }
        }
        open = above.to_vec();
        let name = path.join(".");
        leaves.push(ShapeLeaf { at, path, name, json: std::mem::take(&mut json) });
    }
    json.extend(std::iter::repeat_n(b'}', open.len() + 1));
    (leaves, json)
}

/// Reads the value at the beginning of a text, if it is a plain one: a number, a text without escapes, a word, a list of
/// such, or an empty mapping.
fn leaf(text: &[u8]) -> Option<(LogValue, &[u8])> {
    match text.first()? {
        b'[' => list(&text[1..]),
        b'{' => Some((Value::Map(sweep_config::Map::new()).into(), text.strip_prefix(b"{}")?)),
        _ => scalar(text),
    }
}

fn scalar(text: &[u8]) -> Option<(LogValue, &[u8])> {
    match text.first()? {
        b'"' => {
            let (string, rest) = plain_string(text)?;
            Some((LogValue::text(string), rest))
        }
        b't' => Some((LogValue::Bool(true), text.strip_prefix(b"true")?)),
        b'f' => Some((LogValue::Bool(false), text.strip_prefix(b"false")?)),
        b'n' => Some((LogValue::Null, text.strip_prefix(b"null")?)),
        _ => number::leading(text),
    }
}

fn list(mut rest: &[u8]) -> Option<(LogValue, &[u8])> {
    let mut items = Vec::new();
    while rest.first()? != &b']' {
        if !items.is_empty() {
            rest = rest.strip_prefix(b",")?;
            rest = rest.strip_prefix(b" ").unwrap_or(rest);
        }
        let (item, after) = scalar(rest)?;
        items.push(Value::from(item));
        rest = after;
    }
    Some((Value::List(items).into(), &rest[1..]))
}

/// Finds the values of a record.
struct ShapeScanner<'t> {
    text: &'t [u8],
    at: usize,
    path: Vec<String>,
    found: Vec<(Vec<String>, Range<usize>)>,
}

impl ShapeScanner<'_> {
    /// Passes over a mapping; the type of a record must be `kind`, and is part of the shape.
    fn object(&mut self, kind: &str) -> Option<()> {
        self.byte(b'{')?;
        let (is_top, mut keys) = (self.path.is_empty(), BTreeSet::new());
        loop {
            let (key, rest) = plain_string(&self.text[self.at..])?;
            let key = key.to_owned();
            // Of a repeated key the last counts, which takes a parser.
            keys.insert(key.clone()).then_some(())?;
            self.at = self.text.len() - rest.len();
            self.byte(b':')?;
            self.space();
            if is_top && key == "_type" {
                let (found, rest) = plain_string(&self.text[self.at..])?;
                self.at = self.text.len() - rest.len();
                (found == kind).then_some(())?;
            } else if is_top && key == "epoch" {
                return None;
            } else {
                self.path.push(key);
                self.value(kind)?;
                self.path.pop();
            }
            if self.byte(b'}').is_some() {
                return Some(());
            }
            self.byte(b',')?;
            self.space();
        }
    }

    fn value(&mut self, kind: &str) -> Option<()> {
        let rest = &self.text[self.at..];
        if rest.starts_with(b"{") && !rest.starts_with(b"{}") {
            return (self.path.len() < DEEPEST).then(|| self.object(kind))?;
        }
        let (_, after) = leaf(rest)?;
        let end = self.text.len() - after.len();
        self.found.push((self.path.clone(), self.at..end));
        self.at = end;
        Some(())
    }

    fn byte(&mut self, byte: u8) -> Option<()> {
        (self.text.get(self.at) == Some(&byte)).then(|| self.at += 1)
    }

    fn space(&mut self) {
        let _ = self.byte(b' ');
    }
}

/// The values of a record, and its shape.
#[derive(Clone)]
pub(crate) struct ShapedFields {
    shape: Arc<OnceShape>,
    values: Vec<LogValue>,
}

impl ShapedFields {
    /// Returns the type of the record.
    pub(super) fn kind(&self) -> &str {
        &self.shape.kind
    }

    /// Returns the values by the order of their paths.
    pub(super) fn leaves(&self) -> impl Iterator<Item = (&ShapeLeaf, &LogValue)> {
        self.shape.leaves.iter().map(|leaf| (leaf, &self.values[leaf.at]))
    }

    /// Returns the JSON text after the last value.
    pub(super) fn json_end(&self) -> &[u8] {
        &self.shape.json_end
    }
}

/// The shapes of the records that a reader met, which all threads share.
#[derive(Debug, Default)]
pub(super) struct KnownShapes([OnceLock<Arc<OnceShape>>; MOST_SHAPES]);

impl KnownShapes {
    /// Returns the record of a line, if it has one of the shapes.
    pub(super) fn read(&self, text: &[u8]) -> Option<ShapedFields> {
        self.0.iter().map_while(OnceLock::get).find_map(|shape| {
            Some(ShapedFields { shape: Arc::clone(shape), values: shape.values(text)? })
        })
    }

    /// Notes the shape of a record that was logged once, if it has one and there is room.
    pub(super) fn note(&self, text: &[u8], kind: &str) {
        let Some(free) = self.0.iter().find(|known| known.get().is_none()) else { return };
        if let Some(shape) = OnceShape::of(text, kind) {
            // Another thread may have been first.
            let _ = free.set(Arc::new(shape));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sweep_config::JobId;

    use crate::collect::reader::{JobLog, LoggedType, OnceFields, PyclsReader, read_text};
    use crate::collect::sweep_json_entry::SweepJsonEntry;
    use crate::collect::table::{JobRow, push_log};

    const FIRST: &str = r#"{"A": {"B": 1, "D": [1, "x"], "E": {}, "F": {"G": 1e-05}}, "C": "x", "_type": "cfg", "a.b": null}"#;

    /// Reads a record after one that gives the shape, with or without a space that no shape allows.
    fn read(line: &str, space: &str) -> JobLog {
        let reader = PyclsReader::new();
        let first = format!("json_stats: {{{space}{}\n", &FIRST[1..]);
        read_text(&reader, "", first.as_bytes());
        let line = format!("json_stats: {{{space}{}\n", &line[1..]);
        read_text(&reader, "", line.as_bytes()).0
    }

    fn is_shaped(log: &JobLog) -> bool {
        matches!(log.get("cfg"), Some(LoggedType::Once(OnceFields::Shaped(_))))
    }

    /// All that becomes of a log.
    fn outputs(log: &JobLog) -> String {
        let mut row = JobRow::default();
        push_log(&mut row, log);
        let cells: Vec<_> = row.iter().collect();
        let [log_file, err_file, err] = [""; 3];
        let entry =
            SweepJsonEntry { job: JobId(0), config: None, state: "", log, log_file, err_file, err };
        format!("{log:?} {cells:?} {}", String::from_utf8(entry.to_json()).unwrap())
    }

    #[test]
    fn a_second_record_of_a_shape_has_no_names_of_its_own() {
        let changed = FIRST.replace("1, \"x\"", "").replace("\"x\"", "\"y\"").replace("05", "3");
        for line in [FIRST, &changed] {
            assert!(is_shaped(&read(line, "")));
            assert_eq!(outputs(&read(line, "")), outputs(&read(line, " ")));
        }
        for other in [
            FIRST.replace("\"B\"", "\"b\""),
            FIRST.replace("\"C\": \"x\"", "\"C\": \"\\u0041\""),
            FIRST.replace("\"G\": 1e-05", "\"G\": 1e-05, \"G\": 2"),
            FIRST.replace("{}", "{\"x\": 1}"),
            FIRST.replace("[1, \"x\"]", "[[1]]"),
            FIRST.replace("\"_type\"", "\"epoch\": 3, \"_type\""),
        ] {
            assert!(!is_shaped(&read(&other, "")), "{other}");
            assert_eq!(outputs(&read(&other, "")), outputs(&read(&other, " ")));
        }
    }

    proptest! {
        #[test]
        fn a_record_of_a_shape_is_what_the_parser_makes_of_it(
            b in prop_oneof!["-?[0-9]{1,20}", "-?[0-9]{1,3}\\.[0-9]{0,20}(e[+-]?[0-9]{1,3})?", "true", "nul+", "\"é?\""],
            d in prop_oneof!["\\[([0-9]{1,2}(, ?|,)){0,3}[0-9]?\\]", "\\{\\}", "\\[\"[a-z]\", null\\]"],
            c in prop_oneof!["[a-z ]{0,40}", "\\\\n", "\u{1}"],
            type_name in prop_oneof![Just("cfg"), Just("config"), Just("other")],
        ) {
            let line = format!(
                r#"{{"A": {{"B": {b}, "D": {d}, "E": {{}}, "F": {{"G": 2}}}}, "C": "{c}", "_type": "{type_name}", "a.b": 0.50}}"#
            );
            prop_assert_eq!(outputs(&read(&line, "")), outputs(&read(&line, " ")), "{}", line);
        }
    }
}
