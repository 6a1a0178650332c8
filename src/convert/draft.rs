//! A sweep config under way: keys with their values as text, and a note on each.

use sweep_config::{Value, yaml};

use super::note::{ConversionNote, KeyFate};

/// A key of the sweep config that is written, with the notes on it.
#[derive(Debug, Clone)]
pub(super) struct DraftEntry {
    /// The key; none for notes that stand alone.
    pub(super) key: Option<String>,
    /// The value.
    pub(super) body: DraftBody,
    /// The notes on it.
    pub(super) notes: Vec<ConversionNote>,
}

/// The value of a key that is written.
#[derive(Debug, Clone)]
pub(super) enum DraftBody {
    /// A value on one line, as YAML.
    Line(String),
    /// A mapping, a line or more for each key.
    Block(Vec<DraftEntry>),
    /// A list with an item on each line, as YAML.
    Items(Vec<String>),
    /// Nothing but the notes.
    Nothing,
}

impl DraftEntry {
    /// Returns a key with its value, which is YAML already.
    pub(super) fn line(key: &str, yaml: impl Into<String>) -> Self {
        Self { key: Some(key.to_owned()), body: DraftBody::Line(yaml.into()), notes: Vec::new() }
    }

    /// Returns a key with a text as its value.
    pub(super) fn text(key: &str, text: &str) -> Self {
        Self::line(key, yaml::flow(&Value::Str(text.to_owned())))
    }

    /// Returns a key with a mapping as its value.
    pub(super) fn block(key: &str, entries: Vec<DraftEntry>) -> Self {
        Self { key: Some(key.to_owned()), body: DraftBody::Block(entries), notes: Vec::new() }
    }

    /// Returns a key with a list, of which each item is YAML already.
    pub(super) fn items(key: &str, items: Vec<String>) -> Self {
        Self { key: Some(key.to_owned()), body: DraftBody::Items(items), notes: Vec::new() }
    }

    /// Returns a note that belongs to no key.
    pub(super) fn note(note: ConversionNote) -> Self {
        Self { key: None, body: DraftBody::Nothing, notes: vec![note] }
    }

    /// Adds a note.
    pub(super) fn with(mut self, note: ConversionNote) -> Self {
        self.notes.push(note);
        self
    }

    /// Adds notes.
    pub(super) fn with_all(mut self, notes: impl IntoIterator<Item = ConversionNote>) -> Self {
        self.notes.extend(notes);
        self
    }
}

/// A sweep config that is written.
#[derive(Debug, Clone, Default)]
pub(super) struct SweepDraft {
    /// The keys outside of all sections, such as `NAME`.
    pub(super) top: Vec<DraftEntry>,
    /// The keys of `SETUP`.
    pub(super) setup: Vec<DraftEntry>,
    /// The keys of `LAUNCH`.
    pub(super) launch: Vec<DraftEntry>,
    /// The keys of `COLLECT`.
    pub(super) collect: Vec<DraftEntry>,
    /// The keys of `ANALYZE`.
    pub(super) analyze: Vec<DraftEntry>,
}

impl SweepDraft {
    /// Returns the notes, in the order in which they are written.
    pub(super) fn notes(&self) -> Vec<&ConversionNote> {
        fn gather<'d>(entries: &'d [DraftEntry], notes: &mut Vec<&'d ConversionNote>) {
            for entry in entries {
                notes.extend(&entry.notes);
                if let DraftBody::Block(below) = &entry.body {
                    gather(below, notes);
                }
            }
        }
        let mut notes = Vec::new();
        for section in [&self.top, &self.setup, &self.launch, &self.collect, &self.analyze] {
            gather(section, &mut notes);
        }
        notes
    }

    /// Returns the number of keys with this fate.
    pub(super) fn count(&self, fate: KeyFate) -> usize {
        self.notes().iter().filter(|note| note.fate == fate).count()
    }
}

/// Returns lines by dotted paths as nested mappings, in the order of their first keys.
pub(super) fn nested(lines: Vec<(String, String, Vec<ConversionNote>)>) -> Vec<DraftEntry> {
    let mut entries: Vec<DraftEntry> = Vec::new();
    for (path, yaml, notes) in lines {
        put(&mut entries, &path, yaml, notes);
    }
    entries
}

fn put(entries: &mut Vec<DraftEntry>, path: &str, yaml: String, notes: Vec<ConversionNote>) {
    let Some((first, rest)) = path.split_once('.') else {
        entries.push(DraftEntry::line(path, yaml).with_all(notes));
        return;
    };
    let place = entries.iter().position(|entry| {
        entry.key.as_deref() == Some(first) && matches!(entry.body, DraftBody::Block(_))
    });
    let place = place.unwrap_or_else(|| {
        entries.push(DraftEntry::block(first, Vec::new()));
        entries.len() - 1
    });
    if let DraftBody::Block(below) = &mut entries[place].body {
        put(below, rest, yaml, notes);
    }
}
