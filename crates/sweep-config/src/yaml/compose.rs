//! From parser events to a tree of nodes: places, duplicate keys, anchors, and bounds on all of it.

use std::collections::HashMap;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, Tag};

use super::resolve::{self, TooLarge};
use super::{Entry, Mark, Node, NodeKind};
use crate::Value;

/// How deep a config may nest: far deeper than any person writes, far shallower than our stack.
const MAX_DEPTH: usize = 100;

/// How many values a config may hold once its aliases are expanded.
const MAX_NODES: usize = 2_000_000;

/// What is wrong at a place.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) mark: Mark,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

/// Why composing ended early; the fault itself is in the list.
struct Stop;

/// Composes the one document of `text`; an empty one is `None`.
///
/// Faults of meaning (duplicate keys, unknown tags) are collected; after a fault of the syntax
/// nothing that follows can be trusted, so it is the last.
pub(super) fn compose(text: &str) -> Result<Option<Node>, Vec<Fault>> {
    let mut composer = Composer {
        parser: Parser::new_from_str(text),
        anchors: HashMap::new(),
        nodes: 0,
        faults: Vec::new(),
    };
    let root = composer.document().unwrap_or(None);
    if composer.faults.is_empty() { Ok(root) } else { Err(composer.faults) }
}

struct Composer<'a> {
    parser: Parser<'a, granit_parser::StrInput<'a>>,
    /// Anchored nodes and how many values each holds.
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    faults: Vec<Fault>,
}

impl<'a> Composer<'a> {
    fn document(&mut self) -> Result<Option<Node>, Stop> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::DocumentStart(..) if root.is_some() => {
                    let hint = "a config is one document: remove the line `---`".to_owned();
                    self.fault(mark(&span), "a second document starts here", Some(hint));
                    return Err(Stop);
                }
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                Event::StreamEnd => return Ok(root),
                event => root = Some(self.node(event, &span, 0)?),
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Stop> {
        match self.parser.next_event() {
            Some(Ok(pair)) => Ok(pair),
            Some(Err(error)) => {
                self.faults.push(syntax_fault(&error));
                Err(Stop)
            }
            None => Err(Stop),
        }
    }

