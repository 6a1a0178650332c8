//! A cursor over one mapping of the config: asking for a key states its name, type and default in
//! one place, and whatever was not asked for is an unknown key.

use std::cell::RefCell;
use std::fmt::Display;
use std::ops::RangeBounds;

use super::decoder::{ConfigDecoder, join};
use super::given::GivenValue;
use super::shape::KeyShape;
use super::suggest;
use crate::Value;
use crate::yaml::{NodeKind, SourceMark, YamlEntry, YamlNode};

/// A mapping of the config, or its absence, in which every key has its default.
pub(super) struct ConfigSection<'a> {
    pub(super) decoder: &'a ConfigDecoder<'a>,
    pub(super) path: String,
    pub(super) mark: SourceMark,
    entries: &'a [YamlEntry],
    asked: RefCell<Vec<&'static str>>,
    /// True if its keys are keys of the config itself, not of a sampler or a filter.
    listed: bool,
    /// True if something else stands in place of the mapping, which was reported.
    is_broken: bool,
}

impl<'a> ConfigSection<'a> {
    /// Returns the section of a node; anything but a mapping is a problem (nothing is an empty one).
    pub(super) fn new(
        decoder: &'a ConfigDecoder<'a>,
        path: &str,
        node: Option<&'a YamlNode>,
        listed: bool,
    ) -> Self {
        let mut is_broken = false;
        let entries = match node.map(|node| &node.kind) {
            None | Some(NodeKind::Scalar(Value::Null)) => &[],
            Some(NodeKind::Map(entries)) => entries.as_slice(),
            Some(_) => {
                let given = node.map(|node| GivenValue { decoder, path: path.to_owned(), node });
                given.inspect(GivenValue::expected_mapping);
                is_broken = true;
                &[]
            }
        };
        let mark = node.map_or_else(SourceMark::default, |node| node.mark);
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

    /// Returns the section of a key.
    pub(super) fn section(&self, key: &'static str) -> ConfigSection<'a> {
        self.asked.borrow_mut().push(key);
        let entry = self.entries.iter().find(|entry| entry.key == key);
        let path = join(&self.path, key);
        let section =
            ConfigSection::new(self.decoder, &path, entry.map(|entry| &entry.node), self.listed);
        match entry {
            Some(_) => section,
            None => ConfigSection { mark: self.mark, ..section },
        }
    }

    /// True if the key was given.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// Returns the value of a key without asking for it: it stays unknown if nobody does.
    pub(super) fn peek(&self, key: &str) -> Option<GivenValue<'a>> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(GivenValue { decoder: self.decoder, path: join(&self.path, key), node: &entry.node })
    }

    /// Returns the value of a key, if it was given.
    pub(super) fn get(&self, key: &'static str) -> Option<GivenValue<'a>> {
        self.ask(key, KeyShape::Own)
    }

    /// Returns the value of a key, if it was given; notes the form that it is to have.
    pub(super) fn ask(&self, key: &'static str, shape: KeyShape) -> Option<GivenValue<'a>> {
        self.asked.borrow_mut().push(key);
        if self.listed {
            self.decoder.add_known(join(&self.path, key), shape);
        }
        self.peek(key)
    }

    /// Returns the value of a key; reports a missing one, with `why` it is needed.
    pub(super) fn required(&self, key: &'static str, why: &str) -> Option<GivenValue<'a>> {
        let given = self.get(key);
        if given.is_none() && !self.is_broken {
            self.problem(key, format!("is missing: {why}"), None);
        }
        given
    }

    /// Returns the value of a key as text, or the default.
    pub(super) fn text(&self, key: &'static str, default: &str) -> String {
        let given = self.ask(key, KeyShape::Text);
        given.and_then(|given| given.text()).unwrap_or_else(|| default.to_owned())
    }

    /// Returns the value of a key as a truth value, or the default.
    pub(super) fn flag(&self, key: &'static str, default: bool) -> bool {
        self.ask(key, KeyShape::Flag).and_then(|given| given.flag()).unwrap_or(default)
    }

    /// Returns the value of a key as a whole number in `range`, or the default.
    pub(super) fn whole<T: TryFrom<i64>>(
        &self,
        key: &'static str,
        range: impl RangeBounds<i64>,
        default: T,
    ) -> T {
        let given = self.ask(key, KeyShape::whole(&range));
        given.and_then(|given| given.whole(range)).unwrap_or(default)
    }

    /// Returns the value of a key as a whole number up to `most`; none for 0, the default.
    pub(super) fn whole_unless_zero<T: TryFrom<i64> + Default + PartialEq>(
        &self,
        key: &'static str,
        most: i64,
    ) -> Option<T> {
        Some(self.whole(key, 0..=most, T::default())).filter(|number| *number != T::default())
    }

    /// Returns the value of a key as a finite number of at least `least`, or the default.
    pub(super) fn at_least(&self, key: &'static str, least: f64, default: f64) -> f64 {
        let Some(given) = self.ask(key, KeyShape::AtLeast(least)) else { return default };
        match given.number() {
            Some(number) if number >= least => number,
            Some(_) => {
                given.problem(format!("must be at least {least}"), None);
                default
            }
            None => default,
        }
    }

    /// Returns the value of a key as a list of strings, or the default.
    pub(super) fn texts(&self, key: &'static str, default: &[&str]) -> Vec<String> {
        let texts = self.ask(key, KeyShape::Texts).and_then(|given| {
            let items = given.list("a list of strings")?;
            items.iter().map(GivenValue::text).collect::<Option<Vec<_>>>()
        });
        texts.unwrap_or_else(|| default.iter().map(|&text| text.to_owned()).collect())
    }

    /// Returns the value of a key as one of some words, or the default.
    pub(super) fn one_of<T: Copy>(&self, key: &'static str, words: &[(&str, T)], default: T) -> T {
        let given = self.ask(key, KeyShape::words(words));
        given.and_then(|given| given.one_of(words)).unwrap_or(default)
    }

    /// Returns all entries of a mapping whose keys are the user's own.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'a str, GivenValue<'a>)> + '_ {
        self.entries.iter().map(|entry| {
            let path = join(&self.path, &entry.key);
            (entry.key.as_str(), GivenValue { decoder: self.decoder, path, node: &entry.node })
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
                self.decoder.add_unknown(entry.mark, &self.path, &entry.key);
            } else {
                let path = join(&self.path, &entry.key);
                let hint = suggest::sampler_key(&entry.key, &asked)
                    .or_else(|| Some(format!("use one of {}", asked.join(", "))));
                self.decoder.problem(entry.mark, &path, "unknown key".to_owned(), hint);
            }
        }
    }
}

impl<'a> GivenValue<'a> {
    /// Returns the section of this value; its keys are those of what it describes, not of the config.
    pub(super) fn section(&self) -> ConfigSection<'a> {
        ConfigSection::new(self.decoder, &self.path, Some(self.node), false)
    }
}
