//! The words of a command line that is being typed.

use std::ffi::OsString;
use std::path::Path;

use sweep_config::Sweep;

use crate::app::sweep_source::SweepSource;

/// A command line that is being typed.
#[derive(Debug, Default)]
pub(super) struct TypedLine {
    /// The words, the program first.
    pub(super) words: Vec<OsString>,
    /// The word at the cursor.
    pub(super) index: usize,
    /// The part of that word that the shell takes for another word, `--only=`.
    pub(super) prefix: String,
}

impl TypedLine {
    /// Takes the words as the shell has them; one that splits `--only=3` into three gets them joined here.
    pub(super) fn new(words: &[OsString], index: usize, splits: bool) -> Self {
        let mut typed = Self { index, ..Self::default() };
        let mut rest = words.iter().enumerate().peekable();
        while let Some((number, word)) = rest.next() {
            let is_flag = |word: &OsString| word.to_str().is_some_and(|it| it.starts_with("--"));
            let is_split = splits && word == "=" && typed.words.last().is_some_and(is_flag);
            if !is_split {
                typed.words.push(word.clone());
                continue;
            }
            let value = rest.next();
            let flag = typed.words.last_mut().expect("is_split says that there is one");
            flag.push("=");
            let with_value = number + usize::from(value.is_some());
            if (number..=with_value).contains(&index) {
                typed.prefix = flag.to_string_lossy().into_owned();
            }
            flag.push(value.map(|(_, value)| value.as_os_str()).unwrap_or_default());
            typed.index -= typed.index.saturating_sub(number - 1).min(with_value + 1 - number);
        }
        typed
    }

    /// Loads the sweep that the words name, or that of the present folder.
    pub(super) fn sweep(&self) -> Option<Sweep> {
        let words: Vec<&str> = self.words.iter().filter_map(|word| word.to_str()).collect();
        let current = self.words.get(self.index).and_then(|word| word.to_str());
        let mut named = None;
        let mut overrides = Vec::new();
        let mut rest = words.into_iter().skip(1);
        while let Some(word) = rest.next() {
            match word.split_once('=').unwrap_or((word, "")) {
                ("--sweep-cfg", "") => named = rest.next(),
                ("--sweep-cfg", path) => named = Some(path),
                ("--set", "") => overrides.extend(rest.next().map(str::to_owned)),
                ("--set", set) => overrides.push(set.to_owned()),
                _ if named.is_none() && Some(word) != current && is_place(word) => {
                    named = Some(word);
                }
                _ => {}
            }
        }
        SweepSource::find(named.map(Path::new)).ok()?.load(&overrides).ok()
    }
}

/// True if a word can be what a stage takes for a sweep.
fn is_place(word: &str) -> bool {
    let path = Path::new(word);
    let is_config = path.extension().is_some_and(|end| end == "yaml" || end == "yml");
    !word.starts_with('-') && (path.is_dir() || (is_config && path.is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &str, index: usize) -> (Vec<String>, usize, String) {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let typed = TypedLine::new(&words, index, true);
        let words = typed.words.iter().map(|word| word.to_string_lossy().into_owned());
        (words.collect(), typed.index, typed.prefix)
    }

    #[test]
    fn what_bash_splits_is_joined_and_the_cursor_stays_on_its_word() {
        let joined = |words: &[&str], index, prefix: &str| {
            (words.iter().map(ToString::to_string).collect::<Vec<_>>(), index, prefix.to_owned())
        };
        assert_eq!(typed("p --only = 3 s", 3), joined(&["p", "--only=3", "s"], 1, "--only="));
        assert_eq!(typed("p --only = 3 s", 4), joined(&["p", "--only=3", "s"], 2, ""));
        assert_eq!(typed("p --only =", 2), joined(&["p", "--only="], 1, "--only="));
        assert_eq!(typed("p --set A = 3", 2), joined(&["p", "--set", "A", "=", "3"], 2, ""));
        assert_eq!(typed("p x --only = 3", 1), joined(&["p", "x", "--only=3"], 1, ""));
    }
}
