//! Names that the seed document gives to two keys: `RUN_MODE` for `LAUNCH.MODE`, `ANALYSIS` for
//! `ANALYZE`.

use super::decoder::ConfigDecoder;
use crate::Value;
use crate::yaml::{NodeKind, YamlEntry, YamlNode};

/// Other names of keys of the config, with the paths that they stand for.
pub(super) const ALIASES: [(&str, &str); 2] =
    [("RUN_MODE", "LAUNCH.MODE"), ("ANALYSIS", "ANALYZE")];

/// A key path with the names that the code has.
pub(super) fn canonical(path: &str) -> String {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let meant = ALIASES.iter().find(|(alias, _)| *alias == first);
    match meant {
        None => path.to_owned(),
        Some((_, meant)) if rest.is_empty() => (*meant).to_owned(),
        Some((_, meant)) => format!("{meant}.{rest}"),
    }
}

/// Gives the keys of the tree the names that the code has; both names at once are a problem.
pub(super) fn rename(root: &mut YamlNode, decoder: &ConfigDecoder<'_>) {
    let NodeKind::Map(entries) = &mut root.kind else { return };
    if let Some(mut entry) = take(entries, "ANALYSIS") {
        if entries.iter().any(|other| other.key == "ANALYZE") {
            both(decoder, &entry, "ANALYZE");
        } else {
            "ANALYZE".clone_into(&mut entry.key);
            entries.push(entry);
        }
    }
    if let Some(mut entry) = take(entries, "RUN_MODE") {
        let launch = section(entries, "LAUNCH", &entry);
        if matches!(launch.kind, NodeKind::Scalar(Value::Null)) {
            launch.kind = NodeKind::Map(Vec::new());
        }
        match &mut launch.kind {
            NodeKind::Map(keys) if keys.iter().any(|key| key.key == "MODE") => {
                both(decoder, &entry, "LAUNCH.MODE");
            }
            NodeKind::Map(keys) => {
                "MODE".clone_into(&mut entry.key);
                keys.push(entry);
            }
            // Not a mapping: that is the problem to report, and decoding will.
            _ => {}
        }
    }
}

fn take(entries: &mut Vec<YamlEntry>, key: &str) -> Option<YamlEntry> {
    let at = entries.iter().position(|entry| entry.key == key)?;
    Some(entries.remove(at))
}

/// The section of that name, made at the place of `like` where it is missing.
fn section<'a>(entries: &'a mut Vec<YamlEntry>, key: &str, like: &YamlEntry) -> &'a mut YamlNode {
    let at = entries.iter().position(|entry| entry.key == key).unwrap_or_else(|| {
        let node = YamlNode::new(like.mark, NodeKind::Map(Vec::new()));
        entries.push(YamlEntry {
            mark: like.mark,
            key: key.to_owned(),
            is_quoted: false,
            typed: None,
            node,
        });
        entries.len() - 1
    });
    &mut entries[at].node
}

fn both(decoder: &ConfigDecoder<'_>, entry: &YamlEntry, name: &str) {
    let message = format!("is another name for `{name}`, which is also given");
    decoder.problem(entry.mark, &entry.key, message, Some("remove one of the two".to_owned()));
}
