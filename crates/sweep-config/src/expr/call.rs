//! Calls of functions, with Python's meaning.

use std::cmp::Ordering;

use super::arithmetic::{binary, float, whole};
use super::comparison::{is_number, order, truth};
use super::digits;
use super::error::{EvalResult, fail, too_large};
use super::function::ExprFunction;
use super::number_text;
use super::rounding::{round, to_whole};
use super::tree::BinaryOperator;
use crate::{Value, python};

/// Calls a function with arguments of which it takes so many ([`ExprFunction::check_arity`]).
pub(super) fn call(function: ExprFunction, arguments: &[&Value]) -> EvalResult<Value> {
    let name = function.name();
    match (function, arguments) {
        (_, []) => fail(format!("`{name}` of nothing")),
        (ExprFunction::Max, [_, _, ..]) => {
            extreme(name, arguments.iter().copied(), Ordering::Greater)
        }
        (ExprFunction::Min, [_, _, ..]) => extreme(name, arguments.iter().copied(), Ordering::Less),
        (ExprFunction::Log, [number, base, ..]) => {
            logarithm(positive(number, name)?, positive(base, name)?)
        }
        (ExprFunction::Round, [number, digits, ..]) => round(number, digits),
        (_, [value, ..]) => call_with_one(function, value),
    }
}

/// Returns the items of a list.
fn items<'a>(name: &str, value: &'a Value) -> EvalResult<&'a [Value]> {
    match value {
        Value::List(items) => Ok(items),
        other => fail(format!("`{name}` is of a list, not of {}", other.kind())),
    }
}

/// Returns the first of the values than which no other one is greater (or less, as `wanted` says).
fn extreme<'v>(
    name: &str,
    mut values: impl Iterator<Item = &'v Value>,
    wanted: Ordering,
) -> EvalResult<Value> {
    let Some(mut best) = values.next() else { return fail(format!("`{name}` of nothing")) };
    for value in values {
        if order(value, best)? == Some(wanted) {
            best = value;
        }
    }
    Ok(best.clone())
}

/// Calls a function with one argument.
fn call_with_one(function: ExprFunction, value: &Value) -> EvalResult<Value> {
    let name = function.name();
    match function {
        ExprFunction::Abs => match value {
            Value::Float(number) => Ok(Value::Float(number.abs())),
            other => whole(other, name)?.checked_abs().map(Value::Int).ok_or_else(too_large),
        },
        ExprFunction::All => Ok(Value::Bool(items(name, value)?.iter().all(truth))),
        ExprFunction::Any => Ok(Value::Bool(items(name, value)?.iter().any(truth))),
        ExprFunction::Len => length(value).map(count),
        ExprFunction::Max => extreme(name, items(name, value)?.iter(), Ordering::Greater),
        ExprFunction::Min => extreme(name, items(name, value)?.iter(), Ordering::Less),
        ExprFunction::Sum => sum(items(name, value)?),
        ExprFunction::Prod => {
            items(name, value)?.iter().try_fold(Value::Int(1), |product, item| {
                binary(BinaryOperator::Multiply, &product, item)
            })
        }
        ExprFunction::Monotone => rises(items(name, value)?, |step| step != Ordering::Greater),
        ExprFunction::Increasing => rises(items(name, value)?, |step| step == Ordering::Less),
        ExprFunction::Float => to_float(value),
        ExprFunction::Int => match value {
            Value::Str(text) => number_text::whole(text).map(Value::Int),
            other => to_whole(other, name, f64::trunc),
        },
        ExprFunction::Floor => to_whole(value, name, f64::floor),
        ExprFunction::Ceil => to_whole(value, name, f64::ceil),
        ExprFunction::Round => round(value, &Value::Null),
        ExprFunction::Log => positive(value, name).map(digits::log).map(Value::Float),
        ExprFunction::Log2 => positive(value, name).map(digits::log2).map(Value::Float),
        ExprFunction::Log10 => positive(value, name).map(digits::log10).map(Value::Float),
        ExprFunction::Sqrt => match float(value, name)? {
            number if number < 0.0 => fail("the root of a negative number"),
            number => Ok(Value::Float(number.sqrt())),
        },
        ExprFunction::Str => Ok(Value::Str(python::text(value))),
        ExprFunction::Exp => exponential(float(value, name)?),
    }
}

/// Returns the logarithm of a number to a base.
fn logarithm(number: f64, base: f64) -> EvalResult<Value> {
    match digits::log(base) {
        0.0 => fail("a logarithm to the base 1"),
        divisor => Ok(Value::Float(digits::log(number) / divisor)),
    }
}

fn exponential(exponent: f64) -> EvalResult<Value> {
    match digits::exp(exponent) {
        power if power.is_infinite() && exponent.is_finite() => {
            fail("an exponential that is too large")
        }
        power => Ok(Value::Float(power)),
    }
}

/// Returns the length of a text, mapping or list.
fn length(value: &Value) -> EvalResult<usize> {
    match value {
        Value::Str(text) => Ok(text.chars().count()),
        Value::Map(map) => Ok(map.len()),
        Value::Keyed(entries) => Ok(entries.len()),
        other => Ok(items(ExprFunction::Len.name(), other)?.len()),
    }
}

/// Adds the items of a list, which must be numbers.
fn sum(items: &[Value]) -> EvalResult<Value> {
    items.iter().try_fold(Value::Int(0), |sum, item| {
        if is_number(item) {
            binary(BinaryOperator::Add, &sum, item)
        } else {
            fail(format!("`sum` of {}", item.kind()))
        }
    })
}

/// Returns a number, or the number that a text spells, as a float.
fn to_float(value: &Value) -> EvalResult<Value> {
    let number = match value {
        Value::Str(text) => number_text::float(text)?,
        other => float(other, ExprFunction::Float.name())?,
    };
    Ok(Value::Float(number))
}

fn count(number: usize) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

/// Returns whether `is_right` holds for each step from one item to the next.
fn rises(items: &[Value], is_right: impl Fn(Ordering) -> bool) -> EvalResult<Value> {
    for pair in items.windows(2) {
        if !order(&pair[0], &pair[1])?.is_some_and(&is_right) {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
}

/// Returns a number above 0.
fn positive(value: &Value, name: &str) -> EvalResult<f64> {
    match float(value, name)? {
        number if number <= 0.0 => fail(format!("`{name}` of a number that is not positive")),
        number => Ok(number),
    }
}
