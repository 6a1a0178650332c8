//! `SETUP.BASE_CFG: base.yaml`: the file becomes a part of the tree, in which every value knows its place.

use super::decoder::{ConfigDecoder, join};
use super::given::GivenValue;
use super::included::{IncludedFile, IncludingKey};
use crate::Value;
use crate::yaml::{NodeForm, NodeKind, SourceMark, YamlNode, read_tree};

/// Puts the mapping of a file in place of its path under `SETUP.BASE_CFG`.
pub(super) fn include_base(root: &mut YamlNode, decoder: &ConfigDecoder<'_>) {
    let Some(node) = entry(root, "SETUP").and_then(|setup| entry(setup, "BASE_CFG")) else {
        return;
    };
    let is_path = matches!(&node.kind, NodeKind::Scalar(Value::Str(text)) if !text.is_empty());
    if !is_path || node.form == NodeForm::Tagged {
        return;
    }
    *node = base(node, decoder).unwrap_or_else(|| YamlNode::new(node.mark, NodeKind::Faulty));
}

/// Returns the tree of the file that a node names; `None` after its problems were reported.
fn base(node: &YamlNode, decoder: &ConfigDecoder<'_>) -> Option<YamlNode> {
    let key = IncludingKey::BaseCfg;
    let given = GivenValue { decoder, path: key.name().to_owned(), node };
    let name = given.place()?;
    let file = IncludedFile::read(decoder.sweep_cfg(), key, &name);
    let read = file.and_then(|file| Ok((read_tree(&file.path, &file.text)?, file)));
    let ((mut tree, mut faults), file) = match read {
        Ok(read) => read,
        Err(problems) => {
            let hint = "give a mapping, or the path of a YAML file next to the sweep config";
            problems.0.iter().for_each(|why| given.problem(why.in_file(), Some(hint.to_owned())));
            return None;
        }
    };
    let source = decoder.include(file);
    let relocate = |mark: &mut SourceMark| mark.source = source;
    tree.for_each_mark(&relocate);
    for fault in &mut faults {
        relocate(&mut fault.mark);
        fault.key = join(key.name(), &fault.key);
    }
    decoder.faults(faults);
    Some(tree)
}

fn entry<'n>(node: &'n mut YamlNode, key: &str) -> Option<&'n mut YamlNode> {
    let NodeKind::Map(entries) = &mut node.kind else { return None };
    entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.node)
}
