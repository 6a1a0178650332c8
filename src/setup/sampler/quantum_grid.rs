//! The multiples of a quantum, exactly.
//!
//! pycls quantises with decimals, `Decimal(k) * Decimal(str(q))`, so that a multiple of 0.1 reads
//! `0.3` and not `0.30000000000000004`. The same comes out here without a decimal a draw: the
//! quantum's shortest spelling is split once into `mantissa * 10^exponent`, the multiple is
//! `k * mantissa` in integers, and one rounding makes it a float.

use sweep_config::{ScalarRange, Value};

use super::failure::GridTooFine;

/// The greatest power of ten that a float holds exactly.
const EXACT_TENS: i32 = 22;
/// Whole numbers up to here are floats exactly.
const EXACT_WHOLE: i128 = 1 << 53;

/// The multiples `first * quantum ..= last * quantum`, or as many quanta from an origin on.
#[derive(Debug, Clone)]
pub(super) struct QuantumGrid {
    quantum: GridQuantum,
    /// The number from which quanta are counted: 0, or a least value that is no multiple.
    origin: f64,
    first: i64,
    last: i64,
}

/// A quantum, and with it the type of its multiples.
#[derive(Debug, Clone)]
enum GridQuantum {
    /// The quantum and the origin.
    Whole(i64, i64),
    /// The quantum as the nearest float; itself and the origin times a power of ten.
    Decimal { nearest: f64, mantissa: i128, offset: i128, exponent: i32 },
}

impl QuantumGrid {
    /// Lists the multiples of the quantum in `[low, high]`, or the quanta from `low` on where that is no
    /// multiple; `high` must be one of them.
    pub(super) fn new(range: ScalarRange) -> Result<Self, GridTooFine> {
        match range {
            ScalarRange::Int { low, high, quantum } => Ok(Self::of_whole(low, high, quantum)),
            ScalarRange::Float { low, high, quantum } => Self::of_decimals(low, high, quantum),
            ScalarRange::Real { .. } => Err(GridTooFine),
        }
    }

    fn of_whole(low: i64, high: i64, quantum: i64) -> Self {
        let origin = if low.rem_euclid(quantum) == 0 { 0 } else { low };
        let steps = |end: i64| (end - origin).div_euclid(quantum);
        #[expect(clippy::cast_precision_loss, reason = "at most 2^53")]
        let from = origin as f64;
        Self {
            quantum: GridQuantum::Whole(quantum, origin),
            origin: from,
            first: steps(low),
            last: steps(high),
        }
    }

    fn of_decimals(low: f64, high: f64, quantum: f64) -> Result<Self, GridTooFine> {
        let (mantissa, exponent) = decimal(quantum);
        let (digits, place) = decimal(low);
        let shared = exponent.min(place);
        let scaled = |digits: i64, place: i32| {
            let ten = 10_i128.checked_pow(place.abs_diff(shared))?;
            i128::from(digits).checked_mul(ten)
        };
        let both = scaled(mantissa, exponent).zip(scaled(digits, place));
        let origin = both.filter(|(mantissa, digits)| low != 0.0 && digits % mantissa != 0);
        let Some((mantissa, offset)) = origin else {
            let mantissa = i128::from(mantissa);
            let whole = GridQuantum::Decimal { nearest: quantum, mantissa, offset: 0, exponent };
            let (first, last) = (steps(low, quantum)?, steps(high, quantum)?);
            return Ok(Self { quantum: whole, origin: 0.0, first, last });
        };
        let quantum_from =
            GridQuantum::Decimal { nearest: quantum, mantissa, offset, exponent: shared };
        let last = steps(high - low, quantum)?;
        let end = mantissa.checked_mul(last.into()).and_then(|far| far.checked_add(offset));
        end.ok_or(GridTooFine)?;
        Ok(Self { quantum: quantum_from, origin: low, first: 0, last })
    }

    /// Returns the quantum as the nearest float.
    #[expect(clippy::cast_precision_loss, reason = "as the reference, which divides floats")]
    pub(super) fn quantum(&self) -> f64 {
        match self.quantum {
            GridQuantum::Whole(q, _) => q as f64,
            GridQuantum::Decimal { nearest, .. } => nearest,
        }
    }

    /// Returns how many quanta a number is, from the origin on.
    pub(super) fn quanta(&self, number: f64) -> f64 {
        (number - self.origin) / self.quantum()
    }

    /// Returns the least multiple, in quanta.
    pub(super) fn first(&self) -> i64 {
        self.first
    }

    /// Returns the greatest multiple, in quanta.
    pub(super) fn last(&self) -> i64 {
        self.last
    }

    /// Returns the multiple at a place, from 0.
    pub(super) fn point(&self, number: i64) -> Value {
        self.value(self.first.saturating_add(number).min(self.last))
    }

    /// Returns the number of multiples.
    pub(super) fn len(&self) -> u128 {
        i128::from(self.last).abs_diff(i128::from(self.first)) + 1
    }

    /// Returns the multiple that is `quanta` quanta, moved into the grid if rounding put it outside.
    ///
    /// `0.3 / 0.1` is 2.9999999999999996 in floats: without the clamp `floor` would give 0.2 for a
    /// range that begins at 0.3.
    #[expect(clippy::cast_possible_truncation, reason = "it saturates, and is clamped then")]
    pub(super) fn clamped(&self, quanta: f64) -> Value {
        self.value((quanta as i64).clamp(self.first, self.last))
    }

