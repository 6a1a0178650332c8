//! The laws that calls name: `uniform(0, 1)`, `trial.suggest_float('lr', 1e-5, 1e-1, log=True)`, `Real(1e-6, 1e-2)`.

use super::calls::{CallArguments, is_true};
use super::form::{SamplerForm, normal_sampler, number_of, range_sampler};
use super::grammar::GrammarElement;
use super::text::tuple;
use super::value_lists::short;
use crate::Value;

/// The kinds of laws.
#[derive(Clone, Copy)]
enum CallLaw {
    /// Any numbers, or with a step its multiples.
    Float,
    /// Whole numbers.
    Int,
    /// Whole numbers before the end.
    IntBefore,
    /// Mean and deviation.
    Normal,
}

impl CallArguments<'_> {
    /// Returns the sampler of a distribution over numbers.
    pub(super) fn law(&self) -> Option<Result<SamplerForm, String>> {
        let name = self.call.name.as_str();
        let (law, is_log) = law_of(name)?;
        let (low, high, step) = self.ends()?;
        let says_log = self.named("log").is_some_and(is_true)
            || self.is_word(&["sampling", "prior"], "log")
            || self.plain().last().and_then(|last| last.value())
                == Some(Value::Str("log-uniform".into()));
        let is_log = is_log || says_log;
        let step = step.filter(|_| name != "interval");
        let random = if is_log { "log_uniform" } else { "uniform" };
        // Hyperopt's ends are exponents.
        let is_exponent =
            is_log && self.call.text.starts_with("hp.") && name.ends_with("loguniform");
        let end = |end: &Value| match (is_exponent, end.as_f64()) {
            (true, Some(exponent)) => Value::Float(short(libm::exp(exponent))),
            _ => end.clone(),
        };
        let (low, high) = (end(&low), end(&high));
        let step = step.as_ref();
        Some(Ok(SamplerForm::Sampler(match law {
            CallLaw::Float => range_sampler("float_sampler", random, &low, &high, step),
            CallLaw::Int => range_sampler("int_sampler", random, &low, &high, step),
            CallLaw::IntBefore => range_sampler("int_sampler", random, &low, &before(&high), None),
            CallLaw::Normal => normal_sampler(&low, &high)?,
        })))
    }

    /// Returns the ends of a range, and its step, in whatever way they are written.
    fn ends(&self) -> Option<(Value, Value, Option<Value>)> {
        const LOW: [&str; 6] = ["low", "lower", "min_value", "min", "a", "loc"];
        const HIGH: [&str; 6] = ["high", "upper", "max_value", "max", "b", "scale"];
        const STEP: [&str; 3] = ["step", "q", "quantization_factor"];
        let named =
            |names: &[&str]| names.iter().find_map(|name| number_of(&self.named(name)?.value()?));
        let step = named(&STEP);
        let numbers: Vec<Value> = match self.plain().as_slice() {
            // ConfigSpace's range is a tuple.
            [only, ..] if only.value().is_some_and(|value| pair(&value).is_some()) => {
                pair(&only.value()?)?
            }
            plain => plain.iter().map_while(|element| number_of(&element.value()?)).collect(),
        };
        match numbers.as_slice() {
            [low, high, rest @ ..] => {
                Some((low.clone(), high.clone(), rest.first().cloned().or(step)))
            }
            [low] => Some((low.clone(), named(&HIGH)?, step)),
            [] => Some((named(&LOW)?, named(&HIGH)?, step)),
        }
    }

    fn is_word(&self, names: &[&str], wanted: &str) -> bool {
        names.iter().any(|name| {
            let value = self.named(name).and_then(GrammarElement::value);
            matches!(value, Some(Value::Str(text)) if text.starts_with(wanted))
        })
    }
}

/// Returns the two numbers of a tuple or list.
fn pair(value: &Value) -> Option<Vec<Value>> {
    let items = match value {
        Value::Str(text) => tuple(text)?,
        Value::List(items) => items.clone(),
        _ => return None,
    };
    let numbers: Vec<Value> = items.iter().map(number_of).collect::<Option<_>>()?;
    (numbers.len() == 2).then_some(numbers)
}

/// Returns the law of a name, and whether it is one of logarithms.
fn law_of(name: &str) -> Option<(CallLaw, bool)> {
    Some(match name {
        "interval"
        | "uniform"
        | "quniform"
        | "q_uniform"
        | "suggest_float"
        | "suggest_uniform"
        | "suggest_discrete_uniform"
        | "Float"
        | "Real"
        | "UniformFloatHyperparameter" => (CallLaw::Float, false),
        "loguniform" | "log_uniform" | "qloguniform" | "q_log_uniform" | "reciprocal"
        | "suggest_loguniform" => (CallLaw::Float, true),
        "suggest_int"
        | "qrandint"
        | "Int"
        | "Integer"
        | "UniformIntegerHyperparameter"
        | "uniformint" => (CallLaw::Int, false),
        "randint" => (CallLaw::IntBefore, false),
        "lograndint" | "qlograndint" => (CallLaw::IntBefore, true),
        "normal" | "randn" | "gauss" | "qnormal" => (CallLaw::Normal, false),
        _ => return None,
    })
}

fn before(high: &Value) -> Value {
    match high {
        Value::Int(high) => Value::Int(high.saturating_sub(1)),
        other => other.clone(),
    }
}
