//! The one writer of converted sweep configs: YAML with a comment at each key (pure).

use std::fmt::Write;

use sweep_config::{Value, yaml};

use super::draft::{DraftBody, DraftEntry, SweepDraft};
use super::note::{ConversionNote, KeyFate};

/// The greatest width of a line of comments, and of a line with a comment at its end.
const WIDTH: usize = 116;

/// Writes a sweep config; `from` says what it was converted from.
pub(super) fn text(draft: &SweepDraft, from: &str) -> String {
    let mut out = String::new();
    comment(&mut out, 0, &format!("Converted by `sweepkit convert` from {from}."));
    comment(
        &mut out,
        0,
        "kept: means the same here. approximated, dropped: read these lines before you set it up. \
         All keys: configs/reference.yaml",
    );
    entries(&mut out, &draft.top, 0);
    let sections = [
        ("SETUP", &draft.setup),
        ("LAUNCH", &draft.launch),
        ("COLLECT", &draft.collect),
        ("ANALYZE", &draft.analyze),
    ];
    for (name, section) in sections {
        if section.iter().any(|entry| entry.key.is_some()) {
            out.push_str(name);
            out.push_str(":\n");
            entries(&mut out, section, 2);
        } else {
            entries(&mut out, section, 0);
        }
    }
    out
}

fn entries(out: &mut String, all: &[DraftEntry], indent: usize) {
    for entry in all {
        self::entry(out, entry, indent);
    }
}

fn entry(out: &mut String, entry: &DraftEntry, indent: usize) {
    let head = entry
        .key
        .as_ref()
        .map(|key| format!("{}{}:", " ".repeat(indent), yaml::flow(&Value::Str(key.clone()))));
    let first = match (&head, &entry.body) {
        (Some(head), DraftBody::Line(yaml)) => format!("{head} {yaml}"),
        (Some(head), _) => head.clone(),
        (None, _) => String::new(),
    };
    let (beside, above) = placed(&entry.notes, &first);
    for note in above {
        comment(out, indent, &note.comment());
    }
    if head.is_some() {
        out.push_str(&first);
        if let Some(note) = beside {
            out.push_str("    # ");
            out.push_str(&visible(&note.comment()));
        }
        out.push('\n');
    }
    match &entry.body {
        DraftBody::Block(below) => entries(out, below, indent + 2),
        DraftBody::Items(items) => {
            for item in items {
                let _ = writeln!(out, "{}- {item}", " ".repeat(indent));
            }
        }
        DraftBody::Line(_) | DraftBody::Nothing => {}
    }
}

/// Returns the note that stands at the end of a line, if there is just one and it is short, and those above it.
fn placed<'n>(
    notes: &'n [ConversionNote],
    line: &str,
) -> (Option<&'n ConversionNote>, &'n [ConversionNote]) {
    match notes {
        [only]
            if only.fate == KeyFate::Kept
                && !line.is_empty()
                && line.chars().count() + only.comment().chars().count() + 6 <= WIDTH =>
        {
            (Some(only), &[])
        }
        all => (None, all),
    }
}

/// Writes a comment, wrapped between words.
fn comment(out: &mut String, indent: usize, text: &str) {
    let margin = format!("{}# ", " ".repeat(indent));
    let mut line = margin.clone();
    for word in visible(text).split(' ') {
        let is_first = line.len() == margin.len();
        if !is_first && line.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push_str(line.trim_end());
            out.push('\n');
            line = format!("{margin}  ");
        } else if !is_first {
            line.push(' ');
        }
        line.push_str(word);
    }
    out.push_str(line.trim_end());
    out.push('\n');
}

/// Returns a text as a comment may hold it: on one line, without control characters.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || c == '\u{feff}' { ' ' } else { c }).collect()
}