    /// Returns the multiple that is `quanta` quanta.
    pub(super) fn value(&self, quanta: i64) -> Value {
        match self.quantum {
            GridQuantum::Whole(q, origin) => Value::Int(origin + quanta * q),
            GridQuantum::Decimal { mantissa, offset, exponent, .. } => {
                Value::Float(nearest(offset + i128::from(quanta) * mantissa, exponent))
            }
        }
    }
}

/// Returns how many quanta a multiple of the quantum is.
///
/// The quotient of two correctly rounded numbers is off by a few units in its last place, so that
/// rounding finds the true count as long as that has 52 bits.
#[expect(clippy::cast_possible_truncation, reason = "checked: below 2^52")]
fn steps(multiple: f64, quantum: f64) -> Result<i64, GridTooFine> {
    const LIMIT: f64 = 2_251_799_813_685_248.0; // 2^51
    let steps = (multiple / quantum).round_ties_even();
    if steps.abs() <= LIMIT { Ok(steps as i64) } else { Err(GridTooFine) }
}

/// Splits a positive float's shortest spelling into `mantissa * 10^exponent`; the mantissa has at most 17
/// digits.
fn decimal(number: f64) -> (i64, i32) {
    let text = format!("{number:e}");
    let (digits, exponent) = text.split_once('e').expect("`{:e}` writes an exponent");
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mantissa = format!("{whole}{fraction}").parse().expect("at most 17 digits");
    let exponent: i32 = exponent.parse().expect("an exponent of a float");
    (mantissa, exponent - i32::try_from(fraction.len()).expect("at most 16 digits"))
}

/// Returns the float nearest to `whole * 10^exponent`, as Python's `float(Decimal)` does.
///
/// Where both the whole number and the power of ten are floats exactly, one division (or product)
/// rounds once and correctly, as IEEE 754 demands. Anything else goes through the spelling, whose
/// parser rounds correctly too.
#[expect(clippy::cast_precision_loss, reason = "checked: at most 2^53")]
pub(super) fn nearest(whole: i128, exponent: i32) -> f64 {
    const TENS: [f64; EXACT_TENS as usize + 1] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];
    if whole.abs() <= EXACT_WHOLE && exponent.abs() <= EXACT_TENS {
        let ten = TENS[exponent.unsigned_abs() as usize];
        return if exponent < 0 { whole as f64 / ten } else { whole as f64 * ten };
    }
    format!("{whole}e{exponent}").parse().expect("a number with an exponent is a float")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn grid(low: f64, high: f64, quantum: f64) -> QuantumGrid {
        QuantumGrid::new(ScalarRange::Float { low, high, quantum }).unwrap()
    }

    #[test]
    fn multiples_read_as_decimals() {
        assert_eq!(grid(0.3, 0.7, 0.1).value(3), Value::Float(0.3));
        assert_eq!(grid(0.25, 5.0, 1e-10).value(13_958_405_164), Value::Float(1.395_840_516_4));
        assert_eq!(grid(0.0, 8.0, 1.0 / 128.0).value(3), Value::Float(0.023_437_5));
        assert_eq!(grid(0.0, 3e30, 1e30).value(3), Value::Float(3e30));
    }

    #[test]
    fn zero_has_no_sign() {
        let Value::Float(zero) = grid(-1.0, 1.0, 0.5).clamped(-0.0) else { panic!() };
        assert!(zero.is_sign_positive());
    }

    #[test]
    fn the_ends_are_found_though_the_quotient_is_not_whole() {
        let grid = grid(0.3, 0.7, 0.1);
        assert_eq!((grid.first(), grid.last(), grid.len()), (3, 7, 5));
    }

    #[test]
    fn more_steps_than_a_float_can_count_are_refused() {
        assert!(
            QuantumGrid::new(ScalarRange::Float { low: 0.0, high: 1.0, quantum: 1e-300 }).is_err()
        );
    }

    proptest! {
        /// The quick way and the way through the digits agree, so that both are Python's.
        #[test]
        fn the_quick_rounding_is_that_of_the_digits(k in -(1_i64 << 53)..(1_i64 << 53), e in -22..=22) {
            let digits: f64 = format!("{k}e{e}").parse().unwrap();
            prop_assert_eq!(nearest(i128::from(k), e).to_bits(), digits.abs().copysign(digits + 0.0).to_bits());
        }

        #[test]
        fn a_spelling_is_split_and_joined_without_loss(quantum in 1e-300..1e300_f64) {
            let (mantissa, exponent) = decimal(quantum);
            prop_assert_eq!(nearest(i128::from(mantissa), exponent), quantum);
        }

        #[test]
        fn what_is_drawn_lies_in_the_range(m in 1_i64..999, e in -12_i32..3, a in -5000_i64..5000, n in 0_i64..5000, x in -1e6..1e6_f64) {
            let quantum = nearest(i128::from(m), e);
            let (low, high) = (nearest(i128::from(a * m), e), nearest(i128::from((a + n) * m), e));
            let Value::Float(drawn) = grid(low, high, quantum).clamped(x) else { panic!() };
            prop_assert!(low <= drawn && drawn <= high);
            let k = (drawn / quantum).round_ties_even() as i64;
            prop_assert_eq!(nearest(i128::from(k * m), e), drawn);
        }
    }
}
