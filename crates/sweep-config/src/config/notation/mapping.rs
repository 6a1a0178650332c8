//! Mappings of other tools that stand for a choice or a range.

use super::form::{ForeignNotation, SamplerForm, normal_sampler, number_of, range_sampler};
use super::value_lists::short;
use crate::Value;
use crate::yaml::YamlEntry;

/// The words of a parameter of Weights & Biases.
pub(in crate::config) const WANDB_WORDS: [&str; 11] = [
    "values",
    "value",
    "min",
    "max",
    "distribution",
    "q",
    "mu",
    "sigma",
    "probabilities",
    "a",
    "b",
];

/// The distributions of Weights & Biases.
pub(in crate::config) const WANDB_LAWS: [&str; 18] = [
    "constant",
    "categorical",
    "categorical_w_probabilities",
    "int_uniform",
    "uniform",
    "q_uniform",
    "log_uniform",
    "log_uniform_values",
    "q_log_uniform",
    "q_log_uniform_values",
    "inv_log_uniform",
    "inv_log_uniform_values",
    "normal",
    "q_normal",
    "log_normal",
    "q_log_normal",
    "beta",
    "q_beta",
];

/// The name of its notation.
const WANDB: &str = "a parameter of Weights & Biases";

/// The words of mappings whose `type` says how they are drawn: SEML's, Ax's, Optuna's, Determined's.
pub(super) const TYPED_WORDS: [&str; 28] = [
    "name",
    "type",
    "options",
    "values",
    "choices",
    "vals",
    "value",
    "val",
    "bounds",
    "min",
    "max",
    "low",
    "high",
    "minval",
    "maxval",
    "min_value",
    "max_value",
    "feasibleSpace",
    "step",
    "q",
    "num",
    "count",
    "seed",
    "log",
    "log_scale",
    "base",
    "value_type",
    "is_ordered",
];

/// Recognizes a mapping of another tool.
pub(super) fn foreign(entries: &[YamlEntry]) -> Option<ForeignNotation> {
    let keys = MappingKeys(entries);
    let (tool, form) =
        keys.ours().or_else(|| keys.nni()).or_else(|| keys.wandb()).or_else(|| keys.other())?;
    let message = format!("is {tool}, not a value: every job would get this mapping unchanged");
    let mut escape = "for a literal mapping, write `!!map {…}`".to_owned();
    if form.is_none() && tool == WANDB {
        escape = format!("SETUP.TREE accepts it unchanged; {escape}");
    }
    Some(ForeignNotation { message, form, escape })
}

/// True if a mapping is a parameter of Weights & Biases that is to be swept.
pub(in crate::config) fn is_wandb(entries: &[YamlEntry]) -> bool {
    MappingKeys(entries).wandb().is_some()
}

/// The keys of a mapping.
pub(super) struct MappingKeys<'e>(pub(super) &'e [YamlEntry]);

