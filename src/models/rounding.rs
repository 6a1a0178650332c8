//! Whole widths from floats, rounded as the reference rounds.

use crate::app::num::whole;

/// Rounds to the nearest whole number, half to even: Python's `int(round(x))`.
pub(super) fn rounded(value: f64) -> i64 {
    whole(value.round_ties_even())
}

/// Rounds towards zero: Python's `int(x)`.
pub(super) fn truncated(value: f64) -> i64 {
    whole(value)
}
