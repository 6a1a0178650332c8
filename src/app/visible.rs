//! Texts as a terminal may show them: what would steer it is spelt out.
//!
//! Names, reasons and the ends of logs come from programs, other users and SLURM. Printed as they are, an escape
//! sequence among them could fill the clipboard, retitle the window, or hide and reorder what stands on the
//! screen. Every text that [`super::Printer`] prints goes through here.

use std::borrow::Cow;
use std::fmt::Write;

/// True if a terminal would act on the character rather than show it: control characters but the line break and
/// the tab, and those that change the direction of writing.
fn steers_terminal(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            true
        }
        _ => c.is_control(),
    }
}

/// Returns a text of which a terminal acts on nothing but its line breaks and tabs: any other such character is
/// spelt out, as `\u{1b}`.
#[must_use]
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    replaced(text, steers_terminal, |out, c| write!(out, "\\u{{{:x}}}", u32::from(c)))
}

/// Returns a text that stays within its line: line breaks and tabs are spelt out too.
#[must_use]
pub fn visible_line(text: &str) -> Cow<'_, str> {
    let steers = |c| steers_terminal(c) || matches!(c, '\n' | '\t');
    replaced(text, steers, |out, c| write!(out, "\\u{{{:x}}}", u32::from(c)))
}

/// Returns the same JSON in other words: what a terminal would act on is escaped as JSON escapes it.
///
/// A writer of JSON escapes most of these by itself; where they are left they stand inside texts, since outside JSON
/// has line breaks only.
#[must_use]
pub(super) fn visible_json(json: &str) -> Cow<'_, str> {
    replaced(json, steers_terminal, |out, c| write!(out, "\\u{:04x}", u32::from(c)))
}

/// Replaces some characters. Most texts have none of them and are not copied.
fn replaced(
    text: &str,
    is_wanted: impl Fn(char) -> bool,
    mut put: impl FnMut(&mut String, char) -> std::fmt::Result,
) -> Cow<'_, str> {
    let Some(first) = text.find(&is_wanted) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(&text[..first]);
    for c in text[first..].chars() {
        if is_wanted(c) {
            put(&mut out, c).expect("a string takes all that is written to it");
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Checks a text from anywhere: for `cargo fuzz` (`fuzz/`) and the property test.
///
/// # Panics
///
/// Panics if a terminal would act on what was made of the text, if a text without such characters was changed, or if
/// JSON has another meaning than before.
#[cfg(any(test, feature = "fuzzing"))]
pub fn check_visible(text: &str) {
    let is_plain = |shown: &str| {
        let bytes = shown.as_bytes();
        let no_control =
            bytes.iter().all(|b| matches!(b, b'\n' | b'\t') || (*b >= 0x20 && *b != 0x7f));
        // C1 is C2 80 to C2 9F in UTF-8; the others are listed as their characters.
        let no_c1 =
            !bytes.windows(2).any(|pair| pair[0] == 0xc2 && (0x80..0xa0).contains(&pair[1]));
        let bidi = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
        no_control && no_c1 && !shown.contains(|c| bidi.contains(c))
    };
    let shown = visible(text);
    assert!(is_plain(&shown), "{shown:?}");
    assert!(
        !is_plain(text) || text.contains(['\u{2028}', '\u{2029}']) || shown == text,
        "{text:?}"
    );
    assert_eq!(visible(&shown), shown, "what is shown once is shown alike again");
    let line = visible_line(text);
    assert!(is_plain(&line) && !line.contains(['\n', '\t']), "{line:?}");
    let json = serde_json::json!({ "text": text, text: [text] });
    let printed = format!("{json:#}");
    let printed = visible_json(&printed);
    assert!(is_plain(&printed), "{printed:?}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&printed).ok(), Some(json));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_steers_a_terminal_is_spelt_out_and_all_else_is_as_it_was() {
        for (text, shown) in [
            ("plain, größe 实验 😀\n\tindented", "plain, größe 实验 😀\n\tindented"),
            ("\u{1b}]52;c;eA==\u{7}", "\\u{1b}]52;c;eA==\\u{7}"),
            ("\u{1b}[2Jgone\r", "\\u{1b}[2Jgone\\u{d}"),
            ("\u{9b}31m\u{7f}\u{0}", "\\u{9b}31m\\u{7f}\\u{0}"),
            ("a\u{202e}b\u{2066}c\u{200f}\u{61c}", "a\\u{202e}b\\u{2066}c\\u{200f}\\u{61c}"),
        ] {
            assert_eq!(visible(text), shown);
        }
        assert!(matches!(visible("plain\n"), Cow::Borrowed(_)));
        assert_eq!(visible_line("n1\nwarning: all is lost"), "n1\\u{a}warning: all is lost");
    }

    /// The inputs that `cargo fuzz` starts from.
    #[test]
    fn no_input_of_the_corpus_steers_a_terminal() {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/terminal");
        let inputs = sweep_config::fs::list(corpus.as_ref()).unwrap();
        assert!(inputs.len() >= 5);
        for input in inputs {
            let bytes = sweep_config::fs::read(&std::path::Path::new(corpus).join(input)).unwrap();
            check_visible(&String::from_utf8_lossy(&bytes));
        }
    }

    proptest! {
        #[test]
        fn no_text_steers_a_terminal(
            text in "(\\PC|[\u{0}-\u{1f}\u{7f}-\u{9f}\u{200b}-\u{200f}\u{2028}-\u{202f}\u{2060}-\u{206f}\u{61c}]|[\\]\\[;?0-9a-z\"\\\\]){0,60}"
        ) {
            check_visible(&text);
        }
    }
}