/// The name of a notation, and the same in our own form where there is one.
pub(super) type FoundNotation = (&'static str, Option<SamplerForm>);

impl MappingKeys<'_> {
    pub(super) fn value(&self, key: &str) -> Option<Value> {
        self.0.iter().find(|entry| entry.key == key).map(|entry| entry.node.to_value())
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        match self.value(key)? {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn number(&self, keys: &[&str]) -> Option<Value> {
        keys.iter().find_map(|key| number_of(&self.value(key)?))
    }

    pub(super) fn list(&self, keys: &[&str]) -> Option<Vec<Value>> {
        keys.iter().find_map(|key| match self.value(key)? {
            Value::List(items) if !items.is_empty() => Some(items),
            _ => None,
        })
    }

    pub(super) fn are_all(&self, words: &[&str]) -> bool {
        self.0.iter().all(|entry| words.contains(&entry.key.as_str()))
    }

    /// Returns one of our own samplers.
    fn ours(&self) -> Option<FoundNotation> {
        let is_sampler = self.text("TYPE")?.ends_with("_sampler");
        let whole = self.0.iter().map(|entry| (entry.key.clone(), entry.node.to_value())).collect();
        is_sampler.then(|| ("a sampler", Some(SamplerForm::Sampler(Value::Map(whole)))))
    }

    fn nni(&self) -> Option<FoundNotation> {
        let kind = self.text("_type")?;
        let Some(Value::List(values)) = self.value("_value") else {
            return Some(("a parameter of NNI", None));
        };
        let numbers: Option<Vec<Value>> = values.iter().map(number_of).collect();
        let form = match (kind.as_str(), numbers.as_deref()) {
            ("choice", _) => Some(SamplerForm::Values(values)),
            ("randint", Some([low, Value::Int(high)])) => Some(sampler(
                "int_sampler",
                "uniform",
                low,
                &Value::Int(high.saturating_sub(1)),
                None,
            )),
            ("uniform", Some([low, high])) => {
                Some(sampler("float_sampler", "uniform", low, high, None))
            }
            ("quniform", Some([low, high, q])) => {
                Some(sampler("float_sampler", "uniform", low, high, Some(q)))
            }
            ("loguniform", Some([low, high])) => {
                Some(sampler("float_sampler", "log_uniform", low, high, None))
            }
            ("qloguniform", Some([low, high, q])) => {
                Some(sampler("float_sampler", "log_uniform", low, high, Some(q)))
            }
            ("normal", Some([mean, deviation])) => {
                normal_sampler(mean, deviation).map(SamplerForm::Sampler)
            }
            _ => None,
        };
        Some(("a parameter of NNI", form))
    }

    fn wandb(&self) -> Option<FoundNotation> {
        const NAME: &str = WANDB;
        let law = self.text("distribution");
        let ends = self.number(&["min"]).zip(self.number(&["max"]));
        let values = match self.value("values") {
            Some(Value::List(values)) => Some(values),
            _ => None,
        };
        let is_known = law.as_ref().is_some_and(|law| WANDB_LAWS.contains(&law.as_str()));
        if !self.are_all(&WANDB_WORDS) || !(is_known || ends.is_some() || values.is_some()) {
            return None;
        }
        if let Some(values) = values {
            let is_weighted = self.value("probabilities").is_some();
            return Some((NAME, (!is_weighted).then_some(SamplerForm::Values(values))));
        }
        let q = self.number(&["q"]);
        let form = match (law.as_deref(), ends) {
            (Some("constant"), _) => {
                self.value("value").map(|value| SamplerForm::Values(vec![value]))
            }
            (None, Some((low @ Value::Int(_), high @ Value::Int(_))))
            | (Some("int_uniform"), Some((low, high))) => {
                Some(sampler("int_sampler", "uniform", &low, &high, None))
            }
            (None | Some("uniform" | "q_uniform"), Some((low, high))) => {
                Some(sampler("float_sampler", "uniform", &low, &high, q.as_ref()))
            }
            (
                Some("log_uniform_values" | "q_log_uniform_values" | "inv_log_uniform_values"),
                Some((low, high)),
            ) => Some(sampler("float_sampler", "log_uniform", &low, &high, q.as_ref())),
            (Some("log_uniform" | "q_log_uniform"), Some((low, high))) => {
                let end = |end: &Value| Value::Float(short(libm::exp(end.as_f64().unwrap_or(0.0))));
                Some(sampler("float_sampler", "log_uniform", &end(&low), &end(&high), q.as_ref()))
            }
            _ => None,
        };
        Some((NAME, form))
    }
}

pub(super) fn sampler(
    kind: &str,
    law: &str,
    low: &Value,
    high: &Value,
    quantum: Option<&Value>,
) -> SamplerForm {
    SamplerForm::Sampler(range_sampler(kind, law, low, high, quantum))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::yaml::read_tree;

    /// Returns our own form, `no form` where there is none, or `data`.
    fn found(text: &str) -> String {
        let (node, _) = read_tree(Path::new("x"), text).unwrap();
        match foreign(node.entries().unwrap()) {
            None => "data".to_owned(),
            Some(found) => found.form.map_or("no form".to_owned(), |form| form.show()),
        }
    }

    #[test]
    fn mappings_of_other_tools_are_recognized_and_said_in_our_own_form() {
        for (text, right) in [
            ("{values: [1, 2]}", "[1, 2]"),
            ("{values: []}", "[]"),
            ("{min: 0.1, max: 1}", "{TYPE: float_sampler, RANGE: [0.1, 1]}"),
            ("{min: 1, max: 9}", "{TYPE: int_sampler, RANGE: [1, 9]}"),
            (
                "{distribution: q_log_uniform_values, q: 8, min: 16, max: 256}",
                "{TYPE: int_sampler, RAND_TYPE: log_uniform, RANGE: [16, 256], QUANTIZE: 8}",
            ),
            ("{distribution: constant, value: 3}", "[3]"),
            ("{_type: choice, _value: [a, b]}", "[a, b]"),
            (
                "{_type: loguniform, _value: [0.001, 0.1]}",
                "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.001, 0.1]}",
            ),
            ("{type: choice, options: [a, b]}", "[a, b]"),
            (
                "{type: range, bounds: [0.1, 1.0], log_scale: true}",
                "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.1, 1.0]}",
            ),
            ("{type: int, low: 1, high: 5}", "{TYPE: int_sampler, RANGE: [1, 5]}"),
            ("{type: categorical, vals: [1, 2]}", "[1, 2]"),
            ("{TYPE: value_sampler, VALUES: [1]}", "{TYPE: value_sampler, VALUES: [1]}"),
            ("{grid_search: [1, 2]}", "[1, 2]"),
            ("{type: FLOAT, min: 0.0, max: 1.0}", "{TYPE: float_sampler, RANGE: [0.0, 1.0]}"),
            (
                "{parameterType: double, feasibleSpace: {min: \"0.01\", max: \"0.05\"}}",
                "{TYPE: float_sampler, RANGE: [0.01, 0.05]}",
            ),
            ("{parameterType: categorical, feasibleSpace: {list: [a, b]}}", "[a, b]"),
            (
                "{type: log, base: 10, minval: -5, maxval: -1}",
                "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [1.0e-05, 0.1]}",
            ),
            (
                "{type: loguniform, min: 0.01, max: 1, num: 3}",
                "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.01, 1], POINTS: 3}",
            ),
            ("{type: range, min: 0, max: 6, step: 2}", "[0, 2, 4]"),
            (
                "{min: 0.01, max: 1, log: true}",
                "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.01, 1]}",
            ),
            ("{init: 0.1, lower: 0.01, upper: 1.0}", "{TYPE: float_sampler, RANGE: [0.01, 1.0]}"),
            ("{low: 1, high: 9, step: 2}", "{TYPE: int_sampler, RANGE: [1, 9], QUANTIZE: 2}"),
        ] {
            assert_eq!(found(text), right, "{text}");
        }
        assert_eq!(found("{distribution: beta, a: 2, b: 3}"), "no form");
    }

    #[test]
    fn ordinary_mappings_are_data() {
        for text in [
            "{min: 0, max: 1, clip: true}",
            "{distribution: normal, mean: 0, std: 1}",
            "{distribution: custom}",
            "{values: 3}",
            "{value: 3}",
            "{TYPE: regnet, DEPTH: 3}",
            "{type: cosine, min: 0, max: 1}",
            "{type: choice, text: a}",
            "{type: int}",
            "{a: 1, b: 2}",
            "{q: 3}",
            "{min: 1}",
            "{lower: 0, upper: 1}",
            "{low: 0, high: 1}",
            "{min: 0, max: 1, step: 0.1, label: x}",
            "{min: auto, max: auto}",
        ] {
            assert_eq!(found(text), "data", "{text}");
        }
    }
}
