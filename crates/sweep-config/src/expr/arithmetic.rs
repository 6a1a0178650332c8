//! Arithmetic with Python's meaning: whole numbers of 64 bits, beyond which is an error, and floats.

use super::digits;
use super::error::{EvalResult, fail, too_large};
use super::tree::BinaryOperator;
use crate::Value;

/// The greatest number of items or bytes of a list or text that an expression makes.
const MAX_ITEMS: usize = 100_000;

/// Returns a value as a whole number; true is 1, as in Python.
pub(super) fn whole(value: &Value, operator: &str) -> EvalResult<i64> {
    match value {
        Value::Int(number) => Ok(*number),
        Value::Bool(flag) => Ok(i64::from(*flag)),
        other => fail(format!("`{operator}` does not work on {}", other.kind())),
    }
}

/// Returns a value as a number; true is 1, as in Python.
pub(super) fn float(value: &Value, operator: &str) -> EvalResult<f64> {
    match value {
        Value::Float(number) => Ok(*number),
        #[expect(clippy::cast_precision_loss, reason = "as Python, which rounds to nearest, too")]
        other => whole(other, operator).map(|number| number as f64),
    }
}

/// True if the value counts as a whole number.
pub(super) fn is_whole(value: &Value) -> bool {
    matches!(value, Value::Int(_) | Value::Bool(_))
}

/// Subtracts whole numbers.
pub(super) fn subtract(a: i64, b: i64) -> EvalResult<Value> {
    a.checked_sub(b).map(Value::Int).ok_or_else(too_large)
}

/// Applies an operator of arithmetic.
pub(super) fn binary(operator: BinaryOperator, a: &Value, b: &Value) -> EvalResult<Value> {
    if operator == BinaryOperator::Add
        && let Some(joined) = join(a, b)?
    {
        return Ok(joined);
    }
    if operator == BinaryOperator::Multiply
        && let Some(repeated) = repeat(a, b)?
    {
        return Ok(repeated);
    }
    let symbol = match operator {
        BinaryOperator::Add => "+",
        BinaryOperator::Subtract => "-",
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
        BinaryOperator::FloorDivide => "//",
        BinaryOperator::Modulo => "%",
        BinaryOperator::Power => "**",
    };
    if is_whole(a) && is_whole(b) {
        wholes(operator, whole(a, symbol)?, whole(b, symbol)?)
    } else {
        floats(operator, float(a, symbol)?, float(b, symbol)?)
    }
}

/// Appends a text or list to another; nothing for other values.
fn join(a: &Value, b: &Value) -> EvalResult<Option<Value>> {
    Ok(match (a, b) {
        (Value::Str(a), Value::Str(b)) => {
            if a.len() + b.len() > MAX_ITEMS {
                return fail("text that is too long");
            }
            Some(Value::Str(format!("{a}{b}")))
        }
        (Value::List(a), Value::List(b)) => {
            if a.len() + b.len() > MAX_ITEMS {
                return fail("a list that is too long");
            }
            Some(Value::List(a.iter().chain(b).cloned().collect()))
        }
        (Value::Str(_), other) | (other, Value::Str(_)) => {
            let kind = other.kind();
            return fail(format!("`+` joins text only with text, not with {kind}: use `str(…)`"));
        }
        _ => None,
    })
}

/// Repeats a text or list a whole number of times, `[8] * depth`; nothing for other values.
fn repeat(a: &Value, b: &Value) -> EvalResult<Option<Value>> {
    let (items, times) = match (a, b) {
        (items @ (Value::Str(_) | Value::List(_)), times)
        | (times, items @ (Value::Str(_) | Value::List(_)))
            if is_whole(times) =>
        {
            (items, usize::try_from(whole(times, "*")?).unwrap_or(0))
        }
        _ => return Ok(None),
    };
    let is_too_long = |length: usize| length.checked_mul(times).is_none_or(|all| all > MAX_ITEMS);
    Ok(match items {
        Value::Str(text) if is_too_long(text.len()) => return fail("text that is too long"),
        Value::Str(text) => Some(Value::Str(text.repeat(times))),
        Value::List(items) if is_too_long(items.len()) => return fail("a list that is too long"),
        Value::List(items) => {
            Some(Value::List(std::iter::repeat_n(items, times).flatten().cloned().collect()))
        }
        _ => None,
    })
}

