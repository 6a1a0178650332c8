//! The assignments of a command: `export A=b`, `A=b program`, `env A=b program`.
//!
//! Not a shell: where it errs it takes more for an assignment than a shell does.

use super::MASK;

/// Returns the command with [`MASK`] for the value of each assignment.
pub(super) fn masked(command: &str) -> String {
    scan(command, 0).0
}

/// Returns the names and values that a command assigns, the values without the quotes around them.
pub(super) fn assignments(command: &str) -> Vec<(String, String)> {
    let found = scan(command, 0).1.into_iter();
    let bare = |value: &str| value.trim_matches(['\'', '"']).to_owned();
    found.map(|(name, value)| (name.to_owned(), bare(value))).collect()
}

/// Quotes in quotes are looked into so deep.
const DEPTH: usize = 4;

/// Returns the masked command, and the names and values that it assigns.
fn scan(command: &str, depth: usize) -> (String, Vec<(&str, &str)>) {
    let (mut out, mut found) = (String::with_capacity(command.len()), Vec::new());
    let mut rest = command;
    // True where a shell expects a command, or after a word such as `export`.
    let mut is_open = true;
    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() || SEPARATORS.contains(first) {
            is_open |= first == '\n' || ";&|(){}`".contains(first);
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let name = &rest[..name_length(rest)];
        let after = &rest[name.len()..];
        let value = after.strip_prefix("+=").or_else(|| after.strip_prefix('='));
        let is_upper = !name.contains(|c: char| c.is_ascii_lowercase());
        if let Some(value) = value.filter(|_| !name.is_empty() && (is_open || is_upper)) {
            let (value, after) = value.split_at(value_length(value));
            out.push_str(&rest[..rest.len() - value.len() - after.len()]);
            out.push_str(if value.is_empty() { "" } else { MASK });
            found.push((name, value));
            rest = after;
            continue;
        }
        let (word, after) = rest.split_at(word_length(rest));
        if let Some(text) = inner(word).filter(|_| depth < DEPTH) {
            let (masked, more) = scan(text, depth + 1);
            out.push_str(&word[..1]);
            out.push_str(&masked);
            out.push_str(&word[..1]);
            found.extend(more);
        } else if let Some(at) = open_quote(word) {
            out.push_str(&word[..=at]);
            rest = &rest[at + 1..];
            is_open = true;
            continue;
        } else {
            out.push_str(word);
        }
        is_open = OPENERS.contains(&word) || (is_open && word.starts_with('-'));
        rest = after;
    }
    (out, found)
}

/// The characters that end a word without being white space.
const SEPARATORS: &str = ";&|(){}<>`#!";

/// The words after which an assignment may come.
const OPENERS: [&str; 17] = [
    "export", "declare", "typeset", "local", "readonly", "env", "set", "eval", "exec", "sudo",
    "time", "then", "do", "else", "command", "if", "while",
];

/// Returns the text within a word that is quoted as a whole.
fn inner(word: &str) -> Option<&str> {
    let quote = word.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    word[1..].strip_suffix(quote)
}

/// Returns the place of the first quote of a word with white space in it, which may never be closed: what follows
/// it is to be looked into as well.
fn open_quote(word: &str) -> Option<usize> {
    word.find(['\'', '"']).filter(|_| word.contains(char::is_whitespace))
}

/// Returns the length of the name that a text begins with; 0 if it begins with none.
fn name_length(text: &str) -> usize {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let length = text.find(|c| !is_part(c)).unwrap_or(text.len());
    if text.starts_with(|c: char| c.is_ascii_digit()) { 0 } else { length }
}

/// Returns the length of a word, quotes and escapes considered.
fn word_length(text: &str) -> usize {
    length_until(text, |c| c.is_whitespace() || SEPARATORS.contains(c), false)
}

/// Returns the length of the value of an assignment, substitutions and lists considered.
fn value_length(text: &str) -> usize {
    length_until(text, |c| c.is_whitespace() || ";&|<>)".contains(c), true)
}

/// Returns the length up to the first character outside of quotes, and of brackets if these count, at which the text
/// ends. What is not closed goes on to the end.
fn length_until(text: &str, ends: impl Fn(char) -> bool, has_brackets: bool) -> usize {
    let (mut quote, mut open, mut is_escaped) = (None, 0_usize, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if is_escaped => is_escaped = false,
            (None | Some('"'), '\\') => is_escaped = true,
            (Some(q), _) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '`') if has_brackets => quote = Some(c),
            (None, '(' | '{') if has_brackets => open += 1,
            (None, ')' | '}') if has_brackets && open > 0 => open -= 1,
            _ if open == 0 && at > 0 && ends(c) => return at,
            _ if open == 0 && has_brackets && ends(c) => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_values_of_assignments_are_masked_and_nothing_else() {
        for (given, shown) in [
            ("export HF_TOKEN=hf_1", "export HF_TOKEN=***"),
            ("export A='x y' B=\"$C z\" D", "export A=*** B=*** D"),
            ("A=1 b=2 python x.py --lr=0.1 lr=0.1", "A=*** b=*** python x.py --lr=0.1 lr=0.1"),
            ("cd /tmp && TOKEN=$(cat f | tr -d ' ')", "cd /tmp && TOKEN=***"),
            ("cd x; export A=\\ b\\;c; ls", "cd x; export A=***; ls"),
            ("env -u X A=b program", "env -u X A=*** program"),
            ("docker run -e HF_TOKEN=a img", "docker run -e HF_TOKEN=*** img"),
            ("bash -c 'export A=b; ls'", "bash -c 'export A=***; ls'"),
            ("eval \"A='b c' x\"", "eval \"A=*** x\""),
            ("export LIST=(a b) C=d", "export LIST=*** C=***"),
            ("# HF_TOKEN=old\nexport B=c", "# HF_TOKEN=***\nexport B=***"),
            ("(A=b; c)", "(A=***; c)"),
            ("export EMPTY= ; x", "export EMPTY= ; x"),
            ("A+=more", "A+=***"),
            ("export A='never closed; B=c", "export A=***"),
            ("'\"'\"\nexport A=b", "'\"'\"\nexport A=***"),
            ("say \"so\"'; A=b", "say \"so\"'; A=***"),
            (
                "module load cuda/12 && pip install x==1.2",
                "module load cuda/12 && pip install x==1.2",
            ),
            ("source ~/venv/bin/activate", "source ~/venv/bin/activate"),
        ] {
            assert_eq!(masked(given), shown);
        }
        assert_eq!(
            assignments("export A='x y' B=z"),
            [("A".to_owned(), "x y".to_owned()), ("B".to_owned(), "z".to_owned())]
        );
    }

    proptest! {
        #[test]
        fn a_value_never_shows(before in "[a-z;&|( '\"$]{0,9}", value in "[a-zA-Z0-9/+._-]{8,20}", after in "[ -~]{0,9}") {
            let value = format!("zQ{value}");
            let text = format!("{before}\nexport TOKEN={value} {after}");
            let shown = masked(&text);
            prop_assert!(!shown.contains(&value), "{shown}");
        }
    }
}
