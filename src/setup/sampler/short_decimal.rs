//! Any numbers of a range, as short decimals.
//!
//! A number has eight digits: those from the first digit of the range's width on, or of the number itself where
//! that is less and the law one of logarithms. So no law shows steps, and a value reads `0.00012345678`.

use sweep_config::Value;

use super::quantum_grid::nearest;

/// The number of digits.
const DIGITS: i32 = 8;
/// The greatest power of ten by which a float is scaled with one rounding.
const EXACT_TENS: i32 = 22;
/// Whole numbers up to here are floats exactly.
const EXACT_WHOLE: f64 = 9_007_199_254_740_992.0;

/// Rounds numbers of a range to short decimals.
#[derive(Debug, Clone, Copy)]
pub(super) struct ShortDecimals {
    low: f64,
    high: f64,
    /// The place of the last digit, as a power of ten, for the width of the range.
    place: i32,
    /// True if a number has its own digits where they are finer.
    by_number: bool,
}

impl ShortDecimals {
    /// Prepares the range of a law, which is one of logarithms if `is_log`.
    pub(super) fn new(low: f64, high: f64, is_log: bool) -> Self {
        let width = (high - low).min(f64::MAX);
        Self { low, high, place: last_place(width), by_number: is_log }
    }

    /// Returns the decimal nearest to a number, moved into the range.
    pub(super) fn value(&self, number: f64) -> Value {
        let is_inside = self.low < number && number < self.high;
        let rounded = if is_inside { self.rounded(number) } else { number };
        Value::Float(rounded.clamp(self.low, self.high))
    }

    /// Returns true if there is one number only.
    pub(super) fn is_point(&self) -> bool {
        self.low >= self.high
    }

    /// Returns the least number.
    pub(super) fn low(&self) -> f64 {
        self.low
    }

    fn rounded(&self, number: f64) -> f64 {
        let place = if self.by_number { self.place.min(last_place(number)) } else { self.place };
        if place.abs() > EXACT_TENS {
            return spelt(number, place);
        }
        let ten = nearest(1, place.abs());
        let count = (if place < 0 { number * ten } else { number / ten }).round_ties_even();
        if count.abs() >= EXACT_WHOLE {
            // Floats are no finer here.
            return number;
        }
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        nearest(count as i128, place)
    }
}

/// Returns the place of the last of [`DIGITS`] digits of a number above 0.
#[expect(clippy::cast_possible_truncation, reason = "a float has at most 324 places")]
fn last_place(number: f64) -> i32 {
    let first = libm::floor(libm::log10(number)) as i32;
    first.saturating_sub(DIGITS - 1)
}

/// Rounds a number by its spelling, where powers of ten are no floats.
fn spelt(number: f64, place: i32) -> f64 {
    let digits = last_place(number.abs()).saturating_add(DIGITS - 1).saturating_sub(place);
    let Ok(digits) = usize::try_from(digits) else { return 0.0 };
    format!("{number:.digits$e}").parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(low: f64, high: f64, is_log: bool, number: f64) -> String {
        match ShortDecimals::new(low, high, is_log).value(number) {
            Value::Float(value) => format!("{value:?}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_number_has_eight_digits_of_the_range() {
        let third = 1.0 / 3.0;
        assert_eq!(text(0.0, 1.0, false, third), "0.3333333");
        assert_eq!(text(0.0, 0.9, false, third), "0.33333333");
        assert_eq!(text(100.0, 101.0, false, 100.0 + third), "100.3333333");
        assert_eq!(text(-1e6, 1e6, false, -third), "-0.3");
        assert_eq!(text(1e-30, 1e-28, false, third * 1e-28), "3.3333333e-29");
        assert_eq!(text(0.0, 1e-28, false, third * 1e-50), "0.0");
    }

    #[test]
    fn a_law_of_logarithms_shows_the_digits_of_each_number() {
        assert_eq!(text(1e-7, 1e-3, true, 1e-6 / 3.0), "3.3333333e-7");
        assert_eq!(text(1e-7, 1e-3, true, 1e-3 / 3.0), "0.00033333333");
        assert_eq!(text(1e-40, 1e40, true, 1e-33 / 3.0), "3.3333333e-34");
        assert_eq!(text(1e-40, 1e40, true, 1e33 / 3.0), "3.3333333e32");
        assert_eq!(text(0.9, 0.999, true, 0.95 + 1e-3 / 3.0), "0.950333333");
    }

    #[test]
    fn ends_stay_as_they_are_written_and_no_number_is_beyond() {
        let low = 1.0 / 3.0;
        for (low, high) in
            [(low, 2.0 * low), (-low, low), (1e9, 1e9 + 1.0), (low, low), (0.0, 5e-324)]
        {
            for is_log in [false, low > 0.0] {
                let range = ShortDecimals::new(low, high, is_log);
                assert_eq!(range.value(f64::NEG_INFINITY), Value::Float(low));
                assert_eq!(range.value(f64::INFINITY), Value::Float(high));
                for step in 0..1000 {
                    let share = f64::from(step) / 1000.0;
                    let Value::Float(value) = range.value(low + share * (high - low)) else {
                        panic!()
                    };
                    assert!((low..=high).contains(&value), "{low} {high} {value}");
                    assert!((value - (low + share * (high - low))).abs() <= (high - low) * 1e-7);
                }
            }
        }
        assert_eq!(text(f64::MIN, f64::MAX, false, 0.1), "0.0");
    }
}
