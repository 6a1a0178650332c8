//! A cursor over one mapping of the config: asking for a key states its name, type and default in
//! one place, and whatever was not asked for is an unknown key.

use std::cell::RefCell;
use std::fmt::Display;
use std::path::Path;

use super::suggest;
use crate::yaml::{Entry, Mark, Node, NodeKind};
use crate::{Place, Problem, Problems, Value};

/// What the decoding of one config gathers: its problems and the keys that it knows.
pub(super) struct Decoder<'a> {
    path: &'a Path,
    overrides: &'a [String],
    problems: RefCell<Vec<(Mark, Problem)>>,
    known: RefCell<Vec<String>>,
    unknown: RefCell<Vec<Unknown>>,
}

/// A key that nobody asked for, judged at the end when all known keys are known.
struct Unknown {
    mark: Mark,
    section: String,
    key: String,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(path: &'a Path, overrides: &'a [String]) -> Self {
        Self {
            path,
            overrides,
            problems: RefCell::default(),
            known: RefCell::default(),
            unknown: RefCell::default(),
        }
    }

    /// Reports a problem of `key` at a place.
    pub(super) fn problem(&self, mark: Mark, key: &str, message: String, hint: Option<String>) {
        let place = match mark.source {
            0 => Place::File { path: self.path.to_owned(), line: mark.line, column: mark.column },
            k => Place::Override { text: self.overrides[k - 1].clone() },
        };
        self.problems
            .borrow_mut()
            .push((mark, Problem { place, key: key.to_owned(), message, hint }));
    }

    /// All problems in the order of their places; `Ok` if there is none.
    pub(super) fn finish(self) -> Result<(), Problems> {
        for unknown in self.unknown.take() {
            let hint = suggest::key(&unknown.key, &unknown.section, &self.known.borrow());
            let full = join(&unknown.section, &unknown.key);
            self.problem(unknown.mark, &full, "unknown key".to_owned(), hint);
        }
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|(mark, _)| *mark);
        if problems.is_empty() {
            return Ok(());
        }
        Err(Problems(problems.into_iter().map(|(_, problem)| problem).collect()))
    }

    /// The keys that were asked for, as dotted paths.
    #[cfg(test)]
    pub(super) fn known(&self) -> Vec<String> {
        self.known.borrow().clone()
    }
}

pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// One mapping of the config, or the absence of it, in which every key has its default.
pub(super) struct Section<'a> {
    pub(super) decoder: &'a Decoder<'a>,
    pub(super) path: String,
    pub(super) mark: Mark,
    entries: &'a [Entry],
    asked: RefCell<Vec<&'static str>>,
    /// Whether its keys are keys of the config itself, and not of a sampler or a filter.
    listed: bool,
}

/// A value that was given, with the section's knowledge of where it belongs.
#[derive(Clone)]
pub(super) struct Given<'a> {
    pub(super) decoder: &'a Decoder<'a>,
    pub(super) path: String,
    pub(super) node: &'a Node,
}

impl<'a> Section<'a> {
    /// The section of a node; anything but a mapping is a problem (nothing at all is an empty one).
    pub(super) fn new(
        decoder: &'a Decoder<'a>,
        path: &str,
        node: Option<&'a Node>,
        listed: bool,
    ) -> Self {
        let entries = match node.map(|node| &node.kind) {
            None | Some(NodeKind::Scalar(Value::Null)) => &[],
            Some(NodeKind::Map(entries)) => entries.as_slice(),
            Some(_) => {
                let given = node.map(|node| Given { decoder, path: path.to_owned(), node });
                given.inspect(|given| given.expected("a mapping"));
                &[]
            }
        };
        let mark = node.map_or_else(Mark::default, |node| node.mark);
        Self { decoder, path: path.to_owned(), mark, entries, asked: RefCell::default(), listed }
    }

