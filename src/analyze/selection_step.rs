//! One step of the selection of jobs: what a filter or a division made, and what it says.

use super::group::JobGroup;

/// The result of a step that makes groups of groups.
#[derive(Debug)]
pub(super) struct SelectionStep<'a> {
    /// The title of the section that shows it.
    pub(super) title: String,
    /// The sentences that say what was done.
    pub(super) words: Vec<String>,
    /// The sentences that say what could not be done.
    pub(super) warnings: Vec<String>,
    /// The groups that it made; empty where they have the values that they had before.
    pub(super) groups: Vec<JobGroup<'a>>,
}

impl SelectionStep<'_> {
    /// A step that has done nothing yet.
    pub(super) fn titled(title: impl Into<String>) -> Self {
        let (words, warnings, groups) = (Vec::new(), Vec::new(), Vec::new());
        Self { title: title.into(), words, warnings, groups }
    }
}
