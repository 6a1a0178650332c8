//! Lists of values that calls make: ranges, in order, of another type.

use crate::Value;

/// The most values of a range.
const MOST_VALUES: i64 = 100_000;

/// Rounds a number to twelve digits, as a person would write what a computation gave.
pub(in crate::config) fn short(number: f64) -> f64 {
    format!("{number:.11e}").parse().unwrap_or(number)
}

/// Returns the numbers from one to before another.
pub(super) fn range(from: &Value, to: &Value, step: &Value) -> Result<Vec<Value>, String> {
    let fault = || format!("a range with no values or more than {MOST_VALUES}");
    let exact = match (from, to, step) {
        (Value::Int(from), Value::Int(to), Value::Int(step)) => Some((*from, *to, *step)),
        _ => None,
    };
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    let (low, high, width) = (number(from), number(to), number(step));
    // Within rounding the end itself is not reached.
    let count = ((high - low) / width - 1e-9).ceil();
    #[expect(clippy::cast_precision_loss, reason = "a small constant")]
    if !(count >= 1.0 && count <= MOST_VALUES as f64) {
        return Err(fault());
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked: at most 100,000")]
    let count = count as i64;
    let value = |number: i64| match exact {
        Some((from, _, step)) => step.checked_mul(number)?.checked_add(from).map(Value::Int),
        #[expect(clippy::cast_precision_loss, reason = "at most 100,000")]
        None => Some(Value::Float(short(low + number as f64 * width))),
    };
    (0..count).map(value).collect::<Option<_>>().ok_or_else(fault)
}

/// Puts values into an order that looks like none and is always the same.
pub(super) fn shuffled(mut values: Vec<Value>) -> Vec<Value> {
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    for last in (1..values.len()).rev() {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from((u128::from(state) * (last as u128 + 1)) >> 64).unwrap_or(0);
        values.swap(last, other);
    }
    values
}

pub(super) fn sorted(mut values: Vec<Value>, is_reverse: bool) -> Result<Vec<Value>, String> {
    let numbers: Option<Vec<f64>> = values.iter().map(Value::as_f64).collect();
    let texts = values.iter().all(|value| matches!(value, Value::Str(_)));
    if numbers.is_some() {
        let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
        values.sort_by(|a, b| number(a).total_cmp(&number(b)));
    } else if texts {
        let text = |value: &Value| match value {
            Value::Str(text) => text.clone(),
            _ => String::new(),
        };
        values.sort_by_key(text);
    } else {
        return Err("values can be sorted only if all are numbers or all are text".to_owned());
    }
    if is_reverse {
        values.reverse();
    }
    Ok(values)
}

pub(super) fn cast(value: &Value, kind: &str) -> Result<Value, String> {
    let text = crate::python::text(value);
    let wrong = || format!("`{text}` is not a {kind}");
    match (kind, value) {
        ("str", _) => Ok(Value::Str(text)),
        ("float", Value::Str(text)) => text.parse().map(Value::Float).map_err(|_| wrong()),
        ("float", _) => value.as_f64().map(Value::Float).ok_or_else(wrong),
        ("int", Value::Str(text)) => text.parse().map(Value::Int).map_err(|_| wrong()),
        ("int", Value::Bool(flag)) => Ok(Value::Int(i64::from(*flag))),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "within 2^53, and the fraction goes, as in Python"
        )]
        ("int", _) => value
            .as_f64()
            .filter(|f| f.abs() < 9e15)
            .map(|f| Value::Int(f as i64))
            .ok_or_else(wrong),
        (_, Value::Bool(_)) => Ok(value.clone()),
        (_, Value::Int(number)) => Ok(Value::Bool(*number != 0)),
        _ => Err(wrong()),
    }
}