fn wholes(operator: BinaryOperator, a: i64, b: i64) -> EvalResult<Value> {
    if b == 0 && matches!(operator, BinaryOperator::FloorDivide | BinaryOperator::Modulo) {
        return fail("division by zero");
    }
    let number = match operator {
        BinaryOperator::Add => a.checked_add(b),
        BinaryOperator::Subtract => a.checked_sub(b),
        BinaryOperator::Multiply => a.checked_mul(b),
        BinaryOperator::FloorDivide => {
            let rest = a.checked_rem(b).unwrap_or(0);
            let down = rest != 0 && (rest < 0) != (b < 0);
            a.checked_div(b).map(|quotient| quotient - i64::from(down))
        }
        BinaryOperator::Modulo => {
            let rest = a.checked_rem(b).unwrap_or(0);
            Some(if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest })
        }
        BinaryOperator::Power if b >= 0 => match u32::try_from(b) {
            Ok(exponent) => a.checked_pow(exponent),
            // So large an exponent leaves only these in 64 bits.
            Err(_) => match a {
                0 | 1 => Some(a),
                -1 => Some(if b % 2 == 0 { 1 } else { -1 }),
                _ => None,
            },
        },
        BinaryOperator::Divide => return divide(a, b),
        #[expect(clippy::cast_precision_loss, reason = "as Python")]
        BinaryOperator::Power => return floats(operator, a as f64, b as f64),
    };
    number.map(Value::Int).ok_or_else(too_large)
}

/// Returns the float that is nearest to the quotient of two whole numbers.
#[expect(
    clippy::cast_precision_loss,
    reason = "floats have the numbers up to 2^53; the others are rounded once"
)]
fn divide(a: i64, b: i64) -> EvalResult<Value> {
    if b == 0 {
        return fail("division by zero");
    }
    let is_exact = |number: i64| number.unsigned_abs() <= 1 << 53;
    if a == 0 || (is_exact(a) && is_exact(b)) {
        return Ok(Value::Float(a as f64 / b as f64));
    }
    // Enough digits for any rounding, with a last one that says whether there are more.
    let zeros = u128::from(a.unsigned_abs()).leading_zeros();
    let (long, divisor) = (u128::from(a.unsigned_abs()) << zeros, u128::from(b.unsigned_abs()));
    let quotient = (long / divisor) | u128::from(long % divisor != 0);
    let size = quotient as f64 / 2.0_f64.powi(zeros.cast_signed());
    Ok(Value::Float(if (a < 0) == (b < 0) { size } else { -size }))
}

fn floats(operator: BinaryOperator, a: f64, b: f64) -> EvalResult<Value> {
    let divides = matches!(
        operator,
        BinaryOperator::Divide | BinaryOperator::FloorDivide | BinaryOperator::Modulo
    );
    if divides && b == 0.0 {
        return fail("division by zero");
    }
    let number = match operator {
        BinaryOperator::Add => a + b,
        BinaryOperator::Subtract => a - b,
        BinaryOperator::Multiply => a * b,
        BinaryOperator::Divide => a / b,
        BinaryOperator::FloorDivide => floor_divide(a, b).0,
        BinaryOperator::Modulo => floor_divide(a, b).1,
        BinaryOperator::Power => power(a, b)?,
    };
    Ok(Value::Float(number))
}

/// Returns quotient and remainder as Python has them: the remainder has the sign of the divisor
/// (`float_divmod` of Python's C sources).
fn floor_divide(a: f64, b: f64) -> (f64, f64) {
    let mut rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest == 0.0 {
        rest = 0.0_f64.copysign(b);
    } else if (b < 0.0) != (rest < 0.0) {
        rest += b;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0.0_f64.copysign(a / b), rest);
    }
    let floor = quotient.floor();
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, rest)
}

fn power(a: f64, b: f64) -> EvalResult<f64> {
    if a == 0.0 && b < 0.0 && b.is_finite() {
        return fail("zero to a negative power");
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b.fract() != 0.0 {
        return fail("a fractional power of a negative number, which is a complex one");
    }
    let power = digits::pow(a, b);
    if power.is_infinite() && a.is_finite() && b.is_finite() {
        return fail("a power that is too large");
    }
    Ok(power)
}
