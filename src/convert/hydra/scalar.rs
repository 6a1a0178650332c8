//! The types of words in overrides, by the lexer of Hydra: `yes` and `0x10` are text there (pure).

use sweep_config::Value;

/// Returns the value of a word without quotes.
pub(super) fn value(word: &str) -> Value {
    let lower = word.to_ascii_lowercase();
    match lower.as_str() {
        "null" => return Value::Null,
        "true" => return Value::Bool(true),
        "false" => return Value::Bool(false),
        _ => {}
    }
    let digits = word.strip_prefix(['+', '-']).unwrap_or(word);
    let is_negative = word.starts_with('-');
    match digits.to_ascii_lowercase().as_str() {
        "inf" => return Value::Float(if is_negative { f64::NEG_INFINITY } else { f64::INFINITY }),
        "nan" => return Value::Float(f64::NAN),
        _ => {}
    }
    let plain = word.replace('_', "");
    if is_whole(digits)
        && let Ok(number) = plain.parse::<i64>()
    {
        return Value::Int(number);
    }
    if is_float(digits)
        && let Ok(number) = plain.parse::<f64>()
    {
        return Value::Float(number);
    }
    Value::Str(word.to_owned())
}

/// Returns true for digits that an underscore may part.
fn is_digits(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_ascii_digit())
        && !text.contains("__")
        && text.chars().all(|c| c.is_ascii_digit() || c == '_')
}

/// Returns true for a whole number without a zero before it.
fn is_whole(text: &str) -> bool {
    is_digits(text) && (text == "0" || !text.starts_with('0'))
}

/// Returns true for a number with a point or an exponent.
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let is_exponent =
        exponent.is_none_or(|text| is_digits(text.strip_prefix(['+', '-']).unwrap_or(text)));
    let is_mantissa = match mantissa.split_once('.') {
        Some(("", after)) => is_digits(after),
        Some((before, "")) => is_whole(before),
        Some((before, after)) => is_whole(before) && is_digits(after),
        None => exponent.is_some() && is_whole(mantissa),
    };
    is_exponent && is_mantissa
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_the_types_of_hydra() {
        for word in [
            "yes",
            "on",
            "010",
            "0x10",
            "12:30",
            "2020-01-01",
            "1__0",
            "1_",
            "1e",
            ".",
            "~",
            "-",
            "00",
            "1.2.3",
        ] {
            assert_eq!(value(word), Value::Str(word.to_owned()), "{word}");
        }
        for (word, right) in [
            ("1_000", Value::Int(1000)),
            ("-3", Value::Int(-3)),
            ("0", Value::Int(0)),
            ("1e-3", Value::Float(0.001)),
            (".5", Value::Float(0.5)),
            ("1.", Value::Float(1.0)),
            ("+1.5E+2", Value::Float(150.0)),
            ("NULL", Value::Null),
            ("True", Value::Bool(true)),
            ("-inf", Value::Float(f64::NEG_INFINITY)),
        ] {
            assert_eq!(value(word), right, "{word}");
        }
    }
}
