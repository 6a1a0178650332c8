//! Mappings: keys that are text and given once, and merge keys.

use std::collections::HashMap;

use granit_parser::{Event, ScalarStyle, Span};

use super::compose::{ComposeStop, PathStep, TreeComposer};
use super::{NodeForm, NodeKind, SourceMark, YamlEntry, YamlNode};
use crate::{Value, python};

/// The entries of a mapping under way, and where each key stands among them.
#[derive(Default)]
struct OpenMapping {
    entries: Vec<YamlEntry>,
    index: HashMap<String, usize>,
}

/// A key with its place.
struct ComposedKey {
    mark: SourceMark,
    text: String,
    is_quoted: bool,
    typed: Option<Value>,
}

impl OpenMapping {
    fn push(&mut self, entry: YamlEntry) {
        self.index.insert(index_key(&entry), self.entries.len());
        self.entries.push(entry);
    }
}

/// Returns what tells the key of an entry from others: `1` is not `'1'`.
fn index_key(entry: &YamlEntry) -> String {
    match &entry.typed {
        Some(value) => format!("\0{}", python::repr(value)),
        None => entry.key.clone(),
    }
}

impl<'a> TreeComposer<'a> {
    /// Composes the entries of a mapping, up to its end.
    pub(super) fn mapping(&mut self, depth: usize) -> Result<Vec<YamlEntry>, ComposeStop> {
        let mut mapping = OpenMapping::default();
        let mut merged = None;
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                break;
            }
            let is_merge =
                matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<");
            let key = self.key(event, &span, depth)?;
            let (event, span) = self.next()?;
            self.path
                .push(PathStep::Key(key.as_ref().map_or_else(String::new, |key| key.text.clone())));
            let node = self.node(event, &span, depth + 1)?;
            match key {
                Some(key) if is_merge && merged.is_some() => {
                    let hint = "merge several at once: `<<: [*one, *two]`".to_owned();
                    self.fault(key.mark, "a second `<<` in one mapping", Some(hint));
                }
                Some(_) if is_merge => merged = Some(node),
                Some(ComposedKey { mark, text, is_quoted, typed }) => {
                    let entry = YamlEntry { mark, key: text, is_quoted, typed, node };
                    self.insert(&mut mapping, entry);
                }
                None => {}
            }
            self.path.pop();
        }
        if let Some(node) = merged {
            self.merge(&mut mapping, node);
        }
        Ok(mapping.entries)
    }

    /// Composes a key; one that is no text is a fault and `None`.
    fn key(
        &mut self,
        event: Event<'a>,
        span: &Span,
        depth: usize,
    ) -> Result<Option<ComposedKey>, ComposeStop> {
        let key = self.node(event, span, depth + 1)?;
        let is_quoted = key.form != NodeForm::Plain;
        let hint = match (key.kind, key.spelt) {
            (NodeKind::Scalar(Value::Str(text)), _) => {
                return Ok(Some(ComposedKey { mark: key.mark, text, is_quoted, typed: None }));
            }
            (NodeKind::Scalar(value), Some(spelt)) if self.may_be_key(&value) => {
                let text = match &value {
                    Value::Int(number) => number.to_string(),
                    _ => spelt.to_string(),
                };
                let typed = Some(value);
                return Ok(Some(ComposedKey { mark: key.mark, text, is_quoted, typed }));
            }
            (_, Some(spelt)) => {
                self.fault(key.mark, format!("YAML does not read the key `{spelt}` as text"), None);
                Some(format!("quote it: `'{spelt}'`"))
            }
            (NodeKind::Faulty, None) => None,
            (NodeKind::Scalar(_), None) => {
                self.fault(key.mark, "a key is missing", None);
                Some("write `''` for an empty one".to_owned())
            }
            _ => {
                self.fault(key.mark, "a list or mapping cannot be a key", None);
                Some("a key is plain text".to_owned())
            }
        };
        if let (Some(hint), Some(fault)) = (hint, self.faults.last_mut()) {
            fault.hint = Some(hint);
        }
        Ok(None)
    }

    /// True if a key that is no text keeps its type: a number, and of the branches of a choice, which are values
    /// of a parameter, anything that a parameter may be.
    fn may_be_key(&self, value: &Value) -> bool {
        let is_branch = matches!(self.path.last(), Some(PathStep::Key(key)) if key == "BRANCHES");
        match value {
            Value::Int(_) | Value::Float(_) => true,
            Value::Bool(_) | Value::Null => is_branch,
            _ => false,
        }
    }

    fn insert(&mut self, mapping: &mut OpenMapping, entry: YamlEntry) {
        match mapping.index.get(&index_key(&entry)) {
            Some(&first) => {
                let line = mapping.entries[first].mark.line;
                let message = format!("was already given on line {line}");
                self.fault(entry.mark, message, Some("remove one of the two".to_owned()));
            }
            None => mapping.push(entry),
        }
    }

    /// Applies `<<: *other` or `<<: [*one, *two]`: keys of the mapping itself win, then the earlier one.
    fn merge(&mut self, mapping: &mut OpenMapping, node: YamlNode) {
        let sources = match node.kind {
            NodeKind::List(items) => items,
            _ => vec![node],
        };
        for source in sources {
            let NodeKind::Map(entries) = source.kind else {
                let message = format!("`<<` merges a mapping, not {}", source.found());
                self.fault(source.mark, message, None);
                continue;
            };
            for entry in entries {
                if !mapping.index.contains_key(&index_key(&entry)) {
                    mapping.push(entry);
                }
            }
        }
    }
}
