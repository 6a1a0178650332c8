//! The meaning of calls such as `range(0, 5)` and `uniform(0, 1)`, which Hydra, Ray Tune, Hyperopt, Optuna and
//! NumPy have for choices and ranges.

use super::form::{SamplerForm, number_of, whole_range};
use super::grammar::{FunctionCall, GrammarElement};
use super::value_lists::{cast, range, short, shuffled, sorted};
use crate::Value;

/// The parts of what a call says.
pub(super) struct CallArguments<'c> {
    pub(super) call: &'c FunctionCall,
}

/// Says what a call means in our own form; `None` if it means nothing that is known.
///
/// A text such as `normal(fan_in)` means nothing: its arguments are no numbers.
pub(super) fn meaning(call: &FunctionCall) -> Option<Result<SamplerForm, String>> {
    let arguments = CallArguments { call };
    if let Some(name) = ["glob", "extend_list", "json_str"].iter().find(|name| **name == call.name)
    {
        return Some(Err(format!("Hydra's `{name}` is not supported: list the values")));
    }
    match call.name.as_str() {
        "choice"
        | "grid_search"
        | "categorical"
        | "suggest_categorical"
        | "Choice"
        | "Categorical"
        | "CategoricalHyperparameter"
        | "OrdinalHyperparameter" => arguments.choice(),
        "Boolean" => Some(Ok(SamplerForm::Values(vec![Value::Bool(false), Value::Bool(true)]))),
        "sample_from" => {
            Some(Err("a function cannot be sampled: write an expression under DERIVED".to_owned()))
        }
        "lognormal" | "log_normal" | "qlognormal" => {
            arguments.numbers().filter(|numbers| numbers.len() > 1).map(|_| {
                Err("use SETUP.TREE: `{distribution: log_normal, mu: 0, sigma: 1}`".to_owned())
            })
        }
        "list" | "tuple" => arguments.whole(),
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
    /// Returns the arguments without a name, but for the label that other tools put first.
    pub(super) fn plain(&self) -> Vec<&GrammarElement> {
        let plain = self.call.arguments.iter().filter(|(name, _)| name.is_none());
        let mut plain: Vec<&GrammarElement> = plain.map(|(_, element)| element).collect();
        let is_labelled =
            self.call.text.starts_with("hp.") || self.call.name.starts_with("suggest_");
        // A name in quotes, before the range.
        let is_named = plain.len() > 1
            && self.call.name.starts_with(char::is_uppercase)
            && plain[0].value().is_some_and(|value| matches!(value, Value::Str(_)));
        if (is_labelled || is_named) && !plain.is_empty() {
            plain.remove(0);
        }
        plain
    }

    pub(super) fn named(&self, wanted: &str) -> Option<&GrammarElement> {
        let named = self.call.arguments.iter();
        named.filter(|(name, _)| name.as_deref() == Some(wanted)).map(|(_, element)| element).next()
    }

    /// Returns all plain arguments as numbers, if they are.
    pub(super) fn numbers(&self) -> Option<Vec<Value>> {
        self.plain().iter().map(|element| number_of(&element.value()?)).collect()
    }

    fn values(&self) -> Option<Vec<Value>> {
        self.plain().iter().map(|element| element.value()).collect()
    }

    /// Returns what is listed: `list(range(5))`.
    fn whole(&self) -> Option<Result<SamplerForm, String>> {
        match self.plain().as_slice() {
            [GrammarElement::Call(inner)] => meaning(inner),
            _ => None,
        }
    }

    fn choice(&self) -> Option<Result<SamplerForm, String>> {
        let mut values = self.values()?;
        values.extend(
            ["values", "choices", "items"].iter().find_map(|name| self.named(name)?.value()),
        );
        Some(match values.as_slice() {
            [] => Err("an empty choice".to_owned()),
            // Ray's, Hyperopt's and NumPy's have a list.
            [Value::List(items)] if self.call.text.starts_with("choice(") => Err(format!(
                "`{}` chooses from one list: write `choice({})`",
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
                        "`{}` sorts values, but a range has none to sort",
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
}

pub(super) fn is_true(element: &GrammarElement) -> bool {
    element.value() == Some(Value::Bool(true))
}
