//! Truth, order, containment and indices of values, with Python's meaning.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::arithmetic::{is_whole, whole};
use super::error::{EvalError, EvalResult, fail};
use super::tree::ComparisonOperator;
use crate::Value;

/// Returns Python's truth of a value.
pub(super) fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Int(number) => *number != 0,
        Value::Float(number) => *number != 0.0,
        Value::Str(text) | Value::Timestamp(text) => !text.is_empty(),
        Value::List(items) => !items.is_empty(),
        Value::Map(map) => !map.is_empty(),
        Value::Keyed(entries) => !entries.is_empty(),
    }
}

/// True if the value counts as a number.
pub(super) fn is_number(value: &Value) -> bool {
    is_whole(value) || matches!(value, Value::Float(_))
}

/// True if a comparison of two values holds.
pub(super) fn holds(comparison: ComparisonOperator, a: &Value, b: &Value) -> EvalResult<bool> {
    Ok(match comparison {
        ComparisonOperator::Equal => equal(a, b),
        ComparisonOperator::NotEqual => !equal(a, b),
        ComparisonOperator::In => contains(b, a)?,
        ComparisonOperator::NotIn => !contains(b, a)?,
        ComparisonOperator::Less => order(a, b)? == Some(Ordering::Less),
        ComparisonOperator::Greater => order(a, b)? == Some(Ordering::Greater),
        ComparisonOperator::LessEqual => {
            matches!(order(a, b)?, Some(Ordering::Less | Ordering::Equal))
        }
        ComparisonOperator::GreaterEqual => {
            matches!(order(a, b)?, Some(Ordering::Greater | Ordering::Equal))
        }
    })
}

/// True if two values are equal, as Python has it: `1 == 1.0`.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (a, b) if is_number(a) && is_number(b) => compare_numbers(a, b) == Some(Ordering::Equal),
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Map(a), Value::Map(b)) => {
            let has_equal =
                |(key, value): (&String, &Value)| b.get(key).is_some_and(|b| equal(value, b));
            a.len() == b.len() && a.iter().all(has_equal)
        }
        (a, b) => a == b,
    }
}

/// Compares numbers exactly, also a whole number with a float; nothing if one is not-a-number.
#[expect(clippy::cast_possible_truncation, reason = "checked: within 64 bits")]
pub(super) fn compare_numbers(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Float(_), _) => compare_numbers(b, a).map(Ordering::reverse),
        (a, Value::Float(b)) => {
            let a = whole(a, "<").ok()?;
            if b.is_nan() {
                return None;
            }
            // Beyond 64 bits the sign decides; within, the whole part, then the fraction.
            if b.abs() >= 9.3e18 {
                return Some(if *b > 0.0 { Ordering::Less } else { Ordering::Greater });
            }
            let below = b.floor();
            let whole_part = i128::from(a).cmp(&(below as i128));
            Some(whole_part.then(if below < *b { Ordering::Less } else { Ordering::Equal }))
        }
        (a, b) => Some(whole(a, "<").ok()?.cmp(&whole(b, "<").ok()?)),
    }
}

/// Compares two values; nothing if one of them is not-a-number.
///
/// # Errors
///
/// When values of their kinds have no order.
pub(super) fn order(a: &Value, b: &Value) -> EvalResult<Option<Ordering>> {
    match (a, b) {
        (a, b) if is_number(a) && is_number(b) => Ok(compare_numbers(a, b)),
        (Value::Str(a), Value::Str(b)) => Ok(Some(a.cmp(b))),
        (Value::List(a), Value::List(b)) => {
            let different = a.iter().zip(b).find(|(a, b)| !equal(a, b));
            different.map_or(Ok(Some(a.len().cmp(&b.len()))), |(a, b)| order(a, b))
        }
        _ => fail(format!("{} and {} cannot be compared", a.kind(), b.kind())),
    }
}

/// True if a list has the item, a text the part, or a mapping the key.
fn contains(all: &Value, one: &Value) -> EvalResult<bool> {
    match (all, one) {
        (Value::List(items), one) => Ok(items.iter().any(|item| equal(item, one))),
        (Value::Str(text), Value::Str(part)) => Ok(text.contains(part.as_str())),
        (Value::Map(map), Value::Str(key)) => Ok(map.contains_key(key)),
        (Value::Map(_), _) => Ok(false),
        (Value::Keyed(entries), one) => Ok(entries.iter().any(|(key, _)| equal(key, one))),
        (other, _) => fail(format!("{} cannot contain anything", other.kind())),
    }
}

/// Returns the item of a list, character of a text or value of a mapping.
pub(super) fn index<'a>(all: Cow<'a, Value>, place: &Value) -> EvalResult<Cow<'a, Value>> {
    let missing = || EvalError(format!("there is no item {}", place.to_json()));
    let pick = |length: usize| -> EvalResult<usize> {
        let index = i128::from(whole(place, "[]")?);
        let from_start = if index < 0 { index + length as i128 } else { index };
        usize::try_from(from_start).ok().filter(|&i| i < length).ok_or_else(missing)
    };
    match (all, place) {
        (Cow::Borrowed(Value::List(items)), _) => Ok(Cow::Borrowed(&items[pick(items.len())?])),
        (Cow::Owned(Value::List(mut items)), _) => {
            let i = pick(items.len())?;
            Ok(Cow::Owned(items.swap_remove(i)))
        }
        (Cow::Borrowed(Value::Map(map)), Value::Str(key)) => {
            map.get(key).map(Cow::Borrowed).ok_or_else(missing)
        }
        (Cow::Borrowed(Value::Keyed(entries)), key) => {
            let entry = entries.iter().find(|(name, _)| equal(name, key));
            entry.map(|(_, value)| Cow::Borrowed(value)).ok_or_else(missing)
        }
        (all, _) => match &*all {
            Value::Str(text) => {
                let i = pick(text.chars().count())?;
                Ok(Cow::Owned(Value::Str(text.chars().skip(i).take(1).collect())))
            }
            other => fail(format!("`[]` does not work on {}", other.kind())),
        },
    }
}
