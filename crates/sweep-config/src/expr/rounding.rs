//! Whole numbers of floats, and rounding to decimals, with Python's meaning: to the nearest, half to even.

use super::arithmetic::{float, is_whole, whole};
use super::error::{EvalResult, fail, too_large};
use crate::Value;

/// 2^63, which the whole numbers of 64 bits are below.
const LIMIT: f64 = 9_223_372_036_854_775_808.0;

/// Returns a number as a whole one; `rounding` says which, of a float.
#[expect(clippy::cast_possible_truncation, reason = "checked")]
pub(super) fn to_whole(value: &Value, name: &str, rounding: fn(f64) -> f64) -> EvalResult<Value> {
    if is_whole(value) {
        return whole(value, name).map(Value::Int);
    }
    let number = rounding(float(value, name)?);
    if number.is_nan() {
        fail(format!("`{name}` of not-a-number"))
    } else if (-LIMIT..LIMIT).contains(&number) {
        Ok(Value::Int(number as i64))
    } else {
        Err(too_large())
    }
}

/// Rounds a number to `digits` decimals, or to tens and hundreds where that is negative: to the decimal that is nearest to
/// the number itself, which need not be the nearest to its shortest digits. Without digits the result is whole.
pub(super) fn round(value: &Value, digits: &Value) -> EvalResult<Value> {
    match (value, digits) {
        (_, Value::Null) => to_whole(value, "round", f64::round_ties_even),
        (Value::Float(number), digits) => round_float(*number, whole(digits, "round")?),
        (other, digits) => round_whole(whole(other, "round")?, whole(digits, "round")?),
    }
}

fn round_whole(number: i64, digits: i64) -> EvalResult<Value> {
    if digits >= 0 {
        return Ok(Value::Int(number));
    }
    let step = u32::try_from(-digits).ok().and_then(|zeros| 10_i128.checked_pow(zeros));
    // Without a step, half of it is beyond all numbers.
    let Some(step) = step else { return Ok(Value::Int(0)) };
    let below = i128::from(number).div_euclid(step);
    let twice_rest = 2 * i128::from(number).rem_euclid(step);
    let is_up = twice_rest > step || (twice_rest == step && below % 2 != 0);
    i64::try_from((below + i128::from(is_up)) * step).map(Value::Int).map_err(|_| too_large())
}

fn round_float(number: f64, digits: i64) -> EvalResult<Value> {
    // Beyond these digits no float has any, and below them none is left.
    if !number.is_finite() || digits > 323 {
        return Ok(Value::Float(number));
    }
    let text = match usize::try_from(digits) {
        Ok(digits) => Some(format!("{number:.digits$}")),
        Err(_) if digits < -308 => None,
        Err(_) => to_tens(number, -digits),
    };
    let rounded = text.map_or(Ok(0.0_f64.copysign(number)), |text| text.parse());
    match rounded {
        Ok(number) if number.is_finite() => Ok(Value::Float(number)),
        _ => fail("a rounded number that is too large"),
    }
}

/// Spells a number rounded to ten to the power of `zeros`; nothing if no digit is left.
fn to_tens(number: f64, zeros: i64) -> Option<String> {
    // So many digits that rounding does not change the exponent.
    let exact = format!("{number:.40e}");
    let exponent: i64 = exact.rsplit_once('e')?.1.parse().ok()?;
    match usize::try_from(exponent - zeros) {
        Ok(left) => Some(format!("{number:.left$e}")),
        Err(_) if exponent == zeros - 1 && is_above_half(number) => {
            Some(format!("{}1e{zeros}", if number < 0.0 { "-" } else { "" }))
        }
        Err(_) => None,
    }
}

/// Returns true if the digits of a number are more than a 5 and zeros.
fn is_above_half(number: f64) -> bool {
    let digits = format!("{:.800e}", number.abs());
    let mantissa = digits.split('e').next().unwrap_or_default();
    mantissa.trim_end_matches('0') > "5."
}
