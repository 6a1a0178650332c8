//! `configs/reference.yaml`: the one table of all keys, their defaults and their meanings.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use super::decoder::join;
use crate::yaml::{YamlNode, read_tree};

/// The text of the table.
pub(super) const REFERENCE: &str = include_str!("../../../../configs/reference.yaml");

/// Returns true if the config has a key or section of this dotted path.
pub(super) fn is_key(path: &str) -> bool {
    static KEYS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let mut keys = BTreeSet::new();
        if let Ok((root, _)) = read_tree(Path::new("reference.yaml"), REFERENCE) {
            gather(&root, "", &mut keys);
        }
        keys
    });
    KEYS.contains(path)
}

fn gather(node: &YamlNode, path: &str, keys: &mut BTreeSet<String>) {
    for entry in node.entries().unwrap_or_default() {
        let path = join(path, &entry.key);
        gather(&entry.node, &path, keys);
        keys.insert(path);
    }
}