    /// A section below this one.
    pub(super) fn section(&self, key: &'static str) -> Section<'a> {
        self.asked.borrow_mut().push(key);
        let entry = self.entries.iter().find(|entry| entry.key == key);
        let path = join(&self.path, key);
        let section =
            Section::new(self.decoder, &path, entry.map(|entry| &entry.node), self.listed);
        match entry {
            Some(_) => section,
            None => Section { mark: self.mark, ..section },
        }
    }

    /// The value of a key, if it was given.
    pub(super) fn get(&self, key: &'static str) -> Option<Given<'a>> {
        self.asked.borrow_mut().push(key);
        if self.listed {
            self.decoder.known.borrow_mut().push(join(&self.path, key));
        }
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(Given { decoder: self.decoder, path: join(&self.path, key), node: &entry.node })
    }

    /// As [`Section::get`]; that it is missing is a problem.
    pub(super) fn required(&self, key: &'static str, why: &str) -> Option<Given<'a>> {
        let given = self.get(key);
        if given.is_none() {
            self.problem(key, format!("is missing: {why}"), None);
        }
        given
    }

    /// The value of a key as text, or the default.
    pub(super) fn text(&self, key: &'static str, default: &str) -> String {
        self.get(key).and_then(|given| given.text()).unwrap_or_else(|| default.to_owned())
    }

    /// The value of a key as a truth value, or the default.
    pub(super) fn flag(&self, key: &'static str, default: bool) -> bool {
        self.get(key).and_then(|given| given.flag()).unwrap_or(default)
    }

    /// The value of a key as a whole number of at least `least`, or the default.
    pub(super) fn whole<T: TryFrom<i64>>(&self, key: &'static str, least: i64, default: T) -> T {
        self.get(key).and_then(|given| given.whole(least)).unwrap_or(default)
    }

    /// The value of a key as a list of texts, or the default.
    pub(super) fn texts(&self, key: &'static str, default: &[&str]) -> Vec<String> {
        let texts = self.get(key).and_then(|given| {
            let items = given.list("a list of texts")?;
            items.iter().map(Given::text).collect::<Option<Vec<_>>>()
        });
        texts.unwrap_or_else(|| default.iter().map(|&text| text.to_owned()).collect())
    }

    /// The value of a key as one of some words, or the default.
    pub(super) fn one_of<T: Copy>(&self, key: &'static str, words: &[(&str, T)], default: T) -> T {
        self.get(key).and_then(|given| given.one_of(words)).unwrap_or(default)
    }

    /// All entries, where the keys are the user's own.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'a str, Given<'a>)> + '_ {
        self.entries.iter().map(|entry| {
            let path = join(&self.path, &entry.key);
            (entry.key.as_str(), Given { decoder: self.decoder, path, node: &entry.node })
        })
    }

    /// Reports a problem of a key that is not there, at the place of the section.
    pub(super) fn problem(&self, key: &str, message: impl Display, hint: Option<String>) {
        self.decoder.problem(self.mark, &join(&self.path, key), message.to_string(), hint);
    }

    /// Reports every key that was not asked for.
    pub(super) fn finish(self) {
        let asked = self.asked.borrow();
        for entry in self.entries.iter().filter(|entry| !asked.contains(&entry.key.as_str())) {
            if self.listed {
                self.decoder.unknown.borrow_mut().push(Unknown {
                    mark: entry.mark,
                    section: self.path.clone(),
                    key: entry.key.clone(),
                });
            } else {
                let path = join(&self.path, &entry.key);
                let hint = suggest::word(&entry.key, &asked);
                self.decoder.problem(entry.mark, &path, "unknown key".to_owned(), hint);
            }
        }
    }
}

impl<'a> Given<'a> {
    /// Reports a problem of this value.
    pub(super) fn problem(&self, message: impl Display, hint: Option<String>) {
        self.decoder.problem(self.node.mark, &self.path, message.to_string(), hint);
    }

    /// Reports that the value is of the wrong type.
    pub(super) fn expected(&self, what: &str) {
        self.problem(format!("expected {what}, found {}", self.node.found()), None);
    }

    fn scalar(&self) -> Option<&'a Value> {
        match &self.node.kind {
            NodeKind::Scalar(value) => Some(value),
            _ => None,
        }
    }

    /// The text; numbers, truth values and dates count as their spelling would, nothing as empty.
    pub(super) fn text(&self) -> Option<String> {
        match self.scalar() {
            Some(Value::Str(text) | Value::Timestamp(text)) => Some(text.clone()),
            Some(Value::Null) => Some(String::new()),
            Some(Value::Int(i)) => Some(i.to_string()),
            _ => {
                self.problem(
                    format!("expected text, found {}", self.node.found()),
                    self.scalar().map(|_| "put it in quotes".to_owned()),
                );
                None
            }
        }
    }

    pub(super) fn flag(&self) -> Option<bool> {
        let Some(Value::Bool(b)) = self.scalar() else {
            self.expected("true or false");
            return None;
        };
        Some(*b)
    }

    /// A whole number of at least `least` that fits `T`; `1e6` is one.
    pub(super) fn whole<T: TryFrom<i64>>(&self, least: i64) -> Option<T> {
        let Some(number) = self.scalar().and_then(as_whole) else {
            self.expected("a whole number");
            return None;
        };
        if number < least {
            self.problem(format!("must be at least {least}, found `{number}`"), None);
            return None;
        }
        let fitting = T::try_from(number).ok();
        if fitting.is_none() {
            self.problem(format!("`{number}` is too large"), None);
        }
        fitting
    }

    /// A number that is finite.
    pub(super) fn number(&self) -> Option<f64> {
        let number = self.scalar().and_then(Value::as_f64).filter(|f| f.is_finite());
        if number.is_none() {
            self.expected("a number");
        }
        number
    }

    /// The items of a list, each knowing its place.
    pub(super) fn list(&self, what: &str) -> Option<Vec<Given<'a>>> {
        let NodeKind::List(items) = &self.node.kind else {
            self.expected(what);
            return None;
        };
        let item = |(i, node): (usize, &'a Node)| Given {
            decoder: self.decoder,
            path: format!("{}[{i}]", self.path),
            node,
        };
        Some(items.iter().enumerate().map(item).collect())
    }

    /// The two items of a list of two.
    pub(super) fn pair(&self) -> Option<[Given<'a>; 2]> {
        let items = self.list("a list [LOW, HIGH]")?;
        let found = items.len();
        let pair = <[Given<'a>; 2]>::try_from(items).ok();
        if pair.is_none() {
            self.problem(format!("expected a list [LOW, HIGH], found a list of {found}"), None);
        }
        pair
    }

    /// The section of this value; its keys belong to the thing it describes, not to the config.
    pub(super) fn section(&self) -> Section<'a> {
        Section::new(self.decoder, &self.path, Some(self.node), false)
    }

    /// What one of some words stands for.
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

/// The whole number, also where it was written as `1.0e+6`.
pub(super) fn as_whole(value: &Value) -> Option<i64> {
    /// Beyond this, a float no longer tells one whole number from the next.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Int(i) => Some(*i),
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        Value::Float(f) if f.fract() == 0.0 && f.abs() <= EXACT => Some(*f as i64),
        _ => None,
    }
}
