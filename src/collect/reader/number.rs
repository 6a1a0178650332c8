//! JSON numbers at the beginning of a text, as fast as they can be read exactly.

use crate::collect::log_value::LogValue;

/// The powers of ten that a double holds exactly, as far as they are used.
const POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// The number of decimal digits that make an integer below 2^53, which a double holds exactly: then the
/// quotient by an exact power of ten is the nearest double to the decimal number (Clinger, "How to
/// read floating point numbers accurately", 1990).
const EXACT_DIGITS: usize = 15;

/// Reads the number at the beginning of a text; returns it and what follows it.
///
/// `None` if there is none, or one that takes a parser: a whole one of more digits than [`EXACT_DIGITS`], a minus zero
/// without a point.
pub(super) fn leading(text: &[u8]) -> Option<(LogValue, &[u8])> {
    short(text).or_else(|| long(text))
}

/// Reads a number of few digits and without an exponent.
fn short(text: &[u8]) -> Option<(LogValue, &[u8])> {
    let (sign, digits) = match text {
        [b'-', rest @ ..] => (-1, rest),
        _ => (1, text),
    };
    let (mantissa, whole) = add_digits(0, digits);
    let is_padded = whole > 1 && digits[0] == b'0';
    if whole == 0 || is_padded || whole > EXACT_DIGITS {
        return None;
    }
    let rest = &digits[whole..];
    let is_plain = |rest: &[u8], mantissa: i64| {
        let has_exponent = matches!(rest.first(), Some(b'e' | b'E'));
        !(has_exponent || (sign < 0 && mantissa == 0))
    };
    let Some(rest) = rest.strip_prefix(b".") else {
        return is_plain(rest, mantissa).then_some((LogValue::Int(sign * mantissa), rest));
    };
    let (mantissa, places) = add_digits(mantissa, rest);
    if places == 0 || whole + places > EXACT_DIGITS {
        return None;
    }
    let rest = &rest[places..];
    #[expect(clippy::cast_precision_loss, reason = "it has at most EXACT_DIGITS digits")]
    let number = (sign * mantissa) as f64 / POWERS[places];
    is_plain(rest, mantissa).then_some((LogValue::Float(number), rest))
}

/// Appends the digits at the beginning of a text to those of `start`, and counts them; of at most [`EXACT_DIGITS`] in
/// all the number is exact, of more it is not used.
fn add_digits(start: i64, text: &[u8]) -> (i64, usize) {
    let (mut value, mut len) = (start, 0);
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        value = value.wrapping_mul(10).wrapping_add(i64::from(digit));
        len += 1;
    }
    (value, len)
}

/// Reads a number with a point or an exponent.
fn long(text: &[u8]) -> Option<(LogValue, &[u8])> {
    let (whole, mut rest) = leading_digits(text.strip_prefix(b"-").unwrap_or(text));
    let mut is_whole = true;
    if whole.is_empty() || (whole[0] == b'0' && whole.len() > 1) {
        return None;
    }
    if let Some(fraction) = rest.strip_prefix(b".") {
        let (fraction, after) = leading_digits(fraction);
        (is_whole, rest) = ((!fraction.is_empty()).then_some(false)?, after);
    }
    if let Some(exponent) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let signless = exponent.strip_prefix(b"-").or_else(|| exponent.strip_prefix(b"+"));
        let (digits, after) = leading_digits(signless.unwrap_or(exponent));
        (is_whole, rest) = ((!digits.is_empty()).then_some(false)?, after);
    }
    let number = std::str::from_utf8(&text[..text.len() - rest.len()]).ok()?;
    let number: f64 = number.parse().ok().filter(|_| !is_whole)?;
    number.is_finite().then_some((LogValue::Float(number), rest))
}

fn leading_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let len = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    text.split_at(len)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Option<LogValue> {
        leading(text.as_bytes()).filter(|(_, rest)| rest.is_empty()).map(|(log_value, _)| log_value)
    }

    #[test]
    fn what_is_no_plain_number_is_left_to_others() {
        for text in ["", "-", "01", "1.", ".5", "1e", "1.e5", "-0", "1e999", "1234567890123456"] {
            assert_eq!(of(text), None, "{text}");
        }
        assert_eq!(of("0"), Some(LogValue::Int(0)));
        assert_eq!(of("-1.5E+3"), Some(LogValue::Float(-1500.0)));
        assert_eq!(leading(b"12.50, x"), Some((LogValue::Float(12.5), &b", x"[..])));
    }

    proptest! {
        #[test]
        fn a_number_is_the_one_that_json_has(
            text in "-?(0|[1-9][0-9]{0,16})(\\.[0-9]{1,16})?(e-?[0-9]{1,2})?"
        ) {
            if let Some(read) = of(&text) {
                let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
                let expected = match expected.as_i64() {
                    Some(int) => LogValue::Int(int),
                    None => LogValue::Float(expected.as_f64().unwrap()),
                };
                prop_assert_eq!(read, expected);
            }
        }
    }
}
