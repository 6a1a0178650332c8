//! "did you mean …?"

use crate::expr::spelled_name;

/// The least similarity of two words (1: equal) for one to be offered for the other.
const ALIKE: f64 = 0.6;

/// The least similarity of two words that are probably meant to be one.
pub(super) const VERY_ALIKE: f64 = 0.8;

/// A hint that names the candidate nearest to `word`, if one is near; never the word itself.
pub(super) fn word(word: &str, candidates: &[&str]) -> Option<String> {
    nearest(word, candidates.iter().copied()).map(|near| format!("did you mean `{near}`?"))
}

/// Keys that samplers of other tools have, with ours and what stands under it.
const SYNONYMS: [(&[&str], &str); 4] = [
    (&["LOW", "HIGH", "MIN", "MAX", "BOUNDS", "INTERVAL"], "RANGE: [LOW, HIGH]"),
    (&["STEP", "Q", "QUANTUM", "ROUND"], "QUANTIZE"),
    (&["LAW", "DIST", "DISTRIBUTION", "SCALE", "LOG"], "RAND_TYPE"),
    (&["CHOICES", "OPTIONS", "CATEGORIES", "ITEMS"], "VALUES"),
];

/// A hint for an unknown key of a sampler: the nearest key, or the one that other tools call so.
pub(super) fn sampler_key(key: &str, known: &[&str]) -> Option<String> {
    let is_known = |meant: &str| known.iter().any(|key| meant.split(':').next() == Some(key));
    let synonym = SYNONYMS.iter().find(|(words, meant)| {
        words.contains(&key.to_ascii_uppercase().as_str()) && is_known(meant)
    });
    synonym.map_or_else(|| word(key, known), |(_, meant)| Some(format!("did you mean `{meant}`?")))
}

/// A hint for an unknown name of an expression: the nearest parameter, as an expression writes it.
pub(super) fn name(word: &str, candidates: &[&str]) -> Option<String> {
    let near = nearest(word, candidates.iter().copied())?;
    Some(format!("did you mean `{}`?", spelled_name(near)))
}

/// A hint for an unknown key of `section`: the nearest key there, else where that key belongs.
pub(super) fn key(key: &str, section: &str, known: &[String]) -> Option<String> {
    let here = known.iter().filter_map(|path| {
        let rest = if section.is_empty() {
            path.as_str()
        } else {
            path.strip_prefix(section)?.strip_prefix('.')?
        };
        rest.split('.').next()
    });
    if let Some(near) = nearest(key, here) {
        return Some(format!("did you mean `{near}`?"));
    }
    let last = |path: &'_ String| path.rsplit('.').next().unwrap_or_default().to_owned();
    let elsewhere = known.iter().find(|path| last(path).eq_ignore_ascii_case(key))?;
    Some(format!("did you mean `{elsewhere}`?"))
}

/// Returns the candidate that is probably meant by a word; none if no one is like it, or the word itself is one.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .filter(|candidate| *candidate != word)
        .map(|candidate| (likeness(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// Returns how similar two words are, whatever their case: 1 if they are equal, 0 if nothing is.
pub(super) fn likeness(word: &str, other: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(&word.to_ascii_uppercase(), &other.to_ascii_uppercase())
}
