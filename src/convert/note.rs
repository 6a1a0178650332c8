//! The fate of a key of another tool's file.

use sweep_config::yaml::SourceMark;

/// The fate of a key in a conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeyFate {
    /// It means the same in the sweep config.
    Kept,
    /// It means nearly the same; the note says what differs.
    Approximated,
    /// It has no counterpart; the note says what happens instead.
    Dropped,
}

impl KeyFate {
    /// Returns the word for it in comments and messages.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Approximated => "approximated",
            Self::Dropped => "dropped",
        }
    }
}

/// A remark on a key of the converted file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ConversionNote {
    /// The fate of the key.
    pub(super) fate: KeyFate,
    /// The dotted path of the key, or the word of a command line.
    pub(super) key: String,
    /// The place of the key; line 0 for one that the file does not have.
    pub(super) mark: SourceMark,
    /// The reason, or what differs; may be empty for a key that is kept.
    pub(super) why: String,
}

impl ConversionNote {
    /// Returns the note of a key that means the same; `why` may be empty.
    pub(super) fn kept(key: impl Into<String>, mark: SourceMark, why: impl Into<String>) -> Self {
        Self { fate: KeyFate::Kept, key: key.into(), mark, why: why.into() }
    }

    /// Returns the note of a key that means nearly the same.
    pub(super) fn approximated(
        key: impl Into<String>,
        mark: SourceMark,
        why: impl Into<String>,
    ) -> Self {
        Self { fate: KeyFate::Approximated, key: key.into(), mark, why: why.into() }
    }

    /// Returns the note of a key without counterpart.
    pub(super) fn dropped(
        key: impl Into<String>,
        mark: SourceMark,
        why: impl Into<String>,
    ) -> Self {
        Self { fate: KeyFate::Dropped, key: key.into(), mark, why: why.into() }
    }

    /// Returns the text of a comment.
    pub(super) fn comment(&self) -> String {
        let line = match self.mark.line {
            0 => String::new(),
            _ if self.fate == KeyFate::Kept => String::new(),
            line => format!(" (line {line})"),
        };
        let why = if self.why.is_empty() { String::new() } else { format!(": {}", self.why) };
        format!("{} {}{line}{why}", self.fate.word(), self.key)
    }
}
