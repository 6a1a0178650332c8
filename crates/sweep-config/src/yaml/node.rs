//! A YAML tree in which every value and key knows where it was written.

use crate::{Map, Value};

/// Where a node was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Mark {
    /// 0 for the file, *k* for the *k*th `--set`.
    pub(crate) source: usize,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The column in characters, from 1.
    pub(crate) column: usize,
}

/// A value and its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) mark: Mark,
    pub(crate) kind: NodeKind,
}

#[derive(Debug, Clone)]
pub(crate) enum NodeKind {
    /// Neither [`Value::List`] nor [`Value::Map`].
    Scalar(Value),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One key of a mapping, with its place and value. Keys of a mapping are distinct.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) mark: Mark,
    pub(crate) key: String,
    pub(crate) node: Node,
}

impl Node {
    /// The value without its places.
    pub(crate) fn to_value(&self) -> Value {
        match &self.kind {
            NodeKind::Scalar(value) => value.clone(),
            NodeKind::List(items) => Value::List(items.iter().map(Self::to_value).collect()),
            NodeKind::Map(entries) => Value::Map(
                entries.iter().map(|e| (e.key.clone(), e.node.to_value())).collect::<Map>(),
            ),
        }
    }

    /// What was found, for "expected …, found …": its kind and, if it is short, its text.
    pub(crate) fn found(&self) -> String {
        match &self.kind {
            NodeKind::Scalar(Value::Null) => "nothing".to_owned(),
            NodeKind::Scalar(Value::Str(text)) => format!("text `{}`", shortened(text)),
            NodeKind::Scalar(Value::Timestamp(text)) => format!("the date `{text}`"),
            NodeKind::Scalar(Value::Bool(b)) => format!("`{b}`"),
            NodeKind::Scalar(value) => format!("`{}`", value.to_json()),
            NodeKind::List(items) => format!("a list of {}", items.len()),
            NodeKind::Map(_) => "a mapping".to_owned(),
        }
    }

    /// The entries, if and only if the node is a mapping.
    pub(crate) fn entries(&self) -> Option<&[Entry]> {
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
