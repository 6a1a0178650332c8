//! Columns as the page's script unpacks them.
//!
//! A column is one value where all jobs have the same, a dictionary with a byte a job where there are few
//! values, else four bytes a job, else (of very many jobs) two: the place between the least and the
//! greatest value, by ratio where the values span much. Numbers are little-endian and in base64.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use crate::analyze::metrics::WIDE;
use crate::analyze::stats::ValueSpan;

/// The greatest number of jobs whose numbers take four bytes each.
const EXACT: usize = 20_000;
/// The number of steps of two bytes; the greatest number stands for a missing value.
const STEPS: f64 = 65_534.0;
/// The greatest number of different values whose places take a byte; the greatest place stands for a missing value.
const FEW: usize = 255;
/// The greatest number of different values whose places take two bytes.
const MANY: usize = 65_535;

/// Returns a bit a job, the lowest first, which is set if its row is among these.
pub(crate) fn bits(rows: impl IntoIterator<Item = usize>, jobs: usize) -> String {
    let mut bits = vec![0u8; jobs.div_ceil(8)];
    for row in rows {
        bits[row / 8] |= 1 << (row % 8);
    }
    STANDARD.encode(bits)
}

/// Packs a column of texts; `None` of more different ones than two bytes can number.
pub(super) fn words(texts: &[Option<&str>]) -> Option<Json> {
    let mut places: BTreeMap<&str, usize> = texts.iter().flatten().map(|text| (*text, 0)).collect();
    if places.len() > MANY {
        return None;
    }
    places.values_mut().enumerate().for_each(|(at, place)| *place = at);
    let words: Vec<&&str> = places.keys().collect();
    if let ([word], true) = (words.as_slice(), texts.iter().all(Option::is_some)) {
        return Some(json!({ "words": [word] }));
    }
    let place = |text: Option<&str>| text.map_or(MANY, |text| places[text]);
    let numbered = texts.iter().map(|text| place(*text));
    Some(if words.len() <= FEW {
        let bytes: Vec<u8> = numbered.map(|at| u8::try_from(at).unwrap_or(u8::MAX)).collect();
        json!({ "words": words, "u1": STANDARD.encode(bytes) })
    } else {
        let two = |at: usize| u16::try_from(at).unwrap_or(u16::MAX).to_le_bytes();
        json!({ "words": words, "u2": STANDARD.encode(numbered.flat_map(two).collect::<Vec<u8>>()) })
    })
}

/// A column of numbers.
pub(super) fn numbers(values: &[Option<f64>]) -> Json {
    let mut distinct: Vec<f64> = Vec::new();
    for value in values.iter().flatten() {
        if let Err(at) = distinct.binary_search_by(|known| known.total_cmp(value)) {
            distinct.insert(at, *value);
            if distinct.len() > FEW {
                return many(values);
            }
        }
    }
    if let ([value], true) = (distinct.as_slice(), values.iter().all(Option::is_some)) {
        return json!({ "of": [value] });
    }
    let place = |value: &Option<f64>| {
        let found = value.and_then(|v| distinct.binary_search_by(|known| known.total_cmp(&v)).ok());
        found.and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX)
    };
    let bytes: Vec<u8> = values.iter().map(place).collect();
    json!({ "of": distinct, "u1": STANDARD.encode(bytes) })
}

fn many(values: &[Option<f64>]) -> Json {
    if values.len() <= EXACT {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "seven digits are enough to see and sort"
        )]
        let single = |value: &Option<f64>| value.map_or(f32::NAN, |value| value as f32);
        let bytes: Vec<u8> = values.iter().flat_map(|value| single(value).to_le_bytes()).collect();
        return json!({ "f4": STANDARD.encode(bytes) });
    }
    let Some(span) = ValueSpan::of(values.iter().flatten().copied()) else {
        return json!({ "of": [] });
    };
    let by_ratio = span.low > 0.0 && span.high / span.low >= WIDE;
    let at = |value: f64| if by_ratio { value.ln() } else { value };
    let (low, width) = (at(span.low), (at(span.high) - at(span.low)).max(f64::MIN_POSITIVE));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 65,534")]
    let step = |value: &Option<f64>| {
        value.map_or(u16::MAX, |value| ((at(value) - low) / width * STEPS).round() as u16)
    };
    let bytes: Vec<u8> = values.iter().flat_map(|value| step(value).to_le_bytes()).collect();
    json!({ "low": span.low, "high": span.high, "ratio": by_ratio, "u2": STANDARD.encode(bytes) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_a_byte_a_job_where_texts_are_few_and_more_than_two_bytes_can_number_are_refused()
    {
        let packed = words(&[Some("b"), None, Some("a")]).expect("few");
        assert_eq!(packed, json!({ "words": ["a", "b"], "u1": STANDARD.encode([1, 255, 0]) }));
        let texts: Vec<String> = (0..70_000).map(|i| i.to_string()).collect();
        let some: Vec<Option<&str>> = texts.iter().map(|text| Some(text.as_str())).collect();
        let packed = words(&some[..300]).expect("not too many");
        assert!(packed["u2"].is_string(), "two bytes a job");
        assert_eq!(words(&some), None);
    }

    #[test]
    fn what_all_jobs_have_alike_takes_no_byte_a_job() {
        assert_eq!(numbers(&[Some(2.5), Some(2.5)]), json!({ "of": [2.5] }));
        assert_eq!(words(&[Some("a"), Some("a")]), Some(json!({ "words": ["a"] })));
        assert!(numbers(&[Some(2.5), None])["u1"].is_string(), "who has it must be said");
    }

    #[test]
    fn rows_are_bits_from_the_lowest() {
        assert_eq!(bits([0, 9], 10), STANDARD.encode([1, 2]));
    }
}
