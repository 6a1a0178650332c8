//! The binary logarithm.

use super::log2_table::LOG2_TABLE;
use super::{ReducedNumber, float, normal_bits};

/// 1 / ln 2, in two parts.
const INVERSE_HIGH: f64 = float(0x3ff7_1547_6520_0000);
const INVERSE_LOW: f64 = float(0x3de7_05fc_2eef_a200);
/// The polynomial of log2(1 + r) - r / ln 2 within an interval.
const A: [f64; 6] = [
    float(0xbfe7_1547_652b_8339),
    float(0x3fde_c709_dc3a_04be),
    float(0xbfd7_1547_6470_2ffb),
    float(0x3fd2_776c_5003_4c48),
    float(0xbfce_c7b3_28ea_92bc),
    float(0x3fca_6225_e117_f92e),
];
/// The polynomial of log2(1 + r) - r / ln 2 around 1.
const B: [f64; 10] = [
    float(0xbfe7_1547_652b_82fe),
    float(0x3fde_c709_dc3a_03f7),
    float(0xbfd7_1547_652b_7c3f),
    float(0x3fd2_776c_50f0_5be4),
    float(0xbfce_c709_dd76_8fe5),
    float(0x3fca_6176_1ec4_e736),
    float(0xbfc7_153f_bc64_a79b),
    float(0x3fc4_84d1_54f0_1b4a),
    float(0xbfc2_89e4_a72c_383c),
    float(0x3fc0_b32f_285a_ee66),
];
/// The numbers around 1 that have a polynomial of their own: the bits of the first, and how far up.
const AROUND_ONE: u64 = 0x3fee_a4ae_f000_0000;
const AROUND_ONE_LENGTH: u64 = 0x0002_10aa_0000_0000;

/// Returns the logarithm to the base 2 of a positive number.
#[inline(always)]
pub(super) fn log2(x: f64) -> f64 {
    if !x.is_finite() {
        return x;
    }
    if x.to_bits().wrapping_sub(AROUND_ONE) < AROUND_ONE_LENGTH {
        return around_one(x - 1.0);
    }
    let number = ReducedNumber::new(normal_bits(x), 0x3fe6_0000_0000_0000, 6);
    let [inverse, log] = LOG2_TABLE[number.interval].map(float);
    let r = number.fraction.mul_add(inverse, -1.0);
    let (first, first_low) = over_ln_2(r);
    let whole = number.exponent + log;
    let high = whole + first;
    let low = whole - high + first + first_low;
    let square = r * r;
    let terms = A[3].mul_add(r, A[2]).mul_add(square, A[1].mul_add(r, A[0]));
    let terms = r.mul_add(A[5], A[4]).mul_add(square * square, terms);
    square.mul_add(terms, low) + high
}

/// Returns r / ln 2 as a float, and what it lacks.
#[inline(always)]
fn over_ln_2(r: f64) -> (f64, f64) {
    let high = INVERSE_HIGH * r;
    (high, r.mul_add(INVERSE_LOW, INVERSE_HIGH.mul_add(r, -high)))
}

/// Returns the logarithm of 1 + r.
#[inline(always)]
fn around_one(r: f64) -> f64 {
    let (first, first_low) = over_ln_2(r);
    let square = r * r;
    let fourth = square * square;
    let second = B[1].mul_add(r, B[0]);
    let high = second.mul_add(square, first);
    let low = second.mul_add(square, first - high) + first_low;
    let terms = B[5].mul_add(r, B[4]).mul_add(square, B[3].mul_add(r, B[2]));
    let last = r.mul_add(B[9], B[8]).mul_add(square, B[7].mul_add(r, B[6]));
    high + last.mul_add(fourth, terms).mul_add(fourth, low)
}
