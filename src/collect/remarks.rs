//! Sentences beside the status of a sweep: gathered while it is found out, printed by who shows the status (pure).

use std::fmt::Display;

use crate::app::Printer;

/// A sentence beside the status.
#[derive(Debug, Clone, PartialEq, Eq)]
enum CollectRemark {
    /// Information that a quiet printer leaves out.
    Note(String),
    /// A fault.
    Warning(String),
}

/// The sentences of one look at a sweep, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CollectRemarks(Vec<CollectRemark>);

impl CollectRemarks {
    /// Adds a note.
    pub(super) fn note(&mut self, text: impl Display) {
        self.0.push(CollectRemark::Note(text.to_string()));
    }

    /// Adds a warning.
    pub(super) fn warn(&mut self, text: impl Display) {
        self.0.push(CollectRemark::Warning(text.to_string()));
    }

    /// Adds those of another look.
    pub(super) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Returns those that an earlier look did not have.
    pub(super) fn without(mut self, earlier: &Self) -> Self {
        self.0.retain(|remark| !earlier.0.contains(remark));
        self
    }

    /// Returns their texts.
    pub(super) fn sentences(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|remark| match remark {
            CollectRemark::Note(text) | CollectRemark::Warning(text) => text.as_str(),
        })
    }

    /// Prints all of them.
    pub(super) fn print(&self, printer: Printer) {
        for remark in &self.0 {
            match remark {
                CollectRemark::Note(text) => printer.note(text),
                CollectRemark::Warning(text) => printer.warn(text),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_that_stays_the_same_is_not_new_and_one_that_changes_is() {
        let look = |tasks: u32| {
            let mut remarks = CollectRemarks::default();
            remarks.note("on another cluster");
            remarks.warn(format_args!("{tasks} tasks are held"));
            remarks
        };
        assert_eq!(look(3).without(&look(3)), CollectRemarks::default());
        let mut changed = CollectRemarks::default();
        changed.warn("4 tasks are held");
        assert_eq!(look(4).without(&look(3)), changed);
        assert_eq!(look(3).without(&CollectRemarks::default()), look(3));
    }
}
