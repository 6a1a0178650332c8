//! Faults of a YAML text.

use super::SourceMark;

/// A fault at a place of a YAML text.
#[derive(Debug)]
pub(crate) struct YamlFault {
    pub(crate) mark: SourceMark,
    /// The dotted key path; empty for a fault of the syntax.
    pub(crate) key: String,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl YamlFault {
    /// Returns a fault that belongs to no key; an empty hint is none.
    pub(super) fn of_syntax(mark: SourceMark, message: String, hint: &str) -> Self {
        let hint = (!hint.is_empty()).then(|| hint.to_owned());
        Self { mark, key: String::new(), message, hint }
    }
}
