//! Mappings whose words say how a parameter is drawn: SEML's, Ax's, Optuna's, Determined's, Katib's, Nevergrad's.

use super::form::{SamplerForm, number_of};
use super::mapping::{FoundNotation, MappingKeys, TYPED_WORDS, sampler};
use super::value_lists::{range, short};
use crate::Value;

/// The name of such a notation.
const OTHER: &str = "a sampled parameter in the notation of another tool";

/// The words of ranges without a type: Nevergrad's, and what many write by hand.
const RANGE_WORDS: [&str; 10] =
    ["init", "lower", "upper", "low", "high", "min", "max", "log", "step", "integer"];

/// The words that make data such as `{low: 0, high: 1}` a range to draw from.
const LAW_WORDS: [&str; 4] = ["init", "log", "step", "integer"];

impl MappingKeys<'_> {
    /// Returns a mapping of any tool but NNI and Weights & Biases.
    pub(super) fn other(&self) -> Option<FoundNotation> {
        self.grid_search().or_else(|| self.typed()).or_else(|| self.untyped())
    }

    /// Returns Ray Tune's choice of all values.
    fn grid_search(&self) -> Option<FoundNotation> {
        let [_] = self.0 else { return None };
        Some((OTHER, Some(SamplerForm::Values(self.list(&["grid_search"])?))))
    }

    /// Returns a range whose keys say that it is one.
    fn untyped(&self) -> Option<FoundNotation> {
        let says_law = self.0.iter().any(|entry| LAW_WORDS.contains(&entry.key.as_str()));
        if !says_law || !self.are_all(&RANGE_WORDS) {
            return None;
        }
        let low = self.number(&["lower", "low", "min"])?;
        let high = self.number(&["upper", "high", "max"])?;
        let are_whole = matches!((&low, &high), (Value::Int(_), Value::Int(_)));
        let is_whole = are_whole || self.value("integer") == Some(Value::Bool(true));
        let kind = if is_whole { "int_sampler" } else { "float_sampler" };
        Some((OTHER, Some(sampler(kind, self.law(), &low, &high, self.number(&["step"]).as_ref()))))
    }

    fn law(&self) -> &'static str {
        let is_log =
            [self.value("log"), self.value("log_scale")].contains(&Some(Value::Bool(true)));
        if is_log { "log_uniform" } else { "uniform" }
    }

    /// Returns a mapping whose `type` says how it is drawn.
    fn typed(&self) -> Option<FoundNotation> {
        let kind = self.text("type").or_else(|| self.text("parameterType"))?.to_ascii_lowercase();
        if !self.are_all(&TYPED_WORDS) && self.text("parameterType").is_none() {
            return None;
        }
        let options = self.list(&["options", "values", "choices", "vals"]);
        let options = options.or_else(|| match self.feasible("list")? {
            Value::List(items) => Some(items),
            _ => None,
        });
        let step = self.number(&["step", "q"]);
        let form = match (kind.as_str(), options, self.ends(&kind)) {
            ("choice" | "categorical" | "ordinal" | "grid" | "discrete", Some(options), _) => {
                SamplerForm::Values(options)
            }
            // SEML's is NumPy's.
            ("range", None, Some((low, high))) if self.value("bounds").is_none() => {
                let step = step.unwrap_or(Value::Int(1));
                SamplerForm::Values(range(&low, &high, &step).ok()?)
            }
            ("range" | "uniform" | "float" | "double" | "quniform", _, Some((low, high))) => {
                sampler("float_sampler", self.law(), &low, &high, step.as_ref())
            }
            ("loguniform" | "log_uniform" | "log" | "qloguniform", _, Some((low, high))) => {
                sampler("float_sampler", "log_uniform", &low, &high, step.as_ref())
            }
            ("int" | "integer" | "randint" | "int_uniform", _, Some((low, high))) => {
                sampler("int_sampler", self.law(), &low, &high, step.as_ref())
            }
            _ => return None,
        };
        Some((OTHER, Some(self.with_points(form))))
    }

    /// Returns the ends of a range; of Determined's `log` they are exponents.
    fn ends(&self, kind: &str) -> Option<(Value, Value)> {
        let ends = self.number(&["min", "low", "minval", "min_value"]).zip(self.number(&[
            "max",
            "high",
            "maxval",
            "max_value",
        ]));
        let ends = ends.or_else(|| match self.list(&["bounds"])?.as_slice() {
            [low, high] => number_of(low).zip(number_of(high)),
            _ => None,
        });
        let ends = ends.or_else(|| {
            let end = |name: &str| number_of(&self.feasible(name)?);
            end("min").zip(end("max"))
        })?;
        if kind != "log" || self.value("minval").is_none() {
            return Some(ends);
        }
        let base = self.number(&["base"]).and_then(|base| base.as_f64()).unwrap_or(10.0);
        let end = |end: &Value| Some(Value::Float(short(libm::pow(base, end.as_f64()?))));
        end(&ends.0).zip(end(&ends.1))
    }

    /// Returns what Katib has in its `feasibleSpace`.
    fn feasible(&self, name: &str) -> Option<Value> {
        match self.value("feasibleSpace")? {
            Value::Map(map) => map.get(name).cloned(),
            _ => None,
        }
    }

    /// Adds how many points of a range SEML's grid takes.
    fn with_points(&self, form: SamplerForm) -> SamplerForm {
        match (form, self.number(&["num", "count"])) {
            (SamplerForm::Sampler(Value::Map(mut keys)), Some(count @ Value::Int(2..))) => {
                keys.insert("POINTS".to_owned(), count);
                SamplerForm::Sampler(Value::Map(keys))
            }
            (form, _) => form,
        }
    }
}
