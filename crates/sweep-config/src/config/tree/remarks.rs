//! Remarks on a tree: its types and names against the base config, and mappings that only look swept.

use super::{TreeExpander, leaf};
use crate::Value;
use crate::config::given::GivenValue;
use crate::config::notation::WANDB_WORDS;
use crate::config::paths::near_path;
use crate::config::value_types::{TypeFault, equal_values, type_fault};
use crate::yaml::{NodeForm, NodeKind, YamlEntry};

impl TreeExpander {
    /// Holds swept values against the base config's value in whose place they come.
    pub(super) fn check_values(
        &self,
        given: &GivenValue<'_>,
        path: &str,
        values: &[GivenValue<'_>],
    ) {
        let meant: Vec<Value> = values
            .iter()
            .filter(|value| value.node.form != NodeForm::Tagged)
            .map(|value| value.node.to_value())
            .collect();
        if let Some((one, other)) = equal_values(meant.iter()) {
            let message = format!("{one} and {other} are equal in Python and make the same job");
            given.warn(message, None);
        }
        let base = self.state.get_path(path);
        let Some(base) = base.filter(|base| !matches!(base, Value::Map(_) | Value::Keyed(_)))
        else {
            return;
        };
        match type_fault(&meant, base) {
            Some(TypeFault { is_certain: true, message, hint }) => {
                given.problem(message, Some(hint));
            }
            Some(TypeFault { message, hint, .. }) => given.warn(message, Some(hint)),
            None => {}
        }
    }

    /// Warns of a swept path that the base config lacks and nearly has.
    pub(super) fn check_near(&self, given: &GivenValue<'_>, path: &str) {
        if let Some(near) = self.known.as_ref().and_then(|base| near_path(path, base)) {
            let hint = format!("did you mean `{near}`?");
            given.warn(format!("`{path}` is not in BASE_CFG"), Some(hint));
        }
    }

    /// Warns of a mapping that has the `values` of a parameter that is swept, and another key: it is data.
    pub(super) fn check_odd(&self, given: &GivenValue<'_>, entries: &[YamlEntry], path: &str) {
        let has_values = entries
            .iter()
            .any(|entry| entry.key == "values" && matches!(entry.node.kind, NodeKind::List(_)));
        let is_word = |key: &str| WANDB_WORDS.contains(&key) || leaf::WORDS.contains(&key);
        let odd = entries.iter().find(|entry| !is_word(&entry.key));
        if let Some(odd) = odd
            && has_values
            && given.node.form != NodeForm::Tagged
            && self.state.get_path(path).is_none()
        {
            let message = format!(
                "has `values`, but also `{}`, so it is treated as data: every job gets this mapping unchanged",
                odd.key
            );
            let hint = "add `sweep: true` to sweep it; for a literal mapping, write `!!map {…}`";
            given.warn(message, Some(hint.to_owned()));
        }
    }
}
