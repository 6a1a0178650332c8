//! The words that `docs/glossary.md` defines: a type may be called by one of them alone.

use std::collections::BTreeSet;
use std::path::Path;

use crate::sources::{SourceError, read};

/// The heading of the glossary.
const HEADING: &str = "## Words";

/// The words of the glossary, in lower case.
#[derive(Debug, Default)]
pub(crate) struct WordGlossary(BTreeSet<String>);

impl WordGlossary {
    /// Reads the glossary of the workspace below `root`.
    pub(crate) fn read(root: &Path) -> Result<Self, SourceError> {
        Ok(Self::parse(&read(&root.join("docs/glossary.md"))?))
    }

    /// Takes the words in bold (`**sweep**`) and in code with a capital (`` `Sweep` ``) of the section of words.
    pub(crate) fn parse(document: &str) -> Self {
        let section = document.split_once(HEADING).map_or("", |(_, rest)| rest);
        let section = section.split("\n## ").next().unwrap_or_default();
        let bold = section.split("**").skip(1).step_by(2);
        let code = section
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|word| word.starts_with(char::is_uppercase));
        Self(bold.chain(code).map(str::to_lowercase).collect())
    }

    /// Tells whether a type may have this name alone.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.contains(&name.to_lowercase())
    }
}
