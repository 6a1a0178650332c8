//! Conversions between widths and floats, rounded as the reference rounds.

/// Rounds to the nearest whole number, half to even: Python's `int(round(x))`.
#[expect(clippy::cast_possible_truncation, reason = "widths far below 2^63; saturates")]
pub(super) fn rounded(value: f64) -> i64 {
    value.round_ties_even() as i64
}

/// Rounds towards zero: Python's `int(x)`.
#[expect(clippy::cast_possible_truncation, reason = "meant; far below 2^63, saturates")]
pub(super) fn truncated(value: f64) -> i64 {
    value as i64
}

/// Returns the nearest float.
#[expect(clippy::cast_precision_loss, reason = "as the reference, which computes in floats")]
pub(super) fn float(value: i64) -> f64 {
    value as f64
}
