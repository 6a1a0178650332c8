//! A cursor over one mapping of the config: asking for a key states its name, type and default in
//! one place, and whatever was not asked for is an unknown key.

use std::cell::RefCell;
use std::fmt::Display;
use std::ops::RangeBounds;
use std::path::Path;

use super::given::Given;
use super::suggest;
use crate::yaml::{Entry, Fault, Mark, Node, NodeKind};
use crate::{ConfigProblem, ConfigProblems, SourceLocation, Value};

/// How many problems one report lists; beyond that the file is of another kind.
const MOST_PROBLEMS: usize = 100;

/// What the decoding of one config gathers: its problems and the keys that it knows.
pub(super) struct Decoder<'a> {
    path: &'a Path,
    overrides: &'a [String],
    problems: RefCell<Vec<(Mark, ConfigProblem)>>,
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
            0 => SourceLocation::File {
                path: self.path.to_owned(),
                line: mark.line,
                column: mark.column,
            },
            k => SourceLocation::Override { text: self.overrides[k - 1].clone() },
        };
        self.problems
            .borrow_mut()
            .push((mark, ConfigProblem { place, key: key.to_owned(), message, hint }));
    }

    /// Reports what was found while the YAML was read; `source` as in [`Mark`].
    pub(super) fn faults(&self, faults: Vec<Fault>) {
        for Fault { mark, key, message, hint } in faults {
            self.problem(mark, &key, message, hint);
        }
    }

    /// All problems in the order of their places; `Ok` if there is none.
    pub(super) fn finish(self) -> Result<(), ConfigProblems> {
        let mut unknown = self.unknown.take();
        let total = unknown.len() + self.problems.borrow().len();
        unknown.sort_by_key(|unknown| unknown.mark);
        for Unknown { mark, section, key } in unknown.into_iter().take(MOST_PROBLEMS) {
            let hint = suggest::key(&key, &section, &self.known.borrow());
            self.problem(mark, &join(&section, &key), "unknown key".to_owned(), hint);
        }
        let path = self.path;
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|(mark, _)| *mark);
        problems.truncate(MOST_PROBLEMS);
        let mut problems: Vec<ConfigProblem> =
            problems.into_iter().map(|(_, problem)| problem).collect();
        if problems.is_empty() {
            return Ok(());
        }
        if total > problems.len() {
            let message = format!("and {} problems more", total - problems.len());
            problems.extend(ConfigProblems::of_file(path, message, None).0);
        }
        Err(ConfigProblems(problems))
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
    /// Whether something else stands where its mapping should, which was reported.
    is_broken: bool,
}

impl<'a> Section<'a> {
    /// The section of a node; anything but a mapping is a problem (nothing at all is an empty one).
    pub(super) fn new(
        decoder: &'a Decoder<'a>,
        path: &str,
        node: Option<&'a Node>,
        listed: bool,
    ) -> Self {
        let mut is_broken = false;
        let entries = match node.map(|node| &node.kind) {
            None | Some(NodeKind::Scalar(Value::Null)) => &[],
            Some(NodeKind::Map(entries)) => entries.as_slice(),
            Some(_) => {
                let given = node.map(|node| Given { decoder, path: path.to_owned(), node });
                given.inspect(Given::expected_mapping);
                is_broken = true;
                &[]
            }
        };
        let mark = node.map_or_else(Mark::default, |node| node.mark);
        Self {
            decoder,
            path: path.to_owned(),
            mark,
            entries,
            asked: RefCell::default(),
            listed,
            is_broken,
        }
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

    /// Whether a key was given.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
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
        if given.is_none() && !self.is_broken {
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

    /// The value of a key as a whole number in `range`, or the default.
    pub(super) fn whole<T: TryFrom<i64>>(
        &self,
        key: &'static str,
        range: impl RangeBounds<i64>,
        default: T,
    ) -> T {
        self.get(key).and_then(|given| given.whole(range)).unwrap_or(default)
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
                let hint = suggest::word(&entry.key, &asked)
                    .or_else(|| Some(format!("the keys here are {}", asked.join(", "))));
                self.decoder.problem(entry.mark, &path, "unknown key".to_owned(), hint);
            }
        }
    }
}