    fn node(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Result<Node, Stop> {
        let mark = mark(span);
        if depth > MAX_DEPTH {
            self.fault(mark, too_deep(), None);
            return Err(Stop);
        }
        let before = self.nodes;
        self.count(1, mark)?;
        let (kind, anchor) = match event {
            Event::Alias(id) => return self.alias(id, mark),
            Event::Scalar(text, style, anchor, tag) => {
                (NodeKind::Scalar(self.scalar(&text, style, tag.as_deref(), mark)), anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.collection_tag(tag.as_deref(), "seq", mark);
                (NodeKind::List(self.list(depth)?), anchor)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.collection_tag(tag.as_deref(), "map", mark);
                (NodeKind::Map(self.mapping(depth)?), anchor)
            }
            other => {
                self.fault(mark, format!("{other:?} is not understood here"), None);
                return Err(Stop);
            }
        };
        let node = Node { mark, kind };
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), self.nodes - before));
        }
        Ok(node)
    }

    fn count(&mut self, nodes: usize, mark: Mark) -> Result<(), Stop> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        let message = format!("holds more than {MAX_NODES} values, its aliases expanded");
        self.fault(mark, message, None);
        Err(Stop)
    }

    fn alias(&mut self, id: usize, mark: Mark) -> Result<Node, Stop> {
        let Some((node, size)) = self.anchors.get(&id).map(|(node, size)| (node, *size)) else {
            self.fault(mark, "an alias inside of what it stands for", None);
            return Err(Stop);
        };
        if self.nodes.saturating_add(size) <= MAX_NODES {
            let node = node.clone();
            self.nodes += size;
            return Ok(Node { mark, ..node });
        }
        self.count(size, mark)?;
        Err(Stop)
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, Stop> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(event, &span, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Vec<Entry>, Stop> {
        let mut mapping = Mapping::default();
        let mut merged = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                break;
            }
            let is_merge =
                matches!(&event, Event::Scalar(text, ScalarStyle::Plain, ..) if text == "<<");
            let key = self.key(event, &span, depth)?;
            let (event, span) = self.next()?;
            let node = self.node(event, &span, depth + 1)?;
            match key {
                Some(_) if is_merge => merged.push(node),
                Some((mark, key)) => self.insert(&mut mapping, Entry { mark, key, node }),
                None => {}
            }
        }
        for node in merged {
            self.merge(&mut mapping, node);
        }
        Ok(mapping.entries)
    }

    /// The text of a key; a key that is no text is a fault and `None`.
    ///
    /// A key is taken as it is spelt: `on:` is the key "on", though PyYAML would make it `True`.
    fn key(
        &mut self,
        event: Event<'a>,
        span: &Span,
        depth: usize,
    ) -> Result<Option<(Mark, String)>, Stop> {
        let mark = mark(span);
        if let Event::Scalar(text, _, _, None) = &event {
            self.count(1, mark)?;
            return Ok(Some((mark, text.clone().into_owned())));
        }
        let key = self.node(event, span, depth + 1)?;
        if let NodeKind::Scalar(Value::Str(text)) = key.kind {
            return Ok(Some((mark, text)));
        }
        let hint = "a key is plain text; put it in quotes".to_owned();
        self.fault(mark, format!("{} cannot be a key", key.found()), Some(hint));
        Ok(None)
    }

    fn insert(&mut self, mapping: &mut Mapping, entry: Entry) {
        match mapping.index.get(&entry.key) {
            Some(&first) => {
                let line = mapping.entries[first].mark.line;
                let message = format!("the key `{}` was given on line {line} already", entry.key);
                self.fault(entry.mark, message, Some("remove one of the two".to_owned()));
            }
            None => mapping.push(entry),
        }
    }

    /// `<<: *other` and `<<: [*one, *two]`: keys of the mapping itself win, then the earlier one.
    fn merge(&mut self, mapping: &mut Mapping, node: Node) {
        let sources = match node.kind {
            NodeKind::List(items) => items,
            _ => vec![node],
        };
        for source in sources {
            let mark = source.mark;
            let NodeKind::Map(entries) = source.kind else {
                self.fault(mark, format!("`<<` merges a mapping, not {}", source.found()), None);
                continue;
            };
            for entry in entries {
                if !mapping.index.contains_key(&entry.key) {
                    mapping.push(entry);
                }
            }
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, mark: Mark) -> Value {
        let tag = tag.map(|tag| (tag.core_suffix().map(str::to_owned), tag.original()));
        let value = match tag {
            None if style == ScalarStyle::Plain => resolve::plain(text),
            None => Ok(Value::Str(text.to_owned())),
            Some((suffix, original)) => {
                return self.tagged(text, suffix.as_deref(), &original, mark);
            }
        };
        value.unwrap_or_else(|TooLarge| {
            let hint = "put it in quotes if it is no number".to_owned();
            self.fault(mark, format!("`{text}` does not fit into 64 bits"), Some(hint));
            Value::Null
        })
    }

    fn tagged(&mut self, text: &str, suffix: Option<&str>, tag: &str, mark: Mark) -> Value {
        let value = match suffix {
            Some("str") => Some(Value::Str(text.to_owned())),
            Some("null") => Some(Value::Null),
            Some("bool") => resolve::boolean(text).map(Value::Bool),
            Some("int") => resolve::int(text).and_then(Result::ok).map(Value::Int),
            Some("float") => resolve::float(text)
                .or_else(|| text.parse().ok().filter(|f: &f64| f.is_finite()))
                .map(Value::Float),
            _ => {
                let hint = "only !!str, !!int, !!float, !!bool and !!null are known".to_owned();
                self.fault(mark, format!("the tag `{tag}` is not supported"), Some(hint));
                return Value::Null;
            }
        };
        value.unwrap_or_else(|| {
            self.fault(mark, format!("`{text}` is not what its tag `{tag}` says"), None);
            Value::Null
        })
    }

    fn collection_tag(&mut self, tag: Option<&Tag>, expected: &str, mark: Mark) {
        if let Some(tag) = tag.filter(|tag| tag.core_suffix() != Some(expected)) {
            self.fault(mark, format!("the tag `{}` is not supported", tag.original()), None);
        }
    }

    fn fault(&mut self, mark: Mark, message: impl Into<String>, hint: Option<String>) {
        self.faults.push(Fault { mark, message: message.into(), hint });
    }
}

/// The entries of a mapping under way, and where each key stands among them.
#[derive(Default)]
struct Mapping {
    entries: Vec<Entry>,
    index: HashMap<String, usize>,
}

impl Mapping {
    fn push(&mut self, entry: Entry) {
        self.index.insert(entry.key.clone(), self.entries.len());
        self.entries.push(entry);
    }
}

fn mark(span: &Span) -> Mark {
    Mark { source: 0, line: span.start.line(), column: span.start.col() + 1 }
}

fn syntax_fault(error: &ScanError) -> Fault {
    let at = error.marker();
    let mark = Mark { source: 0, line: at.line(), column: at.col() + 1 };
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        return Fault { mark, message: too_deep(), hint: None };
    }
    let message = error.kind().to_string();
    let hint = if message.contains("tab") {
        "indent with spaces, not with tabs"
    } else {
        "look here and just above: an open quote or bracket, a missing blank after `:`, or indentation"
    };
    Fault { mark, message, hint: Some(hint.to_owned()) }
}

fn too_deep() -> String {
    format!("nested deeper than {MAX_DEPTH} levels")
}
