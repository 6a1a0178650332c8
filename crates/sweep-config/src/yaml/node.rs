//! A YAML tree in which every value and key knows where it was written.

use crate::{Map, Value, python};

/// The place where a node was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct SourceMark {
    /// 0 for the file, *k* for the *k*th `--set`, more for a file that the config names.
    pub source: usize,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// A value and its place.
#[derive(Debug, Clone)]
pub struct YamlNode {
    /// Its place.
    pub mark: SourceMark,
    /// Its value.
    pub kind: NodeKind,
    /// The spelling of a plain scalar that is no text: `1_000`, `on`.
    pub spelt: Option<Box<str>>,
    /// The way in which it says that it is meant as it stands.
    pub form: NodeForm,
}

/// The way in which a node says that it is meant as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeForm {
    /// It does not.
    Plain,
    /// By quotes.
    Quoted,
    /// By a tag: `!!str`, `!!map`.
    Tagged,
}

/// The value of a node.
#[derive(Debug, Clone)]
pub enum NodeKind {
    /// Neither [`Value::List`] nor [`Value::Map`].
    Scalar(Value),
    /// A node whose fault was reported; it is not reported again.
    Faulty,
    /// A list.
    List(Vec<YamlNode>),
    /// A mapping.
    Map(Vec<YamlEntry>),
}

/// A key of a mapping, with its place and value. Keys of a mapping are distinct.
#[derive(Debug, Clone)]
pub struct YamlEntry {
    /// The place of the key.
    pub mark: SourceMark,
    /// The key.
    pub key: String,
    /// True if the key stands in quotes.
    pub is_quoted: bool,
    /// The value of a key that is no text: `0`, `true`.
    pub typed: Option<Value>,
    /// The value.
    pub node: YamlNode,
}

impl YamlEntry {
    /// Returns the key with its type.
    pub(crate) fn key_value(&self) -> Value {
        self.typed.clone().unwrap_or_else(|| Value::Str(self.key.clone()))
    }
}

impl YamlNode {
    /// Returns a node that was not spelt as a plain scalar.
    pub(crate) fn new(mark: SourceMark, kind: NodeKind) -> Self {
        Self { mark, kind, spelt: None, form: NodeForm::Plain }
    }

    /// Returns the node of a value that nobody wrote; its texts are meant as they are.
    pub(crate) fn of_value(value: &Value, mark: SourceMark) -> Self {
        let entry = |key: String, typed: Option<Value>, value: &Value| YamlEntry {
            mark,
            key,
            is_quoted: true,
            typed,
            node: Self::of_value(value, mark),
        };
        let typed = |key: &Value| (!matches!(key, Value::Str(_))).then(|| key.clone());
        let kind = match value {
            Value::List(items) => {
                NodeKind::List(items.iter().map(|item| Self::of_value(item, mark)).collect())
            }
            Value::Map(map) => NodeKind::Map(
                map.iter().map(|(key, value)| entry(key.clone(), None, value)).collect(),
            ),
            Value::Keyed(entries) => NodeKind::Map(
                entries
                    .iter()
                    .map(|(key, value)| entry(python::text(key), typed(key), value))
                    .collect(),
            ),
            scalar => NodeKind::Scalar(scalar.clone()),
        };
        Self { mark, kind, spelt: None, form: NodeForm::Quoted }
    }

    /// Returns the number of levels of lists and mappings below the node.
    pub(super) fn height(&self) -> usize {
        let below = match &self.kind {
            NodeKind::Scalar(_) | NodeKind::Faulty => return 0,
            NodeKind::List(items) => items.iter().map(Self::height).max(),
            NodeKind::Map(entries) => entries.iter().map(|entry| entry.node.height()).max(),
        };
        below.map_or(1, |below| below + 1)
    }

    /// Changes the place of the node and of everything in it.
    pub(crate) fn for_each_mark(&mut self, change: &impl Fn(&mut SourceMark)) {
        change(&mut self.mark);
        match &mut self.kind {
            NodeKind::Scalar(_) | NodeKind::Faulty => {}
            NodeKind::List(items) => items.iter_mut().for_each(|item| item.for_each_mark(change)),
            NodeKind::Map(entries) => {
                for entry in entries {
                    change(&mut entry.mark);
                    entry.node.for_each_mark(change);
                }
            }
        }
    }

    /// Converts the node into a value without places.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match &self.kind {
            NodeKind::Scalar(value) => value.clone(),
            NodeKind::Faulty => Value::Null,
            NodeKind::List(items) => Value::List(items.iter().map(Self::to_value).collect()),
            NodeKind::Map(entries) if entries.iter().any(|entry| entry.typed.is_some()) => {
                Value::Keyed(entries.iter().map(|e| (e.key_value(), e.node.to_value())).collect())
            }
            NodeKind::Map(entries) => Value::Map(
                entries.iter().map(|e| (e.key.clone(), e.node.to_value())).collect::<Map>(),
            ),
        }
    }

    /// Describes the node for "expected …, found …": its kind and, if it is short, its text.
    #[must_use]
    pub fn found(&self) -> String {
        match &self.kind {
            NodeKind::Faulty | NodeKind::Scalar(Value::Null) => "nothing".to_owned(),
            NodeKind::Scalar(Value::Str(text)) => format!("text `{}`", shortened(text)),
            NodeKind::Scalar(Value::Timestamp(text)) => format!("the date `{text}`"),
            NodeKind::Scalar(value) => match &self.spelt {
                Some(spelt) => format!("`{}`", shortened(spelt)),
                None => format!("`{}`", value.to_json()),
            },
            NodeKind::List(items) if items.is_empty() => "an empty list".to_owned(),
            NodeKind::List(items) => format!("a list of {}", items.len()),
            NodeKind::Map(_) => "a mapping".to_owned(),
        }
    }

    /// Returns the entries, if and only if the node is a mapping.
    #[must_use]
    pub fn entries(&self) -> Option<&[YamlEntry]> {
        match &self.kind {
            NodeKind::Map(entries) => Some(entries),
            _ => None,
        }
    }
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}
