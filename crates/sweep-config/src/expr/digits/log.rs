//! The natural logarithm and that to the base 10.

use super::log_table::LOG_TABLE;
use super::{ReducedNumber, float, normal_bits};

/// ln 2, in two parts.
const LN2_HIGH: f64 = float(0x3fe6_2e42_fefa_3800);
const LN2_LOW: f64 = float(0x3d2e_f357_93c7_6730);
/// The polynomial of log(1 + r) - r within an interval.
const A: [f64; 5] = [
    float(0xbfe0_0000_0000_0001),
    float(0x3fd5_5555_5551_305b),
    float(0xbfcf_ffff_ffeb_4590),
    float(0x3fc9_99b3_24f1_0111),
    float(0xbfc5_5575_e506_c89f),
];
/// The polynomial of log(1 + r) - r around 1.
const B: [f64; 11] = [
    float(0xbfe0_0000_0000_0000),
    float(0x3fd5_5555_5555_5577),
    float(0xbfcf_ffff_ffff_fdcb),
    float(0x3fc9_9999_9995_dd0c),
    float(0xbfc5_5555_5567_45a7),
    float(0x3fc2_4924_a344_de30),
    float(0xbfbf_ffff_a442_3d65),
    float(0x3fbc_7184_282a_d6ca),
    float(0xbfb9_99eb_43b0_68ff),
    float(0x3fb7_8182_f7af_d085),
    float(0xbfb5_5213_75d1_45cd),
];
/// The numbers around 1 that have a polynomial of their own: from 1 - 2^-4, and how far up.
const AROUND_ONE: u64 = 0x3fee_0000_0000_0000;
const AROUND_ONE_LENGTH: u64 = 0x0003_0900_0000_0000;

/// Returns the natural logarithm of a positive number.
#[inline(always)]
pub(super) fn log(x: f64) -> f64 {
    if !x.is_finite() {
        return x;
    }
    if x.to_bits().wrapping_sub(AROUND_ONE) < AROUND_ONE_LENGTH {
        return around_one(x - 1.0);
    }
    let number = ReducedNumber::new(normal_bits(x), 0x3fe6_0000_0000_0000, 7);
    let [inverse, log] = LOG_TABLE[number.interval].map(float);
    let r = number.fraction.mul_add(inverse, -1.0);
    let whole = LN2_HIGH.mul_add(number.exponent, log);
    let high = whole + r;
    let low = number.exponent.mul_add(LN2_LOW, whole - high + r);
    let square = r * r;
    let terms = r.mul_add(A[4], A[3]).mul_add(square, A[2].mul_add(r, A[1]));
    (r * square).mul_add(terms, square.mul_add(A[0], low)) + high
}

/// Returns the logarithm of 1 + r.
#[inline(always)]
fn around_one(r: f64) -> f64 {
    let square = r * r;
    let cube = r * square;
    let first = square.mul_add(B[3], B[2].mul_add(r, B[1]));
    let second = square.mul_add(B[6], B[5].mul_add(r, B[4]));
    let third = cube.mul_add(B[10], square.mul_add(B[9], B[8].mul_add(r, B[7])));
    let terms = third.mul_add(cube, second).mul_add(cube, first);
    // r without its last bits, whose square is exact.
    let shift = float(0x41a0_0000_0000_0000);
    let head = (-shift).mul_add(r, r.mul_add(shift, r));
    let tail = r - head;
    let head_square = head * head;
    let high = head_square.mul_add(B[0], r);
    let low = (B[0] * tail).mul_add(r + head, head_square.mul_add(B[0], r - high));
    high + terms.mul_add(cube, low)
}

/// Returns the logarithm to the base 10 of a positive number.
///
/// GNU's library has it from another hand than the others, without fused operations.
#[inline(always)]
pub(super) fn log10(x: f64) -> f64 {
    const LOG10_2_HIGH: f64 = float(0x3fd3_4413_509f_6000);
    const LOG10_2_LOW: f64 = float(0x3d59_fef3_11f1_2b36);
    const LOG10_E: f64 = float(0x3fdb_cb7b_1526_e50e);
    if !x.is_finite() {
        return x;
    }
    let (bits, beyond) = if x < f64::MIN_POSITIVE {
        ((x * float(0x4350_0000_0000_0000)).to_bits(), -54)
    } else {
        (x.to_bits(), 0)
    };
    let exponent = i32::try_from(bits >> 52).unwrap_or_default() - 1023 + beyond;
    // Of numbers below 1 the fraction is from 1/2 to 1, of others from 1 to 2.
    let is_below_one = exponent < 0;
    let lead = if is_below_one { 0x3fe } else { 0x3ff };
    let fraction = float((bits & 0x000f_ffff_ffff_ffff) | (lead << 52));
    let exponent = f64::from(exponent + i32::from(is_below_one));
    let low = exponent * LOG10_2_LOW + LOG10_E * log(fraction);
    low + exponent * LOG10_2_HIGH
}
