//! The form that a value is asked for in: noted beside the key, so that the JSON Schema tells what the code takes.

use std::ops::{Bound, RangeBounds};

/// The form that decoding asks the value of a key to have.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum KeyShape {
    /// A form of the key's own, which the code that asks for it knows.
    Own,
    /// Text.
    Text,
    /// A list of texts.
    Texts,
    /// A truth value.
    Flag,
    /// A whole number from `least` to `most`.
    Whole {
        /// The least number.
        least: i64,
        /// The greatest number.
        most: i64,
    },
    /// A finite number that is no less.
    AtLeast(f64),
    /// One of some words.
    Word(Vec<String>),
}

impl KeyShape {
    /// Returns the shape of a whole number in a range.
    pub(super) fn whole(range: &impl RangeBounds<i64>) -> Self {
        let least = match range.start_bound() {
            Bound::Included(least) => *least,
            Bound::Excluded(below) => below.saturating_add(1),
            Bound::Unbounded => i64::MIN,
        };
        let most = match range.end_bound() {
            Bound::Included(most) => *most,
            Bound::Excluded(above) => above.saturating_sub(1),
            Bound::Unbounded => i64::MAX,
        };
        Self::Whole { least, most }
    }

    /// Returns the shape of one of some words.
    pub(super) fn words<T>(words: &[(&str, T)]) -> Self {
        Self::Word(words.iter().map(|(word, _)| (*word).to_owned()).collect())
    }
}
