//! Guesses from the values of a parameter what it was sampled from.

use sweep_config::{Map, Value};

/// Numbers that are spread over as many powers of ten were most likely drawn by their logarithms.
const LOG_RATIO: f64 = 100.0;

/// The most values of numbers that count as a list of choices.
const FEW: usize = 12;

/// The most values that a sampler lists.
const MOST_LISTED: usize = 200;

/// Returns the sampler that may have drawn these different values, of which each stands for `uses` runs on average;
/// `None` where there are too many to list.
pub(super) fn observed(distinct: &[&Value], uses: usize) -> Option<Value> {
    let numbers: Option<Vec<f64>> =
        distinct.iter().map(|value| value.as_f64().filter(|number| number.is_finite())).collect();
    if let Some(numbers) = numbers.filter(|_| distinct.len() > FEW || uses < 2) {
        return Some(range(distinct, &numbers));
    }
    let mut values: Vec<Value> = distinct.iter().map(|value| (*value).clone()).collect();
    if values.iter().all(|value| value.as_f64().is_some_and(f64::is_finite)) {
        values.sort_by(|a, b| {
            a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(std::cmp::Ordering::Equal)
        });
    }
    (values.len() <= MOST_LISTED).then_some(Value::List(values))
}

/// Returns the sampler of a range of numbers.
fn range(distinct: &[&Value], numbers: &[f64]) -> Value {
    let at = |pick: fn(f64, f64) -> f64, from: f64| {
        let end = numbers.iter().copied().fold(from, pick);
        numbers
            .iter()
            .position(|number| number.total_cmp(&end).is_eq())
            .map_or(distinct[0], |at| distinct[at])
    };
    let (low, high) = (at(f64::min, f64::INFINITY), at(f64::max, f64::NEG_INFINITY));
    let (least, most) = (low.as_f64().unwrap_or(0.0), high.as_f64().unwrap_or(0.0));
    let is_whole = distinct.iter().all(|value| matches!(value, Value::Int(_)));
    let is_log = least > 0.0 && most / least >= LOG_RATIO;
    let law = match (is_whole, is_log) {
        (true, true) => "log_int",
        (true, false) => "int",
        (false, true) => "log",
        (false, false) => "uniform",
    };
    law_of(law, low.clone(), high.clone(), None)
}

/// Returns the short form of a sampler of numbers.
pub(super) fn law_of(law: &str, low: Value, high: Value, step: Option<Value>) -> Value {
    let mut sampler = Map::from([(law.to_owned(), Value::List(vec![low, high]))]);
    if let Some(step) = step {
        sampler.insert("step".to_owned(), step);
    }
    Value::Map(sampler)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sweep_config::yaml;

    fn of(values: &[Value], uses: usize) -> String {
        yaml::flow(&observed(&values.iter().collect::<Vec<_>>(), uses).unwrap())
    }

    #[test]
    fn a_few_values_that_come_back_are_choices_and_others_a_range() {
        let floats = |values: &[f64]| values.iter().copied().map(Value::Float).collect::<Vec<_>>();
        assert_eq!(of(&floats(&[0.5, 0.25]), 2), "[0.25, 0.5]");
        assert_eq!(of(&floats(&[0.5, 0.25, 0.3]), 1), "{uniform: [0.25, 0.5]}");
        assert_eq!(of(&floats(&[0.1, 0.001]), 1), "{log: [0.001, 0.1]}");
        assert_eq!(of(&[Value::Int(3), Value::Int(9)], 1), "{int: [3, 9]}");
        assert_eq!(of(&[Value::Int(3), Value::Int(900)], 1), "{log_int: [3, 900]}");
        assert_eq!(of(&[Value::Str("b".into()), Value::Str("a".into())], 1), "[b, a]");
        assert_eq!(of(&[Value::Null, Value::Float(0.5)], 1), "[null, 0.5]");
    }
}
