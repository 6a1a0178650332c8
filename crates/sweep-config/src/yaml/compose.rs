//! Turns parser events into a tree of nodes, with places, anchors, and bounds on depth and size.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle, Tag};

use super::syntax::{self, MAX_DEPTH, OpenBracket};
use super::{NodeForm, NodeKind, SourceMark, YamlFault, YamlNode, scalar};
use crate::Value;

/// The most values that a config may hold once its aliases are expanded.
const MAX_SIZE: usize = 2_000_000;

/// The number of bytes of text that count as one more value: an alias copies a long text as well.
const BYTES_A_VALUE: usize = 64;

/// The sign that composing ended early; the fault itself is in the list.
pub(super) struct ComposeStop;

/// Composes the one document of `text`; an empty one is `None`.
///
/// Faults of meaning (duplicate keys, unknown tags) come along with the tree.
///
/// # Errors
///
/// A fault of the syntax, after which nothing that follows can be trusted, and those before it.
pub(super) fn compose(text: &str) -> Result<(Option<YamlNode>, Vec<YamlFault>), Vec<YamlFault>> {
    let mut composer = TreeComposer {
        text,
        parser: Parser::new_from_str(text),
        anchors: HashMap::new(),
        size: 0,
        path: Vec::new(),
        open: Vec::new(),
        parsed: 0,
        faults: Vec::new(),
    };
    match composer.document() {
        Ok(root) => Ok((root, composer.faults)),
        Err(ComposeStop) => Err(composer.faults),
    }
}

pub(super) struct TreeComposer<'a> {
    text: &'a str,
    parser: Parser<'a, granit_parser::StrInput<'a>>,
    anchors: HashMap<usize, AnchoredNode>,
    /// The number of values that were made so far, those of aliases included.
    size: usize,
    /// The keys above the current node.
    pub(super) path: Vec<PathStep>,
    /// The open brackets above it.
    open: Vec<OpenBracket>,
    /// The end of the last event, in bytes.
    parsed: usize,
    pub(super) faults: Vec<YamlFault>,
}

struct AnchoredNode {
    node: YamlNode,
    size: usize,
    height: usize,
}

pub(super) enum PathStep {
    Key(String),
    Item(usize),
}

