//! `configs/reference.yaml`: the one table of all keys, their defaults and their meanings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use super::decoder::join;
use crate::Value;
use crate::yaml::{YamlNode, read_tree};

/// The text of the table.
pub(super) const REFERENCE: &str = include_str!("../../reference.yaml");

/// A key's comment and value in the table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KeyMeaning {
    /// The comment above the key, or above the keys that it stands with.
    pub(super) comment: String,
    /// The value, which is the default.
    pub(super) value: Value,
}

/// Returns true if the config has a key or section of this dotted path.
pub(super) fn is_key(path: &str) -> bool {
    static KEYS: LazyLock<BTreeSet<String>> =
        LazyLock::new(|| key_meanings().into_keys().collect());
    KEYS.contains(path)
}

/// Returns the keys and sections of the sweep config, by dotted path, each with what it is for.
pub fn config_keys() -> impl Iterator<Item = (String, String)> {
    key_meanings().into_iter().map(|(key, meaning)| (key, meaning.comment))
}

/// Returns the meaning of each key and section, by dotted path.
pub(super) fn key_meanings() -> BTreeMap<String, KeyMeaning> {
    meanings_of(REFERENCE)
}

/// Returns the comment of each kind of sampler, by its `TYPE`, from the samplers that are switched off.
pub(super) fn sampler_comments() -> BTreeMap<String, String> {
    let lines = REFERENCE.lines().filter(|line| is_switched_off(line));
    let text: String = lines
        .filter_map(|line| Some(format!("{}\n", line.trim_start().strip_prefix('#')?)))
        .collect();
    let all = meanings_of(&text).into_values();
    let typed = all.filter_map(|meaning| match meaning.value.get_path("TYPE") {
        Some(Value::Str(kind)) => Some((kind.clone(), meaning.comment)),
        _ => None,
    });
    typed.collect()
}

fn meanings_of(text: &str) -> BTreeMap<String, KeyMeaning> {
    let lines: Vec<&str> = text.lines().collect();
    let mut meanings = BTreeMap::new();
    if let Ok((root, _)) = read_tree(Path::new("reference.yaml"), text) {
        gather(&root, "", &lines, &mut meanings);
    }
    meanings
}

fn gather(
    node: &YamlNode,
    path: &str,
    lines: &[&str],
    meanings: &mut BTreeMap<String, KeyMeaning>,
) {
    for entry in node.entries().unwrap_or_default() {
        let path = join(path, &entry.key);
        gather(&entry.node, &path, lines, meanings);
        let above = lines.get(..entry.mark.line.saturating_sub(1)).unwrap_or_default();
        let meaning = KeyMeaning { comment: comment_of(above), value: entry.node.to_value() };
        meanings.insert(path, meaning);
    }
}

/// Returns the comment that the lines above a key end with, past the keys that stand with it.
fn comment_of(above: &[&str]) -> String {
    let is_comment = |line: &&&str| line.trim_start().starts_with('#') && !is_switched_off(line);
    let is_key = |line: &&&str| !line.is_empty() && !line.trim_start().starts_with('#');
    let lines = above.iter().rev().skip_while(is_key);
    let mut lines: Vec<&str> = lines.take_while(is_comment).map(|line| line.trim_start()).collect();
    lines.reverse();
    let mut comment = String::new();
    let mut is_item = false;
    for line in lines {
        let line = line.trim_start_matches(['#', ' ']);
        let line = if line.starts_with("--") { line.trim_start_matches(['-', ' ']) } else { line };
        // An item of a list has a line of its own, and so has what follows it.
        let is_next_item = line.starts_with("- ");
        if !comment.is_empty() {
            comment.push(if is_item || is_next_item { '\n' } else { ' ' });
        }
        comment.push_str(line);
        is_item = is_next_item;
    }
    comment
}

/// Returns true for a line that would be YAML without its `#`, after which there is no blank, or several.
fn is_switched_off(line: &str) -> bool {
    let Some(rest) = line.trim_start().strip_prefix('#') else { return false };
    rest.starts_with("  ") || rest.starts_with(|c: char| !" #-".contains(c))
}
