//! Powers.

use super::exp::exp_of_sum;
use super::pow_table::POW_TABLE;
use super::{ReducedNumber, float, normal_bits};

/// ln 2, in two parts.
const LN2_HIGH: f64 = float(0x3fe6_2e42_fefa_3800);
const LN2_LOW: f64 = float(0x3d2e_f357_93c7_6730);
/// The polynomial of log(1 + r) - r; powers of r * A[0] stand for those of r.
const A: [f64; 7] = [
    float(0xbfe0_0000_0000_0000),
    float(0xbfe5_5555_5555_5560),
    float(0x3fe0_0000_0000_0006),
    float(0x3fe9_9999_9959_554e),
    float(0xbfe5_5555_5529_a47a),
    float(0xbff2_495b_9b48_45e9),
    float(0x3ff0_002b_8b26_3fc3),
];

/// Returns x to the power of y; not-a-number for a fractional power of a negative number.
#[inline(always)]
pub(super) fn pow(x: f64, y: f64) -> f64 {
    let has_no_digits = |number: f64| number == 0.0 || !number.is_finite();
    // These need no digits, and nobody rounds them otherwise.
    if has_no_digits(x) || has_no_digits(y) {
        return libm::pow(x, y);
    }
    let is_negative = x < 0.0 && y % 2.0 != 0.0;
    if x < 0.0 && y.fract() != 0.0 {
        return f64::NAN;
    }
    let size = x.abs();
    if size.to_bits() == 1.0_f64.to_bits() {
        return if is_negative { -1.0 } else { 1.0 };
    }
    // Such a power differs from 1 by less than a digit, or is beyond all floats.
    if y.abs() < float(0x3be0_0000_0000_0000) {
        return 1.0;
    }
    if y.abs() >= float(0x43e0_0000_0000_0000) {
        return if (size > 1.0) == (y > 0.0) { f64::INFINITY } else { 0.0 };
    }
    let (high, low) = precise_log(normal_bits(size));
    let exponent = y * high;
    let tail = y.mul_add(low, high.mul_add(y, -exponent));
    exp_of_sum(exponent, Some(tail), is_negative)
}

/// Returns the logarithm of the number of [`normal_bits`] as a float, and what it lacks: 15 more bits.
#[inline(always)]
fn precise_log(bits: u64) -> (f64, f64) {
    let number = ReducedNumber::new(bits, 0x3fe6_9555_0000_0000, 7);
    let [inverse, log, log_low] = POW_TABLE[number.interval].map(float);
    let r = number.fraction.mul_add(inverse, -1.0);
    let whole = LN2_HIGH.mul_add(number.exponent, log);
    let sum = whole + r;
    let half = r * A[0];
    let square = r * half;
    let high = sum + square;
    let lows = LN2_LOW.mul_add(number.exponent, log_low)
        + (whole - sum + r)
        + half.mul_add(r, -square)
        + (sum - high + square);
    let terms = r.mul_add(A[6], A[5]).mul_add(square, A[4].mul_add(r, A[3]));
    let terms = square.mul_add(terms, A[2].mul_add(r, A[1]));
    let low = (r * square).mul_add(terms, lows);
    let result = high + low;
    (result, high - result + low)
}