impl<'a> TreeComposer<'a> {
    fn document(&mut self) -> Result<Option<YamlNode>, ComposeStop> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::DocumentStart(..) if root.is_some() => {
                    let hint =
                        "a config must be a single document: remove the line `---`".to_owned();
                    self.fault(mark(&span), "a second document starts here", Some(hint));
                    return Err(ComposeStop);
                }
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                Event::StreamEnd => return Ok(root),
                event => root = Some(self.node(event, &span, 0)?),
            }
        }
    }

    pub(super) fn next(&mut self) -> Result<(Event<'a>, Span), ComposeStop> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                self.parsed = span.end.byte_offset().unwrap_or(self.parsed);
                Ok((event, span))
            }
            Some(Err(error)) => {
                let rest = self.parsed..;
                self.faults.push(syntax::fault(&error, self.text, rest, self.open.last()));
                Err(ComposeStop)
            }
            None => Err(ComposeStop),
        }
    }

    pub(super) fn node(
        &mut self,
        event: Event<'a>,
        span: &Span,
        depth: usize,
    ) -> Result<YamlNode, ComposeStop> {
        let mark = mark(span);
        self.check_depth(depth, mark)?;
        let before = self.size;
        let (node, anchor) = match event {
            Event::Alias(id) => return self.alias(id, mark, depth),
            Event::Scalar(text, style, anchor, tag) => {
                self.count(1 + text.len() / BYTES_A_VALUE, mark)?;
                (self.scalar(&text, style, tag.as_deref(), mark), anchor)
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.count(1, mark)?;
                self.collection_tag(tag.as_deref(), "seq", mark);
                let items = self.bracketed(style, '[', mark, |this| this.list(depth))?;
                (collection(mark, NodeKind::List(items), tag.is_some()), anchor)
            }
            Event::MappingStart(style, anchor, tag) => {
                self.count(1, mark)?;
                self.collection_tag(tag.as_deref(), "map", mark);
                let entries = self.bracketed(style, '{', mark, |this| this.mapping(depth))?;
                (collection(mark, NodeKind::Map(entries), tag.is_some()), anchor)
            }
            other => {
                self.fault(mark, format!("unexpected {other:?}"), None);
                return Err(ComposeStop);
            }
        };
        if anchor != 0 {
            let (size, height) = (self.size - before, node.height());
            self.count(size, mark)?;
            self.anchors.insert(anchor, AnchoredNode { node: node.clone(), size, height });
        }
        Ok(node)
    }

    /// Composes a collection, knowing its bracket while it is open.
    fn bracketed<T>(
        &mut self,
        style: StructureStyle,
        bracket: char,
        mark: SourceMark,
        compose: impl FnOnce(&mut Self) -> Result<T, ComposeStop>,
    ) -> Result<T, ComposeStop> {
        if style == StructureStyle::Block {
            return compose(self);
        }
        self.open.push(OpenBracket { bracket, mark });
        let composed = compose(self)?;
        self.open.pop();
        Ok(composed)
    }

    fn check_depth(&mut self, depth: usize, mark: SourceMark) -> Result<(), ComposeStop> {
        if depth <= MAX_DEPTH {
            return Ok(());
        }
        self.faults.push(YamlFault::of_syntax(mark, syntax::too_deep(), ""));
        Err(ComposeStop)
    }

    fn count(&mut self, size: usize, mark: SourceMark) -> Result<(), ComposeStop> {
        self.size = self.size.saturating_add(size);
        if self.size <= MAX_SIZE {
            return Ok(());
        }
        let message = format!("contains more than {MAX_SIZE} values with its aliases expanded");
        self.fault(mark, message, None);
        Err(ComposeStop)
    }

    fn alias(
        &mut self,
        id: usize,
        mark: SourceMark,
        depth: usize,
    ) -> Result<YamlNode, ComposeStop> {
        let Some(&AnchoredNode { size, height, .. }) = self.anchors.get(&id) else {
            self.fault(mark, "an alias inside its own anchor", None);
            return Err(ComposeStop);
        };
        self.check_depth(depth + height, mark)?;
        self.count(size, mark)?;
        Ok(YamlNode { mark, ..self.anchors[&id].node.clone() })
    }

    fn list(&mut self, depth: usize) -> Result<Vec<YamlNode>, ComposeStop> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(items);
            }
            self.path.push(PathStep::Item(items.len()));
            items.push(self.node(event, &span, depth + 1)?);
            self.path.pop();
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        mark: SourceMark,
    ) -> YamlNode {
        match scalar::value(text, style, tag) {
            Ok(value) => {
                let is_plain = style == ScalarStyle::Plain && !matches!(value, Value::Str(_));
                let spelt = (is_plain && !text.is_empty()).then(|| text.into());
                let form = match (tag, style) {
                    (Some(_), _) => NodeForm::Tagged,
                    (None, ScalarStyle::Plain) => NodeForm::Plain,
                    (None, _) => NodeForm::Quoted,
                };
                YamlNode { mark, kind: NodeKind::Scalar(value), spelt, form }
            }
            Err((message, hint)) => {
                self.fault(mark, message, hint.map(str::to_owned));
                YamlNode::new(mark, NodeKind::Faulty)
            }
        }
    }

    fn collection_tag(&mut self, tag: Option<&Tag>, expected: &str, mark: SourceMark) {
        if let Some(tag) = tag.filter(|tag| tag.core_suffix() != Some(expected)) {
            self.fault(mark, format!("the tag `{}` is not supported", tag.original()), None);
        }
    }

    pub(super) fn fault(
        &mut self,
        mark: SourceMark,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        let mut key = String::new();
        for step in &self.path {
            match step {
                PathStep::Key(name) if key.is_empty() => key.push_str(name),
                PathStep::Key(name) => key = format!("{key}.{name}"),
                PathStep::Item(i) => key = format!("{key}[{i}]"),
            }
        }
        self.faults.push(YamlFault { mark, key, message: message.into(), hint });
    }
}

fn collection(mark: SourceMark, kind: NodeKind, is_tagged: bool) -> YamlNode {
    let form = if is_tagged { NodeForm::Tagged } else { NodeForm::Plain };
    YamlNode { form, ..YamlNode::new(mark, kind) }
}

fn mark(span: &Span) -> SourceMark {
    syntax::mark(&span.start)
}
