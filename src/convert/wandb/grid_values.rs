//! The numbers of a range with a step, as NumPy counts them (pure).

use sweep_config::Value;

/// The most values of one range.
const MOST: f64 = 100_000.0;

/// Returns NumPy's `arange(low, high, step)`: `high` is not part of it. None if there are too many, or none.
pub(in crate::convert) fn arange(low: &Value, high: &Value, step: &Value) -> Option<Vec<Value>> {
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
