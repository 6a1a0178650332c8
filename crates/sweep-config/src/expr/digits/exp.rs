//! The exponential function.

use super::exp_table::EXP_TABLE;
use super::float;

/// 128 / ln 2.
const STEPS: f64 = float(0x4067_1547_652b_82fe);
/// -(ln 2) / 128, in two parts.
const STEP_HIGH: f64 = float(0xbf76_2e42_fefa_0000);
const STEP_LOW: f64 = float(0xbd0c_f79a_bc9e_3b3a);
/// Added to a number and taken away again, this rounds it to a whole one, which the last bits of the sum are.
const SHIFT: f64 = float(0x4338_0000_0000_0000);
/// The polynomial of exp(r) - 1 - r behind its first two terms.
const C2: f64 = float(0x3fdf_ffff_ffff_fdbd);
const C3: f64 = float(0x3fc5_5555_5555_543c);
const C4: f64 = float(0x3fa5_5555_cf17_2b91);
const C5: f64 = float(0x3f81_1111_67a4_d017);

/// Returns e to the power of a number.
#[inline(always)]
pub(super) fn exp(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    exp_of_sum(x, None, false)
}

/// Returns the power of e whose exponent is a number and, if given, a tail that is too small for a float of that size;
/// with the sign of a power.
#[inline(always)]
pub(super) fn exp_of_sum(x: f64, tail: Option<f64>, is_negative: bool) -> f64 {
    let sign = if is_negative { -1.0 } else { 1.0 };
    let size = x.abs();
    if size < float(0x3c90_0000_0000_0000) {
        return sign * (1.0 + x);
    }
    if size >= 1024.0 {
        return if x > 0.0 { sign * f64::INFINITY } else { sign * 0.0 };
    }
    let shifted = x.mul_add(STEPS, SHIFT);
    let steps = shifted.to_bits();
    let whole = shifted - SHIFT;
    let rest = match tail {
        Some(tail) => tail + whole.mul_add(STEP_LOW, whole.mul_add(STEP_HIGH, x)),
        None => whole.mul_add(STEP_LOW, whole.mul_add(STEP_HIGH, x)),
    };
    let [beyond, power] = EXP_TABLE[(steps % 128) as usize];
    let exponent = if is_negative { steps.wrapping_add(0x800 << 7) } else { steps };
    let scale = power.wrapping_add(exponent << 45);
    let square = rest * rest;
    let low = C3.mul_add(rest, C2).mul_add(square, float(beyond) + rest);
    let growth = (square * square).mul_add(rest.mul_add(C5, C4), low);
    if size >= 512.0 {
        return at_the_limits(growth, scale, steps);
    }
    float(scale).mul_add(growth, float(scale))
}

/// Returns `scale * (1 + growth)` where that may be too large for a float, or subnormal: rounded once.
#[inline(always)]
fn at_the_limits(growth: f64, scale: u64, steps: u64) -> f64 {
    if steps & 0x8000_0000 == 0 {
        let scale = float(scale.wrapping_sub(1009 << 52));
        return float(0x7f00_0000_0000_0000) * scale.mul_add(growth, scale);
    }
    let scale = float(scale.wrapping_add(1022 << 52));
    let part = scale * growth;
    let mut result = scale + part;
    if result.abs() < 1.0 {
        let one = 1.0_f64.copysign(result);
        let low = scale - result + part;
        let high = one + result;
        result = (high + (one - high + result + low)) - one;
        if result == 0.0 {
            return 0.0_f64.copysign(scale);
        }
    }
    f64::MIN_POSITIVE * result
}
