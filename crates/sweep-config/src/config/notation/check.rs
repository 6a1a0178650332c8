//! Looks for another notation in everything that becomes data of job configs.

use super::form::{ForeignNotation, SamplerForm};
use super::{mapping, short, spelling, text};
use crate::Value;
use crate::config::given::GivenValue;
use crate::yaml::{NodeForm, NodeKind, SourceMark, YamlEntry, YamlNode};

/// Recognizes another notation in one node, not in what is below it.
pub(in crate::config) fn foreign(node: &YamlNode) -> Option<ForeignNotation> {
    if node.form == NodeForm::Tagged {
        return None;
    }
    match &node.kind {
        NodeKind::Scalar(Value::Str(text)) => text::foreign(text, node.form),
        NodeKind::Map(entries) => mapping::foreign(entries).or_else(|| short_form(node)),
        NodeKind::List(items) => text::torn_list(items),
        _ => None,
    }
}

/// Recognizes the short form of a sampler where a value stands.
fn short_form(node: &YamlNode) -> Option<ForeignNotation> {
    short::is_short(node).then(|| ForeignNotation {
        message: "could be a sampler or a literal mapping".to_owned(),
        form: Some(SamplerForm::Sampler(node.to_value())),
        escape: "for a literal mapping, write `!!map {…}`".to_owned(),
    })
}

/// Recognizes another notation in a value that nobody wrote as YAML, such as that of an argument; its parts
/// are `quoted` texts.
#[must_use]
pub fn foreign_value(value: &Value) -> Option<String> {
    fn find(node: &YamlNode) -> Option<String> {
        if let Some(found) = foreign(node) {
            return Some(found.message);
        }
        match &node.kind {
            NodeKind::List(items) => items.iter().find_map(find),
            NodeKind::Map(entries) => entries.iter().find_map(|entry| find(&entry.node)),
            _ => None,
        }
    }
    find(&YamlNode::of_value(value, SourceMark::default()))
}

impl GivenValue<'_> {
    /// Reports everything in data for job configs that is plainly another notation.
    pub(in crate::config) fn check_data(&self) {
        if let Some(ForeignNotation { message, form, escape }) = foreign(self.node) {
            let right = form.map(|form| self.right_place(&form));
            self.problem(
                message,
                Some(right.map_or_else(|| escape.clone(), |right| format!("{right}; {escape}"))),
            );
            return;
        }
        match &self.node.kind {
            NodeKind::Scalar(_) => {
                if let Some((message, hint)) = spelling::remark(self.node) {
                    self.warn(message, Some(hint));
                }
            }
            NodeKind::List(_) => {
                self.list("a list").unwrap_or_default().iter().for_each(GivenValue::check_data);
            }
            NodeKind::Map(entries) => {
                for entry in entries {
                    self.check_key(entry);
                }
                for (_, item) in self.section().all() {
                    item.check_data();
                }
            }
            NodeKind::Faulty => {}
        }
    }

    /// Says where the right form stands: of the base config under `SAMPLERS`, elsewhere here.
    fn right_place(&self, form: &SamplerForm) -> String {
        let shown = form.show();
        if let Some((_, path)) = self.path.split_once("BASE_CFG.") {
            return format!("to vary it between jobs, write under SAMPLERS: `{path}: {shown}`");
        }
        match form {
            SamplerForm::Values(_) if self.path.contains(".BRANCHES.") => {
                format!("write `{{TYPE: value_sampler, VALUES: {shown}}}`")
            }
            SamplerForm::Sampler(_) if self.path.ends_with(']') => {
                format!(
                    "to mix values and samplers, use a union_sampler with a branch for each: `{shown}`"
                )
            }
            _ => format!("write `{shown}`"),
        }
    }

    /// Reports a key of data for job configs that is plainly another notation.
    pub(in crate::config) fn check_key(&self, entry: &YamlEntry) {
        if let Some((message, hint)) = text::foreign_key(entry) {
            let path = format!("{}.{}", self.path, entry.key);
            self.decoder.problem(entry.mark, &path, message, Some(hint));
        }
    }
}
