//! The meaning of calls such as `range(0, 5)` and `uniform(0, 1)`, which Hydra, Ray Tune, Hyperopt, Optuna and
//! NumPy have for choices and ranges.

use super::form::{SamplerForm, normal_sampler, number_of, range_sampler, whole_range};
use super::grammar::{FunctionCall, GrammarElement};
use super::value_lists::{cast, range, short, shuffled, sorted};
use crate::Value;

/// The parts of what a call says.
struct CallArguments<'c> {
    call: &'c FunctionCall,
}

/// Says what a call means in our own form; `None` if it means nothing that is known.
///
/// A text such as `normal(fan_in)` means nothing: its arguments are no numbers.
pub(super) fn meaning(call: &FunctionCall) -> Option<Result<SamplerForm, String>> {
    let arguments = CallArguments { call };
    if let Some(name) = ["glob", "extend_list", "json_str"].iter().find(|name| **name == call.name)
    {
        return Some(Err(format!("`{name}` of Hydra's is not supported: list the values")));
    }
    match call.name.as_str() {
        "choice" | "grid_search" | "categorical" | "suggest_categorical" => arguments.choice(),
        "shuffle" | "sort" => arguments.ordered(),
        "tag" => arguments.tagged(),
        "int" | "float" | "str" | "bool" => arguments.cast(),
        "range" | "arange" => arguments.range(),
        "linspace" | "logspace" | "geomspace" => arguments.spaced(),
        _ => arguments.law(),
    }
}

/// True if the call is one of Hydra's own, which are taken as they are.
pub(super) fn is_hydras(call: &FunctionCall) -> bool {
    const NAMES: [&str; 10] =
        ["choice", "range", "interval", "shuffle", "sort", "tag", "int", "float", "str", "bool"];
    NAMES.contains(&call.name.as_str()) && call.text.starts_with(&call.name)
}

