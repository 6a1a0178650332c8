//! The meaning of plain (unquoted) scalars: PyYAML's implicit resolvers for YAML 1.1.
//!
//! Source: `yaml/resolver.py` and `yaml/constructor.py` of PyYAML 6. The one extension is that an
//! exponent needs neither a dot before it nor a sign in it: `1e-5` and `1.0e5` are numbers.

use super::timestamp;
use crate::Value;

/// The reason why a scalar that looks like a number or a date has no meaning.
#[derive(Debug, PartialEq, Eq)]
pub enum InvalidScalar {
    /// A whole number beyond 64 bits.
    TooLarge,
    /// A date that no calendar has, such as `2001-02-30`; PyYAML refuses to load it.
    NoDate,
}

use InvalidScalar::{NoDate, TooLarge};

/// Returns the meaning of a plain scalar.
///
/// # Errors
///
/// When it looks like a number or a date and has no meaning.
pub fn plain(text: &str) -> Result<Value, InvalidScalar> {
    if let Some(known) = word(text) {
        return Ok(known);
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
        return Ok(Value::Str(text.to_owned()));
    }
    if let Some(float) = float(text) {
        return Ok(Value::Float(float));
    }
    if let Some(int) = int(text) {
        return int.map(Value::Int);
    }
    match timestamp::parse(text) {
        Some(true) => return Ok(Value::Timestamp(text.to_owned())),
        Some(false) => return Err(NoDate),
        None => {}
    }
    Ok(Value::Str(text.to_owned()))
}

fn word(text: &str) -> Option<Value> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Some(Value::Null),
        _ => boolean(text).map(Value::Bool),
    }
}

/// Returns the truth value that YAML 1.1 gives to a word.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn unsigned(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn is_digits(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}

/// Returns the number, if and only if the scalar is a YAML 1.1 float or our extension of it.
pub(super) fn float(text: &str) -> Option<f64> {
    match text {
        ".nan" | ".NaN" | ".NAN" => return Some(f64::NAN),
        _ => {}
    }
    let (negative, body) = unsigned(text);
    let signed = |f: f64| if negative { -f } else { f };
    if matches!(body, ".inf" | ".Inf" | ".INF") {
        return Some(signed(f64::INFINITY));
    }
    if body.contains(':') {
        return sexagesimal_float(body).map(signed);
    }
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    if !exponent.is_none_or(is_exponent) || !is_mantissa(mantissa, text, exponent.is_some()) {
        return None;
    }
    body.replace('_', "").parse().ok().map(signed)
}

fn is_exponent(text: &str) -> bool {
    let digits = unsigned(text).1;
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// `12.`, `1_2.5`, `.5` (which takes no sign), and before an exponent `12` as well.
fn is_mantissa(mantissa: &str, whole: &str, has_exponent: bool) -> bool {
    let Some((before, after)) = mantissa.split_once('.') else {
        return has_exponent && is_digits(mantissa);
    };
    if before.is_empty() {
        return is_digits(after) && whole.starts_with('.');
    }
    is_digits(before) && after.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}

/// `1:30.5` is 90.5.
fn sexagesimal_float(body: &str) -> Option<f64> {
    let (head, fraction) = body.split_once('.')?;
    if !fraction.bytes().all(|b| b.is_ascii_digit() || b == b'_') || !is_sexagesimal(head) {
        return None;
    }
    let digits = body.replace('_', "");
    let mut total = 0.0;
    for part in digits.split(':') {
        total = total * 60.0 + part.parse::<f64>().ok()?;
    }
    Some(total)
}

/// `12`, `12:3`, `12:30:00`: the places after the first hold 0 to 59.
fn is_sexagesimal(text: &str) -> bool {
    let mut parts = text.split(':');
    let first = parts.next().is_some_and(is_digits);
    let mut rest = parts.peekable();
    first
        && rest.peek().is_some()
        && rest.all(|part| match part.as_bytes() {
            [unit] => unit.is_ascii_digit(),
            [ten, unit] => (b'0'..=b'5').contains(ten) && unit.is_ascii_digit(),
            _ => false,
        })
}

/// Returns the number of a YAML 1.1 integer; an error if it is beyond 64 bits.
pub(super) fn int(text: &str) -> Option<Result<i64, InvalidScalar>> {
    let (negative, body) = unsigned(text);
    let signed = |magnitude: i128| {
        i64::try_from(if negative { -magnitude } else { magnitude }).map_err(|_| TooLarge)
    };
    magnitude(body).map(|magnitude| magnitude.and_then(signed))
}

/// Returns the number of a scalar whose sign was removed.
fn magnitude(body: &str) -> Option<Result<i128, InvalidScalar>> {
    if !body.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let digits = body.replace('_', "");
    let radix = |prefix: &str, radix: u32| {
        let digits = digits.strip_prefix(prefix)?;
        let all = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
        all.then(|| i128::from_str_radix(digits, radix).map_err(|_| TooLarge))
    };
    if let Some(number) = radix("0b", 2).or_else(|| radix("0x", 16)) {
        return Some(number);
    }
    if body.starts_with('0') {
        return radix("", 8);
    }
    if is_sexagesimal(body) {
        let sum = |total: i128, part: &str| {
            total.checked_mul(60)?.checked_add(part.parse::<i128>().ok()?)
        };
        return Some(digits.split(':').try_fold(0, sum).ok_or(TooLarge));
    }
    if is_digits(body) { radix("", 10) } else { None }
}
