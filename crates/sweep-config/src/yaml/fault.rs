//! Faults of a YAML text.

use super::SourceMark;

/// A fault at a place of a YAML text.
#[derive(Debug)]
pub struct YamlFault {
    /// Its place.
    pub mark: SourceMark,
    /// The dotted key path; empty for a fault of the syntax.
    pub key: String,
    /// The message.
    pub message: String,
    /// Advice, if there is any.
    pub hint: Option<String>,
}

impl YamlFault {
    /// Returns a fault that belongs to no key; an empty hint is none.
    pub(super) fn of_syntax(mark: SourceMark, message: String, hint: &str) -> Self {
        let hint = (!hint.is_empty()).then(|| hint.to_owned());
        Self { mark, key: String::new(), message, hint }
    }
}