impl CallArguments<'_> {
    /// Returns the arguments without a name, but for the label that Hyperopt and Optuna put first.
    fn plain(&self) -> Vec<&GrammarElement> {
        let plain = self.call.arguments.iter().filter(|(name, _)| name.is_none());
        let mut plain: Vec<&GrammarElement> = plain.map(|(_, element)| element).collect();
        let is_labelled =
            self.call.text.starts_with("hp.") || self.call.name.starts_with("suggest_");
        if is_labelled && !plain.is_empty() {
            plain.remove(0);
        }
        plain
    }

    fn named(&self, wanted: &str) -> Option<&GrammarElement> {
        let named = self.call.arguments.iter();
        named.filter(|(name, _)| name.as_deref() == Some(wanted)).map(|(_, element)| element).next()
    }

    /// Returns all plain arguments as numbers, if they are.
    fn numbers(&self) -> Option<Vec<Value>> {
        self.plain().iter().map(|element| number_of(&element.value()?)).collect()
    }

    fn values(&self) -> Option<Vec<Value>> {
        self.plain().iter().map(|element| element.value()).collect()
    }

    fn choice(&self) -> Option<Result<SamplerForm, String>> {
        let values = self.values()?;
        Some(match values.as_slice() {
            [] => Err("a choice of nothing".to_owned()),
            // Ray's, Hyperopt's and NumPy's have a list.
            [Value::List(items)] if self.call.text.starts_with("choice(") => Err(format!(
                "`{}` is a choice of one list: write `choice({})`",
                self.call.text,
                items.iter().map(crate::yaml::flow).collect::<Vec<_>>().join(", ")
            )),
            [Value::List(items)] => Ok(SamplerForm::Values(items.clone())),
            values => Ok(SamplerForm::Values(values.to_vec())),
        })
    }

    /// Returns the values in their order, or in one that looks like none.
    fn ordered(&self) -> Option<Result<SamplerForm, String>> {
        let inner = match self.plain().as_slice() {
            [GrammarElement::Call(inner)] => match meaning(inner)? {
                Ok(SamplerForm::Values(values)) => values,
                Ok(SamplerForm::Sampler(_)) => {
                    return Some(Err(format!(
                        "`{}` puts values in order, and a range has none",
                        self.call.name
                    )));
                }
                Err(why) => return Some(Err(why)),
            },
            [GrammarElement::Value(list)] => match list.to_value() {
                Value::List(items) => items,
                _ => return None,
            },
            _ => self.values()?,
        };
        let is_reverse = self.named("reverse").is_some_and(is_true);
        if self.call.name == "shuffle" {
            return Some(Ok(SamplerForm::Values(shuffled(inner))));
        }
        Some(sorted(inner, is_reverse).map(SamplerForm::Values))
    }

    /// Returns what is tagged: `tag(log, interval(…))` is log-uniform, as in Hydra's Optuna sweeper.
    fn tagged(&self) -> Option<Result<SamplerForm, String>> {
        let plain = self.plain();
        let (GrammarElement::Call(inner), tags) = plain.split_last()? else { return None };
        let is_log = tags.iter().any(|tag| tag.value() == Some(Value::Str("log".into())));
        let found = meaning(inner)?;
        Some(found.map(|form| match form {
            SamplerForm::Sampler(Value::Map(mut keys)) if is_log => {
                keys.insert("RAND_TYPE".into(), Value::Str("log_uniform".into()));
                SamplerForm::Sampler(Value::Map(keys))
            }
            other => other,
        }))
    }

    /// Returns the values of another type: `int(interval(1, 10))` draws whole numbers.
    fn cast(&self) -> Option<Result<SamplerForm, String>> {
        let kind = self.call.name.as_str();
        match self.plain().as_slice() {
            [GrammarElement::Call(inner)] => Some(meaning(inner)?.and_then(|form| {
                match form {
                    SamplerForm::Values(values) => values
                        .iter()
                        .map(|value| cast(value, kind))
                        .collect::<Result<_, _>>()
                        .map(SamplerForm::Values),
                    SamplerForm::Sampler(Value::Map(keys)) if kind == "int" => whole_range(keys),
                    sampler @ SamplerForm::Sampler(_) if kind == "float" => Ok(sampler),
                    SamplerForm::Sampler(_) => Err(format!("a range cannot be drawn as {kind}")),
                }
            })),
            values => {
                let values: Option<Vec<Value>> =
                    values.iter().map(|element| element.value()).collect();
                // A text such as `int(x)` is no cast.
                let cast: Result<Vec<Value>, String> =
                    values?.iter().map(|value| cast(value, kind)).collect();
                cast.ok()
                    .filter(|values| !values.is_empty())
                    .map(|values| Ok(SamplerForm::Values(values)))
            }
        }
    }

    /// Returns the numbers from a start to before a stop.
    fn range(&self) -> Option<Result<SamplerForm, String>> {
        let mut numbers = self.numbers()?;
        for name in ["start", "stop", "step"] {
            if let Some(element) = self.named(name) {
                numbers.push(number_of(&element.value()?)?);
            }
        }
        let (from, to, step) = match numbers.as_slice() {
            [to] => (Value::Int(0), to.clone(), Value::Int(1)),
            [from, to] => (from.clone(), to.clone(), Value::Int(1)),
            [from, to, step] => (from.clone(), to.clone(), step.clone()),
            _ => return None,
        };
        Some(range(&from, &to, &step).map(SamplerForm::Values))
    }

    fn spaced(&self) -> Option<Result<SamplerForm, String>> {
        let numbers = self.numbers()?;
        let [low, high, rest @ ..] = numbers.as_slice() else { return None };
        let named = self.named("num").and_then(|element| number_of(&element.value()?));
        let Value::Int(count @ 2..=1000) = named.as_ref().or(rest.first())? else { return None };
        let (low, high) = (low.as_f64()?, high.as_f64()?);
        #[expect(clippy::cast_precision_loss, reason = "at most 1000")]
        let at = |number: i64| {
            let share = number as f64 / (*count - 1) as f64;
            let between = |a: f64, b: f64| a + share * (b - a);
            short(match self.call.name.as_str() {
                "linspace" => between(low, high),
                "logspace" => libm::pow(10.0, between(low, high)),
                _ => libm::exp(between(libm::log(low), libm::log(high))),
            })
        };
        Some(Ok(SamplerForm::Values((0..*count).map(at).map(Value::Float).collect())))
    }

    /// Returns the sampler of a distribution over numbers.
    fn law(&self) -> Option<Result<SamplerForm, String>> {
        let numbers = self.numbers()?;
        let [low, high, rest @ ..] = numbers.as_slice() else { return None };
        let is_log = self.named("log").is_some_and(is_true);
        let quantum = rest.first();
        let exponents = self.call.text.starts_with("hp.");
        let end = |end: &Value| match (exponents, end.as_f64()) {
            (true, Some(exponent)) => Value::Float(short(libm::exp(exponent))),
            _ => end.clone(),
        };
        let form = match self.call.name.as_str() {
            "interval" => range_sampler("float_sampler", "uniform", low, high, None),
            "uniform" | "quniform" => range_sampler("float_sampler", "uniform", low, high, quantum),
            "loguniform" | "log_uniform" | "qloguniform" => {
                range_sampler("float_sampler", "log_uniform", &end(low), &end(high), quantum)
            }
            "suggest_float" | "suggest_loguniform"
                if is_log || self.call.name == "suggest_loguniform" =>
            {
                range_sampler("float_sampler", "log_uniform", low, high, None)
            }
            "suggest_float" | "suggest_uniform" => {
                range_sampler("float_sampler", "uniform", low, high, None)
            }
            "suggest_int" if is_log => range_sampler("int_sampler", "log_uniform", low, high, None),
            "suggest_int" => range_sampler("int_sampler", "uniform", low, high, None),
            "randint" => range_sampler("int_sampler", "uniform", low, &before(high), None),
            "lograndint" => range_sampler("int_sampler", "log_uniform", low, &before(high), None),
            "qrandint" => range_sampler("int_sampler", "uniform", low, high, quantum),
            "normal" | "randn" | "gauss" => normal_sampler(low, high)?,
            _ => return None,
        };
        Some(Ok(SamplerForm::Sampler(form)))
    }
}

fn before(high: &Value) -> Value {
    match high {
        Value::Int(high) => Value::Int(high.saturating_sub(1)),
        other => other.clone(),
    }
}

fn is_true(element: &GrammarElement) -> bool {
    element.value() == Some(Value::Bool(true))
}
