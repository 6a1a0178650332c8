//! Distributions in steps whose ends are clipped, as values with weights (pure).

use sweep_config::Value;

use super::parameter::ParameterLaw;

/// The most values that are written one by one.
const MOST: f64 = 500.0;

/// Returns the law of `clip(round(x / q) * q, low, high)`, where `x` is uniform, or uniform in its logarithm; none if it
/// has too many values.
pub(super) fn clipped(low: &Value, high: &Value, q: &Value, is_log: bool) -> Option<ParameterLaw> {
    let (from, to, step) = (low.as_f64()?, high.as_f64()?, q.as_f64()?);
    let (first, last) = (nearest(from / step), nearest(to / step));
    if !(0.0..=MOST).contains(&(last - first)) {
        return None;
    }
    let measure = |x: f64| if is_log { libm::log(x) } else { x };
    let share = |from: f64, to: f64| (measure(to) - measure(from)).max(0.0);
    let is_whole = [low, high, q].iter().all(|value| matches!(value, Value::Int(_)));
    let mut values: Vec<Value> = Vec::new();
    let mut weights: Vec<f64> = Vec::new();
    let mut index = first;
    while index <= last {
        let value = (index * step).clamp(from, to);
        let weight = share(((index - 0.5) * step).max(from), ((index + 0.5) * step).min(to));
        let value = number(value, is_whole);
        match weights.last_mut() {
            Some(last) if values.last() == Some(&value) => *last += weight,
            _ => {
                values.push(value);
                weights.push(weight);
            }
        }
        index += 1.0;
    }
    let unit = weights.iter().copied().fold(0.0, f64::max);
    let weights = weights.iter().map(|weight| rounded(weight / unit)).collect();
    Some(ParameterLaw::Weighted(values, weights))
}

/// Rounds half to even, as NumPy does.
fn nearest(x: f64) -> f64 {
    x.round_ties_even()
}

/// Returns a number with at most twelve digits.
fn rounded(x: f64) -> f64 {
    format!("{x:.11e}").parse().unwrap_or(x)
}

#[expect(clippy::cast_possible_truncation, reason = "a whole number of a range of whole numbers")]
fn number(value: f64, is_whole: bool) -> Value {
    if is_whole { Value::Int(value as i64) } else { Value::Float(rounded(value)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_a_stepped_range_are_half_as_likely_or_clipped() {
        let (values, weights) = match clipped(&Value::Int(0), &Value::Int(8), &Value::Int(4), false)
        {
            Some(ParameterLaw::Weighted(values, weights)) => (values, weights),
            other => panic!("{other:?}"),
        };
        assert_eq!(values, [0, 4, 8].map(Value::Int));
        assert_eq!(weights, [0.5, 1.0, 0.5]);
        let (values, weights) =
            match clipped(&Value::Int(1), &Value::Int(10), &Value::Int(4), false) {
                Some(ParameterLaw::Weighted(values, weights)) => (values, weights),
                other => panic!("{other:?}"),
            };
        // 0 is clipped to 1, and nothing is rounded up to 12.
        assert_eq!(values, [1, 4, 8].map(Value::Int));
        assert_eq!(weights, [0.25, 1.0, 1.0]);
        assert_eq!(clipped(&Value::Int(0), &Value::Int(1000), &Value::Float(0.1), false), None);
    }
}
