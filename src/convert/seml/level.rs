//! Reads one level of a file of SEML.

use super::block::ParameterBlock;
use super::{fixed, grid, random};
use crate::convert::source::SourceSection;

/// Reads the blocks of one level.
pub(super) fn read(section: &SourceSection<'_>) -> ParameterBlock {
    let mut block = ParameterBlock::default();
    if let Some(item) = section.get("fixed").filter(|item| !item.is_nothing()) {
        fixed::read(&item, "", &mut block.fixed);
    }
    if let Some(item) = section.get("grid").filter(|item| !item.is_nothing()) {
        grid::read(&item, "", &mut block.grid);
    }
    if let Some(item) = section.get("random").filter(|item| !item.is_nothing()) {
        random::read(&item, &mut block);
    }
    refuse_conflicts(&block, section);
    block
}

/// Refuses a parameter that stands in two blocks, or within another.
fn refuse_conflicts(block: &ParameterBlock, section: &SourceSection<'_>) {
    let mut seen: Vec<&String> = Vec::new();
    for path in block.fixed.keys().chain(block.grid.keys()).chain(block.random.keys()) {
        let near = |other: &&&String| {
            other.as_str() == path.as_str()
                || path.starts_with(&format!("{other}."))
                || other.starts_with(&format!("{path}."))
        };
        if let Some(other) = seen.iter().find(near) {
            let message = format!("`{path}` and `{other}` on one level set the same parameter");
            section.whole.problem(message, Some("remove one of them; SEML refuses the file, too"));
        }
        seen.push(path);
    }
}
