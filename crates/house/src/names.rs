//! Counts the words of names and finds names that several types have.

use std::collections::BTreeMap;

use crate::measure::MeasuredFile;

/// The places, `path:line`, of each type name of one crate.
pub(crate) type TypePlaces<'a> = BTreeMap<&'a str, Vec<String>>;

/// Returns where each type name of the files is defined.
pub(crate) fn type_places<'a>(files: &[&'a MeasuredFile]) -> TypePlaces<'a> {
    let mut places = TypePlaces::new();
    for file in files {
        for found in &file.types {
            let place = format!("{}:{}", file.path.display(), found.line);
            places.entry(&found.name).or_default().push(place);
        }
    }
    places
}

/// Tells whether a type name in camel case is one word. A row of capitals is one word: `IO`, `CsvFile`
/// is two.
pub(crate) fn is_one_word_type(name: &str) -> bool {
    let letters: Vec<char> = name.chars().collect();
    let begins = |at: usize| {
        letters[at].is_uppercase()
            && (at == 0
                || !letters[at - 1].is_uppercase()
                || letters.get(at + 1).is_some_and(|next| next.is_lowercase()))
    };
    (0..letters.len()).filter(|at| begins(*at)).count() <= 1
}

/// Tells whether a function name is one word.
pub(crate) fn is_one_word_function(name: &str) -> bool {
    !name.trim_matches('_').contains('_')
}
