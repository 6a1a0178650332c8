//! `--set KEY.PATH=VALUE`: one key of the config, replaced before it is decoded.

use std::path::Path;

use super::aliases;
use super::base_file;
use super::decoder::{ConfigDecoder, join};
use super::letter_case;
use crate::Value;
use crate::yaml::{NodeKind, SourceMark, YamlEntry, YamlNode, read_tree};

/// Applies the overrides to the tree, in their order; what is wrong with one goes to the decoder.
///
/// Unknown keys are reported when the tree is decoded.
pub(super) fn apply(root: &mut YamlNode, overrides: &[String], decoder: &ConfigDecoder<'_>) {
    for (i, text) in overrides.iter().enumerate() {
        let mark = SourceMark { source: i + 1, line: 0, column: 0 };
        let complain = |key: &str, message: String, hint: &str| {
            decoder.problem(mark, key, message, (!hint.is_empty()).then(|| hint.to_owned()));
        };
        let example = "write it as `--set SETUP.NUM_CONFIGS=8`";
        let Some((key, value)) = text.split_once('=') else {
            complain("", "has no `=`".to_owned(), example);
            continue;
        };
        if key.split('.').any(str::is_empty) {
            complain("", "has no key before `=`".to_owned(), example);
            continue;
        }
        let key = aliases::canonical(&letter_case::canonical(key));
        if key.starts_with("SETUP.BASE_CFG") && key != "SETUP.BASE_CFG" {
            base_file::include_base(root, decoder);
        }
        let done = parse(value, mark, decoder, &key).and_then(|node| set(root, &key, node));
        if let Err((message, hint)) = done {
            complain(&key, message, hint);
        }
    }
}

/// The fault of an override, and a hint.
type OverrideFault = (String, &'static str);

/// The value of an override, placed at its argument.
fn parse(
    value: &str,
    mark: SourceMark,
    decoder: &ConfigDecoder<'_>,
    key: &str,
) -> Result<YamlNode, OverrideFault> {
    if value.trim().is_empty() {
        return Ok(YamlNode::new(mark, NodeKind::Scalar(Value::Null)));
    }
    // `{{python}} train.py`: a template. To YAML it is a mapping that has a mapping for a key, which
    // no config can hold.
    if value.starts_with("{{") {
        return Ok(YamlNode::new(mark, NodeKind::Scalar(Value::Str(value.to_owned()))));
    }
    let (mut node, mut faults) = read_tree(Path::new("--set"), value).map_err(|problems| {
        let first = problems.0.into_iter().next().map_or_else(String::new, |first| first.message);
        (
            format!("the value is not valid YAML: {first}"),
            "text may need quotes: --set 'KEY=\"a: b\"'",
        )
    })?;
    node.for_each_mark(&|place| *place = mark);
    for fault in &mut faults {
        fault.mark = mark;
        fault.key = if fault.key.is_empty() { key.to_owned() } else { join(key, &fault.key) };
    }
    decoder.faults(faults);
    Ok(node)
}

/// Puts a node under a dotted path.
///
/// Keys may hold dots themselves (`SETUP.SAMPLERS.OPTIM.BASE_LR.RANGE`): of the keys that are there
/// the longest that fits is taken; a path that leads nowhere is made, one key at a dot, except where
/// keys are dotted paths themselves. `[2]` is item 2 of a list.
fn set(root: &mut YamlNode, path: &str, node: YamlNode) -> Result<(), OverrideFault> {
    let (mut here, mut rest) = (root, path);
    while !rest.is_empty() {
        let above = path[..path.len() - rest.len()].trim_end_matches('.');
        if matches!(here.kind, NodeKind::Scalar(Value::Null)) {
            *here = YamlNode::new(node.mark, NodeKind::Map(Vec::new()));
        }
        let found = here.found();
        let length;
        (here, length) = match &mut here.kind {
            NodeKind::Map(entries) if !rest.starts_with('[') => {
                entry(entries, rest, above, node.mark)
            }
            NodeKind::List(items) => item(items, rest, above)?,
            NodeKind::Map(_) => {
                return Err((format!("`{above}` is {found}, which has no items"), ""));
            }
            _ => return Err((format!("`{above}` is {found}, which has no keys"), "")),
        };
        rest = rest[length..].trim_start_matches('.');
    }
    *here = node;
    Ok(())
}

/// Returns what stands under the key that a path begins with, and the length of that key.
fn entry<'n>(
    entries: &'n mut Vec<YamlEntry>,
    path: &str,
    above: &str,
    mark: SourceMark,
) -> (&'n mut YamlNode, usize) {
    let present = entries.iter().map(|entry| entry.key.as_str());
    let key = present.filter(|key| leads(path, key)).max_by_key(|key| key.len());
    let key = key.map_or_else(|| first_key(path, above), str::to_owned);
    let length = key.len();
    let at = entries.iter().position(|entry| entry.key == key).unwrap_or_else(|| {
        let empty = YamlNode::new(mark, NodeKind::Scalar(Value::Null));
        // Beside keys that are whole numbers it is one too.
        let are_whole = !entries.is_empty()
            && entries.iter().all(|entry| matches!(entry.typed, Some(Value::Int(_))));
        let typed = key.parse().ok().filter(|_| are_whole).map(Value::Int);
        entries.push(YamlEntry { mark, key, is_quoted: false, typed, node: empty });
        entries.len() - 1
    });
    (&mut entries[at].node, length)
}

/// Returns the item of a list that a path begins with, as `[2]` or `2`, and the length of its number.
fn item<'n>(
    items: &'n mut [YamlNode],
    path: &str,
    above: &str,
) -> Result<(&'n mut YamlNode, usize), OverrideFault> {
    let end = path.find('.').unwrap_or(path.len());
    let end = path.find(']').map_or(end, |bracket| end.min(bracket + 1));
    let number = path[..end].trim_start_matches('[').trim_end_matches(']').parse::<usize>();
    let length = items.len();
    match number.ok().and_then(|number| items.get_mut(number)) {
        Some(item) => Ok((item, end)),
        None => Err((
            format!("`{above}` is a list of {length}, which has no `{}`", &path[..end]),
            "items are numbered from 0: `layers[0].width`",
        )),
    }
}

/// True if and only if `key` is `path` or one of its beginnings at a dot.
fn leads(path: &str, key: &str) -> bool {
    path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// The key that a path begins with where none is there: all of it in a mapping whose keys are
/// dotted paths (parameters and metrics), else up to its first dot.
fn first_key(path: &str, above: &str) -> String {
    let is_split = above.strip_prefix("ANALYZE.SPLIT_FILTERS.").is_some();
    let is_dotted = matches!(above, "SETUP.SAMPLERS" | "ANALYZE.PRE_FILTERS") || is_split;
    let key = if is_dotted { path } else { path.split(['.', '[']).next().unwrap_or(path) };
    key.to_owned()
}
