//! Numbers that a text spells, with Python's meaning: ` 1_000 `, `-.5`, `1e-3`, `inf`.

use super::error::{EvalResult, fail, too_large};

/// Returns the whole number that a text spells.
pub(super) fn whole(text: &str) -> EvalResult<i64> {
    let Some(digits) = without_marks(text) else { return no_number(text) };
    let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(&digits);
    if unsigned.is_empty() || !unsigned.bytes().all(|b| b.is_ascii_digit()) {
        return fail(format!("`{text}` is not a whole number"));
    }
    digits.parse().map_err(|_| too_large())
}

/// Returns the float that a text spells.
pub(super) fn float(text: &str) -> EvalResult<f64> {
    let number = without_marks(text).and_then(|digits| digits.parse().ok());
    number.map_or_else(|| no_number(text), Ok)
}

fn no_number<T>(text: &str) -> EvalResult<T> {
    fail(format!("`{text}` is not a number"))
}

/// Returns a text without blanks around it and without the `_` between its digits; nothing where one stands
/// elsewhere.
fn without_marks(text: &str) -> Option<String> {
    let text = text.trim();
    let bytes = text.as_bytes();
    let is_digit = |i: Option<usize>| i.and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_digit);
    let is_between = |(i, _): (usize, &str)| is_digit(i.checked_sub(1)) && is_digit(Some(i + 1));
    text.match_indices('_').all(is_between).then(|| text.replace('_', ""))
}
