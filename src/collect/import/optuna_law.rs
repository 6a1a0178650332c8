//! Distributions of Optuna, as its storages keep them: what a stored number stands for, and the sampler that is the same.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use sweep_config::Value;

use super::observed_law::law_of;

/// A distribution of Optuna.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum OptunaLaw {
    /// A range of numbers.
    Range(OptunaRange),
    /// Choices, which are stored by their places.
    Choices(Vec<Value>),
}

/// A range of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct OptunaRange {
    is_int: bool,
    is_log: bool,
    low: f64,
    high: f64,
    step: Option<f64>,
}

impl OptunaLaw {
    /// Reads a distribution; `None` of one that no version of Optuna has.
    pub(super) fn of_json(text: &str) -> Option<Self> {
        let json: Json = serde_json::from_str(text).ok()?;
        let attributes = json.get("attributes")?;
        let number = |key: &str| attributes.get(key).and_then(Json::as_f64);
        let is_true = |key: &str| attributes.get(key).and_then(Json::as_bool).unwrap_or(false);
        let (is_int, is_log) = match json.get("name")?.as_str()? {
            "FloatDistribution" => (false, is_true("log")),
            "IntDistribution" => (true, is_true("log")),
            // Those of the versions before 3.
            "UniformDistribution" | "DiscreteUniformDistribution" => (false, false),
            "LogUniformDistribution" => (false, true),
            "IntUniformDistribution" => (true, false),
            "IntLogUniformDistribution" => (true, true),
            "CategoricalDistribution" => {
                let choices = attributes.get("choices")?.as_array()?;
                return Some(Self::Choices(choices.iter().map(value).collect()));
            }
            _ => return None,
        };
        let step = number("step").or_else(|| number("q"));
        let step = step.filter(|step| !(is_int && *step <= 1.0));
        Some(Self::Range(OptunaRange {
            is_int,
            is_log,
            low: number("low")?,
            high: number("high")?,
            step,
        }))
    }

    /// Returns the value that a stored number stands for.
    pub(super) fn value(&self, stored: f64) -> Value {
        match self {
            Self::Range(range) => range.value(stored),
            Self::Choices(choices) => whole(stored)
                .and_then(|at| choices.get(usize::try_from(at).ok()?).cloned())
                .unwrap_or(Value::Null),
        }
    }

    /// Widens a range to hold another, as a study may that changes it from trial to trial.
    pub(super) fn widen(&mut self, other: &Self) {
        if let (Self::Range(mine), Self::Range(other)) = (self, other) {
            mine.low = mine.low.min(other.low);
            mine.high = mine.high.max(other.high);
        }
    }

    /// Returns the sampler that draws from it.
    pub(super) fn sampler(&self) -> Value {
        match self {
            Self::Choices(choices) => Value::List(choices.clone()),
            Self::Range(range) => range.sampler(),
        }
    }
}

impl OptunaRange {
    fn value(&self, stored: f64) -> Value {
        match whole(stored).filter(|_| self.is_int) {
            Some(int) => Value::Int(int),
            None => Value::Float(stored),
        }
    }

    fn sampler(&self) -> Value {
        let (low, high) = (self.value(self.low), self.value(self.high));
        if low == high {
            return Value::List(vec![low]);
        }
        let law = match (self.is_int, self.is_log) {
            (true, true) => "log_int",
            (true, false) => "int",
            (false, true) => "log",
            (false, false) => "uniform",
        };
        law_of(law, low, high, self.step.map(|step| self.value(step)))
    }
}

/// Returns the whole number that a number is.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "it is compared with what it came from"
)]
fn whole(number: f64) -> Option<i64> {
    let int = number as i64;
    (int as f64).total_cmp(&number).is_eq().then_some(int)
}

/// Returns a value that JSON has.
pub(super) fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => number
            .as_i64()
            .map_or_else(|| Value::Float(number.as_f64().unwrap_or(f64::NAN)), Value::Int),
        Json::String(text) => Value::Str(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        Json::Object(entries) => {
            let sorted: BTreeMap<&String, &Json> = entries.iter().collect();
            Value::Map(sorted.into_iter().map(|(key, item)| (key.clone(), value(item))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sweep_config::yaml;

    fn of(name: &str, attributes: &str, stored: f64) -> (String, Value) {
        let text = format!("{{\"name\": \"{name}\", \"attributes\": {attributes}}}");
        let law = OptunaLaw::of_json(&text).unwrap();
        (yaml::flow(&law.sampler()), law.value(stored))
    }

    #[test]
    fn a_distribution_is_a_sampler_and_says_what_its_numbers_mean() {
        let log = r#"{"low": 0.001, "high": 0.1, "log": true, "step": null}"#;
        assert_eq!(
            of("FloatDistribution", log, 0.01),
            ("{log: [0.001, 0.1]}".into(), Value::Float(0.01))
        );
        let even = r#"{"low": 2, "high": 8, "log": false, "step": 2}"#;
        assert_eq!(
            of("IntDistribution", even, 4.0),
            ("{int: [2, 8], step: 2}".into(), Value::Int(4))
        );
        let old = r#"{"low": 0.0, "high": 1.0, "q": 0.25}"#;
        assert_eq!(
            of("DiscreteUniformDistribution", old, 0.5),
            ("{uniform: [0.0, 1.0], step: 0.25}".into(), Value::Float(0.5))
        );
        let words = r#"{"choices": ["a", null, 3]}"#;
        assert_eq!(
            of("CategoricalDistribution", words, 2.0),
            ("[a, null, 3]".into(), Value::Int(3))
        );
        let fixed = r#"{"low": 3, "high": 3, "log": false, "step": 1}"#;
        assert_eq!(of("IntDistribution", fixed, 3.0), ("[3]".into(), Value::Int(3)));
    }
}
