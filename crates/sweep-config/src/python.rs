//! Values as Python's `str` and `repr` spell them: `OPTIM.BASE_LR 0.5 MODEL.WIDTHS [16, 32]`.
//!
//! Descriptions of candidates are spelt so, since pycls does so: whoever compares two sweeps, or
//! searches an old one for `5e-05`, finds the same text.

use std::fmt::Write;

use crate::Value;

/// Describes a candidate: each parameter and its value, separated by spaces.
#[must_use]
pub fn describe<'a>(values: impl Iterator<Item = (&'a str, &'a Value)>) -> String {
    let mut text = String::new();
    for (param, value) in values {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(param);
        text.push(' ');
        push_str(&mut text, value);
    }
    text
}

/// Returns Python's `str` of a value.
#[must_use]
pub fn text(value: &Value) -> String {
    let mut text = String::new();
    push_str(&mut text, value);
    text
}

/// Returns Python's `repr` of a value, by which values of different types differ.
#[must_use]
pub fn repr(value: &Value) -> String {
    let mut text = String::new();
    push_repr(&mut text, value);
    text
}

/// Appends the `str` of a value: as [`push_repr`], but text stands bare.
fn push_str(out: &mut String, value: &Value) {
    match value {
        Value::Str(text) => out.push_str(text),
        _ => push_repr(out, value),
    }
}

/// Appends the `repr` of a value: as Python code; a date, which has no short code, stands as it was spelt.
fn push_repr(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Int(number) => push(out, format_args!("{number}")),
        Value::Float(number) => push_float(out, *number),
        Value::Str(text) => push_quoted(out, text),
        Value::Timestamp(text) => out.push_str(text),
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                push_repr(out, item);
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            for (i, (key, item)) in map.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                push_quoted(out, key);
                out.push_str(": ");
                push_repr(out, item);
            }
            out.push('}');
        }
        Value::Keyed(entries) => {
            out.push('{');
            for (i, (key, item)) in entries.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                push_repr(out, key);
                out.push_str(": ");
                push_repr(out, item);
            }
            out.push('}');
        }
    }
}

fn push(out: &mut String, text: std::fmt::Arguments) {
    out.write_fmt(text).expect("a string takes all text");
}

/// Appends the shortest digits that read back as the number, with an exponent below 1e-4 and from 1e16 on.
fn push_float(out: &mut String, number: f64) {
    if number.is_nan() {
        return out.push_str("nan");
    }
    let size = number.abs();
    if number.is_infinite() {
        out.push_str(if number > 0.0 { "inf" } else { "-inf" });
    } else if size != 0.0 && !(1e-4..1e16).contains(&size) {
        // Rust writes `5e-5`; Python gives the exponent a sign and two digits at least.
        let text = half_to_even(number, format!("{number:e}"));
        let (digits, exponent) = text.split_once('e').expect("`{:e}` writes an exponent");
        let exponent: i32 = exponent.parse().expect("an exponent of a float");
        let sign = if exponent < 0 { '-' } else { '+' };
        push(out, format_args!("{digits}e{sign}{:02}", exponent.unsigned_abs()));
    } else {
        out.push_str(&half_to_even(number, format!("{number:?}")));
    }
}

/// Replaces the shortest digits of a number by those that Python chooses where two of that length are as near to it:
/// its last digit is even, Rust's the greater one.
fn half_to_even(number: f64, shortest: String) -> String {
    if !may_be_half(number) {
        return shortest;
    }
    let mantissa = shortest.split('e').next().unwrap_or_default();
    let decimals = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let rounded = if mantissa.len() < shortest.len() {
        format!("{number:.decimals$e}")
    } else {
        format!("{number:.decimals$}")
    };
    if rounded.parse() == Ok(number) { rounded } else { shortest }
}

/// Returns false if the number has more digits than the 18 of which the shortest 17 can leave out a last 5.
fn may_be_half(number: f64) -> bool {
    let bits = number.to_bits();
    let fraction_bits = 52 - i64::from((bits & ((1 << 52) - 1)).trailing_zeros()).min(52);
    let exponent = i64::try_from(bits >> 52 & 0x7ff).unwrap_or_default() - 1023;
    // A number of n bits, of which f are behind the point, has about n log(2) + f log(5) digits.
    let decimals = (fraction_bits - exponent).max(0);
    fraction_bits * 30_103 + decimals * 69_897 <= 1_900_000
}

/// Appends text in single quotes, or in double ones where that saves a backslash.
fn push_quoted(out: &mut String, text: &str) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            _ if c == quote => push(out, format_args!("\\{c}")),
            _ if is_printable(c) => out.push(c),
            _ => match u32::from(c) {
                code @ 0..0x100 => push(out, format_args!("\\x{code:02x}")),
                code @ 0x100..0x1_0000 => push(out, format_args!("\\u{code:04x}")),
                code => push(out, format_args!("\\U{code:08x}")),
            },
        }
    }
    out.push(quote);
}

/// Returns true if Python's `repr` leaves the character as it is.
///
/// Rust's `escape_debug` follows the same rule of Unicode, but escapes a combining mark too unless
/// it has a letter to stand on: hence the `a`.
fn is_printable(c: char) -> bool {
    c.is_ascii_graphic()
        || c == ' '
        || (!c.is_ascii() && !['a', c].iter().collect::<String>().escape_debug().any(|e| e == '{'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Map;

    #[test]
    fn numbers_are_spelt_as_python_spells_them() {
        let spelt = [
            (1.395_840_516_4, "1.3958405164"),
            (5e-5, "5e-05"),
            (1.5e-7, "1.5e-07"),
            (1e-4, "0.0001"),
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (774_760_478_938_051.2, "774760478938051.2"),
            (774_760_478_938_051.8, "774760478938051.8"),
            (1_073_741_824.003_906_2, "1073741824.0039062"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.25e22, "1.25e+22"),
            (1e-300, "1e-300"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ];
        for (number, text) in spelt {
            assert_eq!(super::text(&Value::Float(number)), text);
        }
        assert_eq!(super::text(&Value::Int(-12)), "-12");
    }

    #[test]
    fn text_is_bare_on_its_own_and_quoted_in_a_list() {
        let list = |text: &str| super::text(&Value::List(vec![Value::Str(text.to_owned())]));
        assert_eq!(super::text(&Value::Str("it's".into())), "it's");
        assert_eq!(list("plain"), "['plain']");
        assert_eq!(list("it's"), "[\"it's\"]");
        assert_eq!(list("it's \"so\""), "['it\\'s \"so\"']");
        assert_eq!(list("a\nb\\\u{7f}"), "['a\\nb\\\\\\x7f']");
        assert_eq!(list("é e\u{301} \u{a0} \u{200b} {"), "['é e\u{301} \\xa0 \\u200b {']");
    }

    #[test]
    fn a_description_names_each_parameter_and_its_value() {
        let params = ["A.B", "C", "D"];
        let map = Map::from_iter([("k".to_owned(), Value::Bool(true))]);
        let values = [
            Value::List(vec![Value::Int(16), Value::List(vec![]), Value::Null]),
            Value::Map(map),
            Value::Bool(false),
        ];
        let text = describe(params.into_iter().zip(&values));
        assert_eq!(text, "A.B [16, [], None] C {'k': True} D False");
        assert_eq!(describe(std::iter::empty()), "");
    }
}
