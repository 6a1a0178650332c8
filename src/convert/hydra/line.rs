//! The words of a command line of Hydra: the program, its options, and the overrides.

use sweep_config::yaml::SourceMark;

use crate::convert::source::SourceReader;

/// An override of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LineOverride {
    /// The word as it was typed.
    pub(super) word: String,
    /// `+`, `++`, `~` or nothing.
    pub(super) prefix: &'static str,
    /// The key, with its package.
    pub(super) key: String,
    /// The text behind `=`, if there is one.
    pub(super) value: Option<String>,
    /// The place in the line.
    pub(super) mark: SourceMark,
}

/// A line, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct HydraLine {
    /// The words that are no overrides: the program and its options.
    pub(super) program: Vec<String>,
    /// The overrides.
    pub(super) overrides: Vec<LineOverride>,
}

/// Takes a line apart as a shell would.
pub(super) fn split(line: &str, reader: &SourceReader<'_>) -> HydraLine {
    let Some(words) = shlex::split(line).map(whole) else {
        let mark = SourceMark { line: 1, column: 1, source: 0 };
        reader.problem(mark, "", "a quote of the line is not closed", None);
        return HydraLine::default();
    };
    let mut found = HydraLine::default();
    let mut from = 0;
    let is_program = |word: &String| !word.contains('=') && !word.starts_with(['-', '~']);
    for (index, word) in words.iter().enumerate() {
        let mark = mark(line, word, &mut from);
        let is_variable = found.program.iter().all(|word| word.contains('='))
            && found.overrides.is_empty()
            && word.split('=').next().is_some_and(|name| name == name.to_ascii_uppercase())
            && words[index..].iter().any(is_program);
        if !is_variable && let Some(parsed) = parse(word, mark) {
            found.overrides.push(parsed);
            continue;
        }
        let is_python = found.program.last().is_some_and(|last| {
            last.rsplit('/').next().is_some_and(|name| name.starts_with("python"))
        });
        let is_multirun = word == "--multirun" || (word == "-m" && !is_python);
        if !is_multirun {
            found.program.push(word.clone());
        }
    }
    found
}

/// Joins words that a blank within brackets has parted, as in `lr=tag(log, interval(1, 2))`: a shell would need quotes.
fn whole(words: Vec<String>) -> Vec<String> {
    let is_open = |word: &String| {
        let count = |brackets: &[char]| word.chars().filter(|c| brackets.contains(c)).count();
        word.contains('=') && count(&['(', '[', '{']) > count(&[')', ']', '}'])
    };
    let mut joined: Vec<String> = Vec::new();
    for word in words {
        match joined.last_mut() {
            Some(last) if is_open(last) => {
                last.push(' ');
                last.push_str(&word);
            }
            _ => joined.push(word),
        }
    }
    joined
}

/// Returns the place of a word in the line, after those before it.
fn mark(line: &str, word: &str, from: &mut usize) -> SourceMark {
    let start = word.split('=').next().unwrap_or(word);
    let at = line[*from..].find(start).map_or(*from, |at| *from + at);
    *from = (at + start.len()).min(line.len());
    let column = line[..at].chars().count() + 1;
    SourceMark { line: 1, column, source: 0 }
}

/// Returns the override that a word is, if it is one.
fn parse(word: &str, mark: SourceMark) -> Option<LineOverride> {
    let prefixes = ["++", "+", "~"];
    let prefix = prefixes.into_iter().find(|prefix| word.starts_with(prefix)).unwrap_or("");
    let rest = &word[prefix.len()..];
    let (key, value) = match rest.split_once('=') {
        Some((key, value)) => (key, Some(value.to_owned())),
        None if prefix == "~" => (rest, None),
        None => return None,
    };
    let is_key = key.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_alphanumeric() || "_-./@:$".contains(c));
    is_key.then(|| LineOverride { word: word.to_owned(), prefix, key: key.to_owned(), value, mark })
}
