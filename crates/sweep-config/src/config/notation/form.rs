//! A choice or range in our own form.

use super::value_lists::short;
use crate::yaml;
use crate::{Map, Value};

/// A choice or range in our own form.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::config) enum SamplerForm {
    /// One of some values.
    Values(Vec<Value>),
    /// A sampler as it stands under `SAMPLERS`.
    Sampler(Value),
}

impl SamplerForm {
    /// Returns what stands under `SAMPLERS`.
    pub(in crate::config) fn to_value(&self) -> Value {
        match self {
            Self::Values(values) => Value::List(values.clone()),
            Self::Sampler(sampler) => sampler.clone(),
        }
    }

    /// Writes it on one line.
    pub(in crate::config) fn show(&self) -> String {
        const LONGEST: usize = 12;
        match self {
            Self::Values(values) if values.len() > LONGEST => {
                let first = yaml::flow(&Value::List(values[..3].to_vec()));
                let last = values.last().map_or_else(String::new, yaml::flow);
                format!("{}, …, {last}]", first.trim_end_matches(']'))
            }
            _ => yaml::flow(&self.to_value()),
        }
    }
}

/// Returns the mapping of a sampler of numbers.
pub(super) fn range_sampler(
    kind: &str,
    law: &str,
    low: &Value,
    high: &Value,
    quantum: Option<&Value>,
) -> Value {
    let text = |text: &str| Value::Str(text.to_owned());
    let are_whole =
        [Some(low), Some(high), quantum].iter().flatten().all(|end| matches!(end, Value::Int(_)));
    let kind = if kind == "float_sampler" && quantum.is_some() && are_whole {
        "int_sampler"
    } else {
        kind
    };
    let mut keys = Map::from([("TYPE".to_owned(), text(kind))]);
    if law != "uniform" {
        keys.insert("RAND_TYPE".to_owned(), text(law));
    }
    keys.insert("RANGE".to_owned(), Value::List(vec![low.clone(), high.clone()]));
    if let Some(quantum) = quantum {
        keys.insert("QUANTIZE".to_owned(), quantum.clone());
    }
    Value::Map(keys)
}

/// Returns the mapping of a normal sampler, whose range ends three deviations from the mean.
pub(super) fn normal_sampler(mean: &Value, deviation: &Value) -> Option<Value> {
    let (mean, deviation) = (mean.as_f64()?, deviation.as_f64()?);
    let end = |sign: f64| Value::Float(short(mean + sign * 3.0 * deviation));
    Some(range_sampler("float_sampler", "normal", &end(-1.0), &end(1.0), None))
}

/// Returns a sampler of numbers that draws whole ones.
pub(super) fn whole_range(mut keys: Map) -> Result<SamplerForm, String> {
    let are_whole = matches!(keys.get("RANGE"), Some(Value::List(ends))
        if ends.iter().all(|end| end.as_f64().is_some_and(|end| end.fract() == 0.0)));
    if !are_whole {
        return Err("a range of whole numbers needs whole numbers at both ends".to_owned());
    }
    keys.insert("TYPE".to_owned(), Value::Str("int_sampler".to_owned()));
    Ok(SamplerForm::Sampler(Value::Map(keys)))
}

/// Returns a number, also one that is spelt as YAML would not have it, such as `1e-5` in quotes.
pub(super) fn number_of(value: &Value) -> Option<Value> {
    match value {
        Value::Int(_) | Value::Float(_) => Some(value.clone()),
        Value::Str(text) => yaml::plain(text).ok().filter(|value| value.as_f64().is_some()),
        _ => None,
    }
}

/// A notation that was recognized.
pub(in crate::config) struct ForeignNotation {
    /// The fault, as the rest of a sentence.
    pub(in crate::config) message: String,
    /// The choice or range in our own form.
    pub(in crate::config) form: Option<SamplerForm>,
    /// The way to have it as a value.
    pub(in crate::config) escape: String,
}
