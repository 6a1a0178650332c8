//! The sub-configs of a file of SEML: every leaf of their tree is a space of its own.

use super::block::ParameterBlock;
use super::level;
use crate::convert::source::{SourceItem, SourceSection, join};

/// A sub-config without sub-configs, with everything that it inherits.
#[derive(Debug, Clone)]
pub(super) struct LeafConfig {
    /// Its name with those above it; empty if the file has no sub-configs.
    pub(super) name: String,
    /// Its parameters.
    pub(super) block: ParameterBlock,
}

/// Reads all levels below a section, whose other keys have been asked for.
pub(super) fn leaves(section: &SourceSection<'_>) -> Vec<LeafConfig> {
    let block = level::read(section);
    if block.is_empty() {
        let message = "no parameters under `fixed`, `grid` or `random`";
        section.whole.problem(message, Some("SEML needs some outside of sub-configs, too"));
    }
    let mut found = Vec::new();
    gather(section, "", &block, &mut found);
    found
}

fn gather(
    section: &SourceSection<'_>,
    name: &str,
    block: &ParameterBlock,
    found: &mut Vec<LeafConfig>,
) {
    let below: Vec<SourceItem<'_>> = section.rest();
    if below.is_empty() {
        found.push(LeafConfig { name: name.to_owned(), block: block.clone() });
    }
    for item in below {
        let Some(inner) = item.as_section() else {
            item.problem(
                "is neither a block (fixed, grid, random) nor a sub-config",
                Some("put parameters under `fixed`; SEML would ignore this key"),
            );
            continue;
        };
        let own = level::read(&inner);
        if own.is_empty() {
            item.problem("has no parameters under `fixed`, `grid` or `random`", None);
        }
        gather(&inner, &join(name, &item.key), &block.with_below(&own), found);
    }
}
