//! A value of the config on its way to a type: each question reports what is wrong with the answer.

use std::fmt::Display;
use std::ops::{Bound, RangeBounds};

use super::decoder::ConfigDecoder;
use super::suggest;
use crate::Value;
use crate::yaml::{self, NodeKind, YamlNode};

/// A value that was given, with the section's knowledge of where it belongs.
#[derive(Clone)]
pub(super) struct GivenValue<'a> {
    pub(super) decoder: &'a ConfigDecoder<'a>,
    pub(super) path: String,
    pub(super) node: &'a YamlNode,
}

impl<'a> GivenValue<'a> {
    /// Reports a problem of this value, unless it was reported while the YAML was read.
    pub(super) fn problem(&self, message: impl Display, hint: Option<String>) {
        if matches!(self.node.kind, NodeKind::Faulty) {
            return;
        }
        self.decoder.problem(self.node.mark, &self.path, message.to_string(), hint);
    }

    /// Reports the keys of a mapping of names that are no text.
    pub(super) fn check_names(&self) {
        for entry in self.node.entries().unwrap_or_default() {
            if entry.typed.is_some() {
                let key = &entry.key;
                let hint = Some(format!("quote it: `'{key}'`"));
                let path = format!("{}.{key}", self.path);
                let message = format!("YAML does not read the name `{key}` as text");
                self.decoder.problem(entry.mark, &path, message, hint);
            }
        }
    }

    /// Names its place, with the file.
    pub(super) fn location(&self) -> String {
        self.decoder.location(self.node.mark)
    }

