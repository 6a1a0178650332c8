//! Keys in lower case: `name`, `setup.num_configs`. They are read as the upper-case ones that they stand for.

use super::aliases;
use super::decoder::{ConfigDecoder, join};
use super::reference::is_key;
use crate::yaml::{NodeKind, YamlNode};

/// Returns the key that the code has for one at a path of the config; `None` if it is none in lower case.
fn upper(section: &str, key: &str) -> Option<String> {
    let upper = key.to_ascii_uppercase();
    let is_lower = key.to_ascii_lowercase() == key && upper != key;
    let path = aliases::canonical(&join(section, &upper));
    (is_lower && is_key(&path)).then_some(upper)
}

/// Returns a dotted path with the keys of the config in upper case, as far as they are some.
pub(crate) fn canonical(path: &str) -> String {
    let mut section = String::new();
    let mut rest = path;
    while !rest.is_empty() {
        let (key, below) = rest.split_once('.').unwrap_or((rest, ""));
        let known = upper(&section, key).unwrap_or_else(|| key.to_owned());
        let path = join(&section, &known);
        if !is_key(&aliases::canonical(&path)) {
            return join(&section, rest);
        }
        (section, rest) = (path, below);
    }
    section
}

/// Gives the keys of the tree that are in lower case the names that the code has; both at once are a problem.
pub(super) fn rename(node: &mut YamlNode, section: &str, decoder: &ConfigDecoder<'_>) {
    let NodeKind::Map(entries) = &mut node.kind else { return };
    let present: Vec<String> = entries.iter().map(|entry| entry.key.clone()).collect();
    entries.retain_mut(|entry| {
        if let Some(upper) = upper(section, &entry.key) {
            if present.contains(&upper) {
                let message = format!("is given twice, as `{}` and `{upper}`", entry.key);
                let hint = Some("remove one of the two".to_owned());
                decoder.problem(entry.mark, &join(section, &entry.key), message, hint);
                return false;
            }
            entry.key = upper;
        }
        let path = aliases::canonical(&join(section, &entry.key));
        if is_key(&path) {
            rename(&mut entry.node, &path, decoder);
        }
        true
    });
}
