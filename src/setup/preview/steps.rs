//! Whole numbers of steps and of bars.

/// Returns the number of steps that a number is above the least.
pub(super) fn nth(value: f64, low: f64, step: f64) -> u64 {
    whole(((value - low) / step).round())
}

/// Returns the whole part of a number; 0 of a negative one, the greatest of one too large.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
pub(super) fn whole(number: f64) -> u64 {
    number as u64
}

/// Returns a number of bars, which are few, as a length.
pub(super) fn size(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// Returns a count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "neither configs nor steps reach 2^53")]
pub(super) fn float(n: u64) -> f64 {
    n as f64
}
