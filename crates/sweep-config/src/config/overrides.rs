//! `--set KEY.PATH=VALUE`: one key of the config, replaced before it is decoded.

use std::path::Path;

use super::aliases;
use crate::yaml::{Entry, Mark, Node, NodeKind, read_node};
use crate::{Place, Problem, Problems, Value};

/// Applies the overrides to the tree, in their order.
///
/// # Errors
///
/// Arguments without `=` or whose value is no YAML. That a key is unknown comes out when the tree
/// is decoded.
pub(super) fn apply(root: &mut Node, overrides: &[String]) -> Result<(), Problems> {
    let mut problems = Vec::new();
    for (i, text) in overrides.iter().enumerate() {
        match parse(text, i + 1) {
            Ok((key, node)) => set(root, &aliases::canonical(key), node),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Problems(problems)) }
}

fn parse(text: &str, source: usize) -> Result<(&str, Node), Problem> {
    let problem = |message: String, hint: Option<&str>| Problem {
        place: Place::Override { text: text.to_owned() },
        key: String::new(),
        message,
        hint: hint.map(str::to_owned),
    };
    let example = "write it as `--set SETUP.NUM_CONFIGS=8`";
    let Some((key, value)) = text.split_once('=') else {
        return Err(problem("has no `=`".to_owned(), Some(example)));
    };
    if key.split('.').any(str::is_empty) {
        return Err(problem("has no key path before `=`".to_owned(), Some(example)));
    }
    let mut node = if value.trim().is_empty() {
        Node { mark: Mark::default(), kind: NodeKind::Scalar(Value::Null) }
    } else {
        read_node(Path::new("--set"), value).map_err(|problems| {
            let first = problems.0.into_iter().next();
            problem(first.map_or_else(String::new, |first| first.message), None)
        })?
    };
    relocate(&mut node, Mark { source, line: 0, column: 0 });
    Ok((key, node))
}

fn relocate(node: &mut Node, mark: Mark) {
    node.mark = mark;
    match &mut node.kind {
        NodeKind::Scalar(_) => {}
        NodeKind::List(items) => items.iter_mut().for_each(|item| relocate(item, mark)),
        NodeKind::Map(entries) => {
            for entry in entries {
                entry.mark = mark;
                relocate(&mut entry.node, mark);
            }
        }
    }
}

/// Puts a node under a dotted path.
///
/// Keys may hold dots themselves (`SETUP.SAMPLERS.OPTIM.BASE_LR.RANGE`): of the keys that are there
/// the longest that fits is taken; a path that leads nowhere is made, one key at a dot, except below
/// `SETUP.SAMPLERS`, whose keys are dotted parameters.
fn set(root: &mut Node, path: &str, node: Node) {
    let (mut here, mut rest) = (root, path);
    loop {
        if !matches!(here.kind, NodeKind::Map(_)) {
            *here = Node { mark: node.mark, kind: NodeKind::Map(Vec::new()) };
        }
        let NodeKind::Map(entries) = &mut here.kind else { unreachable!("it was made a mapping") };
        let known = entries.iter().map(|entry| entry.key.as_str());
        let key = known.filter(|key| leads(rest, key)).max_by_key(|key| key.len());
        let samplers = path.strip_prefix("SETUP.SAMPLERS.") == Some(rest);
        let key = key.map_or_else(|| first_key(rest, samplers), str::to_owned);
        let at = entries.iter().position(|entry| entry.key == key).unwrap_or_else(|| {
            let empty = Node { mark: node.mark, kind: NodeKind::Scalar(Value::Null) };
            entries.push(Entry { mark: node.mark, key: key.clone(), node: empty });
            entries.len() - 1
        });
        here = &mut entries[at].node;
        rest = rest[key.len()..].trim_start_matches('.');
        if rest.is_empty() {
            *here = node;
            return;
        }
    }
}

/// True if and only if `key` is `path` or one of its beginnings at a dot.
fn leads(path: &str, key: &str) -> bool {
    path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn first_key(path: &str, whole: bool) -> String {
    let key = if whole { path } else { path.split('.').next().unwrap_or(path) };
    key.to_owned()
}