    /// Returns the items of a list, or of the list under a key of a mapping.
    pub(super) fn section_or_list(&self, key: &str) -> Option<Vec<GivenValue<'a>>> {
        let list = if self.is_mapping() { self.below(key)? } else { self.clone() };
        list.is_list().then(|| list.list("a list").unwrap_or_default())
    }

    /// Warns of this value, which is no mistake for certain.
    pub(super) fn warn(&self, message: impl Display, hint: Option<String>) {
        self.decoder.warn(self.node.mark, &self.path, message.to_string(), hint);
    }

    /// Returns the value at a dotted path below this one.
    pub(super) fn below(&self, path: &str) -> Option<GivenValue<'a>> {
        let step = |node: &'a YamlNode, key: &str| match &node.kind {
            NodeKind::Map(entries) => entries.iter().find(|e| e.key == key).map(|e| &e.node),
            NodeKind::List(items) => items.get(key.parse::<usize>().ok()?),
            _ => None,
        };
        let node = path.split('.').try_fold(self.node, step)?;
        Some(GivenValue { decoder: self.decoder, path: format!("{}.{path}", self.path), node })
    }

    /// Reports that the value is of the wrong type.
    pub(super) fn expected(&self, what: &str) {
        self.problem(format!("expected {what}, found {}", self.node.found()), None);
    }

    /// Reports that the value is no mapping.
    pub(super) fn expected_mapping(&self) {
        let lacks_blank = matches!(self.scalar(), Some(Value::Str(text)) if text.contains(':'));
        let hint =
            lacks_blank.then(|| "write `KEY: value`, with a space after the colon".to_owned());
        self.problem(format!("expected a mapping, found {}", self.node.found()), hint);
    }

    /// Reports a wrong type as [`GivenValue::expected`] does, with a hint where removing quotes helps.
    fn expected_unquoted(&self, what: &str, right: impl Fn(&Value) -> bool) {
        let quoted = match self.scalar() {
            Some(Value::Str(text)) => yaml::plain(text).is_ok_and(|value| right(&value)),
            _ => false,
        };
        let hint = quoted.then(|| "remove the quotes".to_owned());
        self.problem(format!("expected {what}, found {}", self.node.found()), hint);
    }

    /// Returns the single value that it is, if it is one.
    pub(super) fn scalar(&self) -> Option<&'a Value> {
        match &self.node.kind {
            NodeKind::Scalar(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the text; a number, truth value or date counts as it was spelt, and nothing as an
    /// empty one.
    pub(super) fn text(&self) -> Option<String> {
        match (self.scalar(), &self.node.spelt) {
            (Some(Value::Str(text)), _) => Some(text.clone()),
            (Some(Value::Null), _) => Some(String::new()),
            (Some(_), Some(spelt)) => Some(spelt.to_string()),
            _ => {
                self.expected("text");
                None
            }
        }
    }

    pub(super) fn flag(&self) -> Option<bool> {
        let Some(Value::Bool(b)) = self.scalar() else {
            self.expected_unquoted("true or false", |value| matches!(value, Value::Bool(_)));
            return None;
        };
        Some(*b)
    }

    /// True if nothing stands behind the key.
    pub(super) fn is_nothing(&self) -> bool {
        matches!(self.scalar(), Some(Value::Null))
    }

    /// Returns a whole number in `range`; `1e6` is one.
    pub(super) fn whole<T: TryFrom<i64>>(&self, range: impl RangeBounds<i64>) -> Option<T> {
        let Some(number) = self.scalar().and_then(as_whole) else {
            self.expected_unquoted("a whole number", |value| as_whole(value).is_some());
            return None;
        };
        let number_in_range = range.contains(&number).then(|| T::try_from(number).ok()).flatten();
        if number_in_range.is_none() {
            let found = self.node.found();
            self.problem(
                match (range.start_bound(), range.end_bound()) {
                    (Bound::Included(least), _) if number < *least => {
                        format!("must be at least {least}, found {found}")
                    }
                    (_, Bound::Included(most)) => format!("must be at most {most}, found {found}"),
                    _ => format!("{found} is too large"),
                },
                None,
            );
        }
        number_in_range
    }

    /// Returns a finite number.
    pub(super) fn number(&self) -> Option<f64> {
        self.any_number("a finite number", f64::is_finite)
    }

    /// Returns a number or an infinity.
    pub(super) fn bound(&self) -> Option<f64> {
        self.any_number("a number", |f| !f.is_nan())
    }

    fn any_number(&self, what: &str, is_fine: impl Fn(f64) -> bool) -> Option<f64> {
        let number = self.scalar().and_then(Value::as_f64).filter(|f| is_fine(*f));
        if number.is_none() {
            self.expected_unquoted(what, |value| value.as_f64().is_some_and(&is_fine));
        }
        number
    }

    /// True if the value is a mapping.
    pub(super) fn is_mapping(&self) -> bool {
        matches!(self.node.kind, NodeKind::Map(_))
    }

    /// True if the value is a list.
    pub(super) fn is_list(&self) -> bool {
        matches!(self.node.kind, NodeKind::List(_))
    }

    /// Returns the items of a list, each with its place.
    pub(super) fn list(&self, what: &str) -> Option<Vec<GivenValue<'a>>> {
        let NodeKind::List(items) = &self.node.kind else {
            let hint = match self.scalar() {
                Some(Value::Str(text)) if !text.contains([',', '\n']) => {
                    Some(format!("write a list of one as `[{text}]`"))
                }
                // A tuple of Python's.
                Some(Value::Str(text)) if text.starts_with('(') && text.ends_with(')') => {
                    Some(format!("write `[{}]`", &text[1..text.len() - 1]))
                }
                _ => None,
            };
            self.problem(format!("expected {what}, found {}", self.node.found()), hint);
            return None;
        };
        let item = |(i, node): (usize, &'a YamlNode)| GivenValue {
            decoder: self.decoder,
            path: format!("{}[{i}]", self.path),
            node,
        };
        Some(items.iter().enumerate().map(item).collect())
    }

    /// Returns the items of a list of two.
    pub(super) fn pair(&self) -> Option<[GivenValue<'a>; 2]> {
        if let Some(ends) = self.scalar_or_mapping_ends() {
            let message = format!("expected a list [LOW, HIGH], found {}", self.node.found());
            self.problem(message, Some(format!("write `[{ends}]`")));
            return None;
        }
        let items = self.list("a list [LOW, HIGH]")?;
        let found = items.len();
        let pair = <[GivenValue<'a>; 2]>::try_from(items).ok();
        if pair.is_none() {
            self.problem(format!("expected a list [LOW, HIGH], found a list of {found}"), None);
        }
        pair
    }

    /// Returns two ends that are written as another tool has them: `1-5`, `0..1`, `1 to 5`, `{min: 0, max: 1}`.
    fn scalar_or_mapping_ends(&self) -> Option<String> {
        let ends = match (&self.node.kind, &self.node.spelt) {
            (NodeKind::Scalar(Value::Str(text)), _) => {
                let text = text.trim_matches(['(', ')', '[', ']']);
                let signs = ["..", " to ", "-", ":", ","];
                signs
                    .iter()
                    .find_map(|sign| text.split_once(sign))
                    .map(|(a, b)| (a.to_owned(), b.to_owned()))
            }
            (NodeKind::Scalar(_), Some(spelt)) => {
                spelt.split_once(':').map(|(a, b)| (a.to_owned(), b.to_owned()))
            }
            _ => {
                let end = |keys: [&str; 2]| {
                    keys.iter().find_map(|key| Some(yaml::flow(&self.below(key)?.node.to_value())))
                };
                end(["min", "low"]).zip(end(["max", "high"]))
            }
        }?;
        let is_number =
            |text: &str| yaml::plain(text.trim()).is_ok_and(|end| end.as_f64().is_some());
        let (low, high) = (ends.0.trim(), ends.1.trim_start_matches('.').trim());
        (is_number(low) && is_number(high)).then(|| format!("{low}, {high}"))
    }

    /// Returns what a word stands for, one of `words`.
    pub(super) fn one_of<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        let text = self.text()?;
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*meaning);
        }
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let message = format!("expected one of {}, found `{text}`", names.join(", "));
        self.problem(message, suggest::word(&text, &names));
        None
    }
}

/// Returns the whole number, also one that was written as `1.0e+6`.
pub(super) fn as_whole(value: &Value) -> Option<i64> {
    /// The greatest number up to which a float tells each whole number from the next.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Int(i) => Some(*i),
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        Value::Float(f) if f.fract() == 0.0 && f.abs() <= EXACT => Some(*f as i64),
        _ => None,
    }
}
