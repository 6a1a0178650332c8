//! The numbers of a range with a step, as NumPy counts them (pure).

use sweep_config::Value;
use sweep_config::expr::Expression;

/// The most values of one range.
const MOST: f64 = 100_000.0;

/// Returns NumPy's `arange(low, high, step)`: `high` is not part of it. None if there are too many, or none.
pub(super) fn arange(low: &Value, high: &Value, step: &Value) -> Option<Vec<Value>> {
    let (from, to, by) = (low.as_f64()?, high.as_f64()?, step.as_f64()?);
    let length = ((to - from) / by).ceil();
    if !(1.0..=MOST).contains(&length) {
        return None;
    }
    if let (Value::Int(low), Value::Int(step)) = (low, step)
        && matches!(high, Value::Int(_))
    {
        let mut values = Vec::new();
        let mut value = *low;
        while (value_as_f64(value)) < to {
            values.push(Value::Int(value));
            value = value.checked_add(*step)?;
        }
        return Some(values);
    }
    // NumPy adds the difference of the first two numbers, not the step.
    let delta = (from + by) - from;
    let mut values = Vec::new();
    let mut index = 0.0;
    while index < length {
        values.push(Value::Float(from + index * delta));
        index += 1.0;
    }
    Some(values)
}

#[expect(clippy::cast_precision_loss, reason = "ends of ranges, not measures")]
fn value_as_f64(value: i64) -> f64 {
    value as f64
}

/// Returns NumPy's `linspace(low, high, count)`, in which both ends are.
pub(super) fn linspace(low: f64, high: f64, count: u32) -> Vec<f64> {
    if count < 2 {
        return vec![low];
    }
    let step = (high - low) / f64::from(count - 1);
    let mut values: Vec<f64> = (0..count).map(|index| f64::from(index) * step + low).collect();
    if let Some(last) = values.last_mut() {
        *last = high;
    }
    values
}

/// Returns NumPy's `logspace(log10(low), log10(high), count)`, by the powers of the C library that it calls.
pub(super) fn logspace(low: f64, high: f64, count: u32) -> Vec<f64> {
    let exponents = linspace(evaluated("log10", low), evaluated("log10", high), count);
    exponents.into_iter().map(|exponent| evaluated("10.0 **", exponent)).collect()
}

/// Evaluates a function or operator of expressions, which have the bits of the C library.
fn evaluated(before: &str, number: f64) -> f64 {
    let text = format!("{before} ({number:?})");
    let expression = Expression::parse(&text).ok();
    let value = expression.and_then(|expression| expression.eval(&|_| None).ok());
    value.and_then(|value| value.as_f64()).unwrap_or(f64::NAN)
}
