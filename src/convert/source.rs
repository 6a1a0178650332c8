//! Another tool's file while it is read: every value knows its place, and all problems are told at once.

use std::cell::RefCell;
use std::path::Path;

use sweep_config::yaml::{NodeKind, SourceMark, YamlEntry, YamlFault, YamlNode};
use sweep_config::{ConfigProblem, ConfigProblems, SourceLocation, Value, python};

/// The problems of a file while it is read.
pub(super) struct SourceReader<'p> {
    path: &'p Path,
    problems: RefCell<Vec<(SourceMark, ConfigProblem)>>,
}

impl<'p> SourceReader<'p> {
    /// Returns the reader of a file, with the faults that its YAML has.
    pub(super) fn new(path: &'p Path, faults: Vec<YamlFault>) -> Self {
        let reader = Self { path, problems: RefCell::default() };
        for YamlFault { mark, key, message, hint } in faults {
            reader.problem(mark, &key, message, hint.as_deref());
        }
        reader
    }

    /// Reports a problem of a key.
    pub(super) fn problem(
        &self,
        mark: SourceMark,
        key: &str,
        message: impl Into<String>,
        hint: Option<&str>,
    ) {
        let SourceMark { line, column, .. } = mark;
        let place = SourceLocation::File { path: self.path.to_owned(), line, column };
        let (message, hint) = (message.into(), hint.map(str::to_owned));
        let problem = ConfigProblem { place, key: key.to_owned(), message, hint };
        self.problems.borrow_mut().push((mark, problem));
    }

    /// Returns all problems, in the order of their places, as the error.
    pub(super) fn finish(self) -> Result<(), ConfigProblems> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|(mark, _)| *mark);
        let problems: Vec<_> = problems.into_iter().map(|(_, problem)| problem).collect();
        if problems.is_empty() { Ok(()) } else { Err(ConfigProblems(problems)) }
    }
}

/// A value of the file, with its key.
#[derive(Clone)]
pub(super) struct SourceItem<'a> {
    reader: &'a SourceReader<'a>,
    /// Its dotted path.
    pub(super) path: String,
    /// Its key alone.
    pub(super) key: String,
    /// The place of its key.
    pub(super) mark: SourceMark,
    /// The value.
    pub(super) node: &'a YamlNode,
}

impl<'a> SourceItem<'a> {
    /// Returns the whole file as a value.
    pub(super) fn root(reader: &'a SourceReader<'a>, node: &'a YamlNode) -> Self {
        Self { reader, path: String::new(), key: String::new(), mark: node.mark, node }
    }

    fn below(&self, entry: &'a YamlEntry) -> Self {
        let key = entry.key.clone();
        let path = join(&self.path, &key);
        Self { reader: self.reader, path, key, mark: entry.mark, node: &entry.node }
    }

    /// Reports a problem of the value.
    pub(super) fn problem(&self, message: impl Into<String>, hint: Option<&str>) {
        self.reader.problem(self.mark, &self.path, message, hint);
    }

    /// Reports that something else is needed here.
    pub(super) fn expected(&self, what: &str) {
        if !matches!(self.node.kind, NodeKind::Faulty) {
            self.problem(format!("expected {what}, found {}", self.node.found()), None);
        }
    }

    /// Returns the value without places.
    pub(super) fn value(&self) -> Value {
        self.node.to_value()
    }

    /// Returns true if there is nothing but the key.
    pub(super) fn is_nothing(&self) -> bool {
        matches!(self.node.kind, NodeKind::Scalar(Value::Null))
    }

    /// Returns a text, or a number or word as it was written.
    pub(super) fn text(&self) -> Option<String> {
        match &self.node.kind {
            NodeKind::Scalar(Value::Str(text)) => Some(text.clone()),
            NodeKind::Scalar(Value::Null) | NodeKind::List(_) | NodeKind::Map(_) => {
                self.expected("text");
                None
            }
            NodeKind::Scalar(value) => Some(
                self.node.spelt.as_ref().map_or_else(|| python::text(value), ToString::to_string),
            ),
            NodeKind::Faulty => None,
        }
    }

    /// Returns a finite number.
    pub(super) fn number(&self) -> Option<Value> {
        match &self.node.kind {
            NodeKind::Scalar(value @ (Value::Int(_) | Value::Float(_)))
                if value.as_f64().is_some_and(f64::is_finite) =>
            {
                Some(value.clone())
            }
            _ => {
                self.expected("a number");
                None
            }
        }
    }

    /// Returns a whole number above zero.
    pub(super) fn count(&self) -> Option<i64> {
        match &self.node.kind {
            NodeKind::Scalar(Value::Int(number)) if *number > 0 => Some(*number),
            _ => {
                self.expected("a whole number above 0");
                None
            }
        }
    }

    /// Returns the items of a list.
    pub(super) fn list(&self) -> Option<Vec<SourceItem<'a>>> {
        let NodeKind::List(items) = &self.node.kind else {
            self.expected("a list");
            return None;
        };
        let item = |(index, node): (usize, &'a YamlNode)| SourceItem {
            reader: self.reader,
            path: format!("{}[{index}]", self.path),
            key: self.key.clone(),
            mark: node.mark,
            node,
        };
        Some(items.iter().enumerate().map(item).collect())
    }

    /// Returns a mapping as a section.
    pub(super) fn section(&self) -> Option<SourceSection<'a>> {
        if self.node.entries().is_none() {
            self.expected("a mapping");
        }
        self.as_section()
    }

    /// Returns a mapping as a section; `None`, without a report, for anything else.
    pub(super) fn as_section(&self) -> Option<SourceSection<'a>> {
        let entries = self.node.entries()?;
        Some(SourceSection { whole: self.clone(), entries, asked: RefCell::default() })
    }
}

/// A mapping of the file; what is not asked for is an unknown key.
pub(super) struct SourceSection<'a> {
    /// The mapping as a value.
    pub(super) whole: SourceItem<'a>,
    entries: &'a [YamlEntry],
    asked: RefCell<Vec<String>>,
}

impl<'a> SourceSection<'a> {
    /// Returns a mapping without keys, at the place of another value.
    pub(super) fn empty(at: &SourceItem<'a>) -> Self {
        SourceSection { whole: at.clone(), entries: &[], asked: RefCell::default() }
    }

    /// Returns the value of a key.
    pub(super) fn get(&self, key: &str) -> Option<SourceItem<'a>> {
        self.asked.borrow_mut().push(key.to_owned());
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(self.whole.below(entry))
    }

    /// Returns true if the key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// Returns all values that nobody has asked for, in their order.
    pub(super) fn rest(&self) -> Vec<SourceItem<'a>> {
        let mut asked = self.asked.borrow_mut();
        let left = self.entries.iter().filter(|entry| !asked.contains(&entry.key));
        let items: Vec<SourceItem<'a>> = left.map(|entry| self.whole.below(entry)).collect();
        asked.extend(items.iter().map(|item| item.key.clone()));
        items
    }

    /// Reports what nobody has asked for; `owner` says whose keys these would be.
    pub(super) fn finish(&self, owner: &str) {
        let known = self.asked.borrow().clone();
        for item in self.rest() {
            let near = sweep_config::nearest_word(&item.key, known.iter().map(String::as_str));
            let hint = near.map(|near| format!("did you mean `{near}`?"));
            item.problem(format!("is not a key of {owner}"), hint.as_deref());
        }
    }
}

/// Joins a path and a key.
pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
