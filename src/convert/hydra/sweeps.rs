//! The meaning of the functions of overrides: choices, ranges and intervals (pure).

use sweep_config::Value;

use super::grammar::OverrideElement;
use super::scalar;
use crate::convert::parameter::ParameterLaw;

/// The most values of one range.
const MOST: usize = 100_000;

/// The meaning of the value of an override.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum OverrideMeaning {
    /// One value for all jobs.
    Single(Value),
    /// A value or a number for each job.
    Sweep {
        /// The values or the distribution.
        law: ParameterLaw,
        /// A remark on what is not the same.
        remark: Option<&'static str>,
    },
}

/// The names and values of the arguments of a call.
type CallArguments = [(Option<String>, OverrideElement)];

/// Returns the meaning of elements: several are a choice.
///
/// # Errors
///
/// Why they cannot be converted, in words.
pub(super) fn meaning(elements: Vec<OverrideElement>) -> Result<OverrideMeaning, String> {
    if let [only] = elements.as_slice() {
        return of_element(only);
    }
    let values = elements.into_iter().map(|element| match element {
        OverrideElement::Value(value) => Ok(value),
        OverrideElement::Call(name, arguments) => {
            match of_element(&OverrideElement::Call(name.clone(), arguments))? {
                OverrideMeaning::Single(value) => Ok(value),
                OverrideMeaning::Sweep { .. } => {
                    Err(format!("`{name}(…)` cannot be one of several values"))
                }
            }
        }
    });
    Ok(sweep(ParameterLaw::Values(values.collect::<Result<_, _>>()?)))
}

fn sweep(law: ParameterLaw) -> OverrideMeaning {
    OverrideMeaning::Sweep { law, remark: None }
}

fn of_element(element: &OverrideElement) -> Result<OverrideMeaning, String> {
    match element {
        OverrideElement::Value(value) => Ok(OverrideMeaning::Single(value.clone())),
        OverrideElement::Call(name, arguments) => of_call(name, arguments),
    }
}

fn of_call(name: &str, arguments: &CallArguments) -> Result<OverrideMeaning, String> {
    match name {
        "choice" => {
            let values = single_values(arguments)?;
            if values.is_empty() {
                Err("an empty choice".to_owned())
            } else {
                Ok(sweep(ParameterLaw::Values(values)))
            }
        }
        "range" => range(arguments).map(|values| sweep(ParameterLaw::Values(values))),
        "interval" => {
            let [low, high] = numbers(arguments, &["start", "end"])?;
            let (low, high) = (low.ok_or(ARGUMENTS)?, high.ok_or(ARGUMENTS)?);
            let (from, to) = (low.as_f64().unwrap_or(0.0), high.as_f64().unwrap_or(0.0));
            if from >= to {
                return Err(format!("the interval from {from} to {to} is empty"));
            }
            Ok(sweep(ParameterLaw::Uniform(low, high)))
        }
        "tag" => tagged(arguments),
        "shuffle" => ordered(arguments, None),
        "sort" => {
            let reverse = arguments.iter().any(|(name, value)| {
                name.as_deref() == Some("reverse")
                    && *value == OverrideElement::Value(Value::Bool(true))
            });
            ordered(arguments, Some(reverse))
        }
        "int" | "float" | "str" | "bool" => cast(name, arguments),
        "glob" => {
            Err("`glob` chooses among the files of a config group: list their names".to_owned())
        }
        "extend_list" => {
            Err("`extend_list` adds to a list of the program: write the whole list".to_owned())
        }
        _ => Err(format!(
            "`{name}` is not a function in Hydra's grammar; quote text that has brackets"
        )),
    }
}

/// The message on arguments that a function does not take.
const ARGUMENTS: &str = "has other arguments than Hydra takes here";

/// Returns the arguments, none of which may be a sweep.
fn single_values(arguments: &CallArguments) -> Result<Vec<Value>, String> {
    let one = |(name, element): &(Option<String>, OverrideElement)| match of_element(element)? {
        OverrideMeaning::Single(value) if name.is_none() => Ok(value),
        _ => Err(ARGUMENTS.to_owned()),
    };
    arguments.iter().map(one).collect()
}

/// Returns numbers by position or name.
fn numbers<const N: usize>(
    arguments: &CallArguments,
    names: &[&str; N],
) -> Result<[Option<Value>; N], String> {
    let mut found: [Option<Value>; N] = std::array::from_fn(|_| None);
    for (index, (name, element)) in arguments.iter().enumerate() {
        let place = match name {
            None => Some(index),
            Some(name) => names.iter().position(|known| known == name),
        };
        let value = match element {
            OverrideElement::Value(value @ (Value::Int(_) | Value::Float(_))) => value.clone(),
            _ => return Err("expected numbers".to_owned()),
        };
        match place.and_then(|place| found.get_mut(place)) {
            Some(slot) if slot.is_none() => *slot = Some(value),
            _ => return Err(ARGUMENTS.to_owned()),
        }
    }
    Ok(found)
}

/// Returns the numbers of a range, whose end is not one; fractions are counted as decimals.
fn range(arguments: &CallArguments) -> Result<Vec<Value>, String> {
    let [start, stop, by] = numbers(arguments, &["start", "stop", "step"])?;
    let start = start.ok_or(ARGUMENTS)?;
    let (start, stop) = match stop {
        Some(stop) => (start, stop),
        None => (Value::Int(0), start),
    };
    let stride = by.unwrap_or(Value::Int(1));
    let places = [&start, &stop, &stride].map(decimals).into_iter().max().unwrap_or(0);
    let is_whole = [&start, &stop, &stride].iter().all(|value| matches!(value, Value::Int(_)));
    let (from, to, by) = (
        start.as_f64().unwrap_or(0.0),
        stop.as_f64().unwrap_or(0.0),
        stride.as_f64().unwrap_or(0.0),
    );
    if by == 0.0 || !(from.is_finite() && to.is_finite() && by.is_finite()) {
        return Err("a range needs finite numbers, and a step other than 0".to_owned());
    }
    let mut values = Vec::new();
    let mut index = 0.0_f64;
    loop {
        let exact = format!("{:.places$}", index.mul_add(by, from));
        let number: f64 = exact.parse().unwrap_or(f64::NAN);
        if (by > 0.0 && number >= to) || (by < 0.0 && number <= to) {
            break;
        }
        if values.len() == MOST {
            return Err(format!("a range of more than {MOST} values"));
        }
        values.push(match exact.parse::<i64>() {
            Ok(whole) if is_whole => Value::Int(whole),
            _ => Value::Float(number),
        });
        index += 1.0;
    }
    if values.is_empty() { Err("an empty range".to_owned()) } else { Ok(values) }
}

/// Returns the number of digits after the point.
fn decimals(value: &Value) -> usize {
    match value {
        Value::Float(number) => {
            let text = format!("{number}");
            text.split_once('.').map_or(0, |(_, digits)| digits.len())
        }
        _ => 0,
    }
}

fn tagged(arguments: &CallArguments) -> Result<OverrideMeaning, String> {
    let Some(((_, last), tags)) = arguments.split_last() else { return Err(ARGUMENTS.to_owned()) };
    let is_log =
        tags.iter().any(|(_, tag)| *tag == OverrideElement::Value(Value::Str("log".into())));
    match of_element(last)? {
        OverrideMeaning::Sweep { law: ParameterLaw::Uniform(low, high), remark } if is_log => {
            if low.as_f64().is_some_and(|low| low <= 0.0) {
                return Err("a logarithm needs an interval above 0".to_owned());
            }
            Ok(OverrideMeaning::Sweep { law: ParameterLaw::Log(low, high), remark })
        }
        OverrideMeaning::Sweep { law, .. } => {
            let remark = (!tags.is_empty()).then_some("tags are for plugins of Hydra");
            Ok(OverrideMeaning::Sweep { law, remark })
        }
        OverrideMeaning::Single(_) => Err("`tag` needs a choice, range or interval".to_owned()),
    }
}

/// Returns values in another order: sorted, or by chance.
fn ordered(arguments: &CallArguments, reverse: Option<bool>) -> Result<OverrideMeaning, String> {
    let plain: Vec<&OverrideElement> =
        arguments.iter().filter(|(name, _)| name.is_none()).map(|(_, element)| element).collect();
    let (values, is_list) = match plain.as_slice() {
        [only] => match of_element(only)? {
            OverrideMeaning::Single(Value::List(items)) => (items, true),
            OverrideMeaning::Sweep { law: ParameterLaw::Values(values), .. } => (values, false),
            _ => return Err("only values have an order".to_owned()),
        },
        several => {
            let values = several.iter().map(|element| match of_element(element)? {
                OverrideMeaning::Single(value) => Ok(value),
                OverrideMeaning::Sweep { .. } => Err(ARGUMENTS.to_owned()),
            });
            (values.collect::<Result<Vec<Value>, String>>()?, false)
        }
    };
    let Some(is_reverse) = reverse else {
        if is_list {
            return Err("`shuffle` of one list is another list in every call of Hydra".to_owned());
        }
        let law = ParameterLaw::Values(values);
        let remark = Some("in the order of the line: the order of jobs has no meaning here");
        return Ok(OverrideMeaning::Sweep { law, remark });
    };
    let sorted = sorted(values, is_reverse)?;
    Ok(if is_list {
        OverrideMeaning::Single(Value::List(sorted))
    } else {
        sweep(ParameterLaw::Values(sorted))
    })
}

fn sorted(mut values: Vec<Value>, is_reverse: bool) -> Result<Vec<Value>, String> {
    let are_numbers = values.iter().all(|value| value.as_f64().is_some());
    let are_texts = values.iter().all(|value| matches!(value, Value::Str(_)));
    if are_numbers {
        values.sort_by(|a, b| a.as_f64().unwrap_or(0.0).total_cmp(&b.as_f64().unwrap_or(0.0)));
    } else if are_texts {
        values.sort_by_key(sweep_config::python::text);
    } else {
        return Err("numbers cannot be sorted together with other values".to_owned());
    }
    if is_reverse {
        values.reverse();
    }
    Ok(values)
}

/// Returns values of another type.
fn cast(kind: &str, arguments: &CallArguments) -> Result<OverrideMeaning, String> {
    let elements = arguments.iter().map(|(_, element)| element.clone()).collect::<Vec<_>>();
    if elements.is_empty() {
        return Err(ARGUMENTS.to_owned());
    }
    match meaning(elements)? {
        OverrideMeaning::Single(value) => cast_value(&value, kind).map(OverrideMeaning::Single),
        OverrideMeaning::Sweep { law, remark } => {
            let law = match law {
                ParameterLaw::Values(values) if kind == "str" => {
                    // The sweeper of Hydra writes each value as a word without quotes, which the job reads again.
                    let again = |value: &Value| {
                        let text = sweep_config::python::text(&cast_value(value, kind)?);
                        Ok(scalar::value(&text))
                    };
                    let values = values.iter().map(again).collect::<Result<_, String>>()?;
                    let law = ParameterLaw::Values(values);
                    let remark =
                        Some("the sweeper of Hydra loses `str`: its jobs get `1`, not `'1'`");
                    return Ok(OverrideMeaning::Sweep { law, remark });
                }
                ParameterLaw::Values(values) => {
                    let values = values.iter().map(|value| cast_value(value, kind));
                    ParameterLaw::Values(values.collect::<Result<_, _>>()?)
                }
                ParameterLaw::Uniform(low, high) if kind == "int" => {
                    let end = |value: Value| match cast_value(&value, "int")? {
                        Value::Int(number) => Ok(number),
                        _ => Err(ARGUMENTS.to_owned()),
                    };
                    ParameterLaw::Whole(end(low)?, end(high)?)
                }
                law if kind == "float" => law,
                _ => return Err(format!("an interval cannot be drawn as {kind}")),
            };
            Ok(OverrideMeaning::Sweep { law, remark })
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "Python's int cuts off, too")]
fn cast_value(value: &Value, kind: &str) -> Result<Value, String> {
    let failed = || format!("`{}` cannot be cast to {kind}", sweep_config::yaml::flow(value));
    if let Value::List(items) = value {
        let items = items.iter().map(|item| cast_value(item, kind));
        return Ok(Value::List(items.collect::<Result<_, _>>()?));
    }
    match (kind, value) {
        ("str", Value::Bool(truth)) => Ok(Value::Str(truth.to_string())),
        ("str", Value::Int(_) | Value::Float(_) | Value::Str(_)) => {
            Ok(Value::Str(sweep_config::python::text(value)))
        }
        ("int", Value::Int(_)) | ("float", Value::Float(_)) | ("bool", Value::Bool(_)) => {
            Ok(value.clone())
        }
        ("int", Value::Float(number)) if number.is_finite() => Ok(Value::Int(*number as i64)),
        ("int", Value::Bool(truth)) => Ok(Value::Int(i64::from(*truth))),
        ("int", Value::Str(text)) => text.trim().parse().map(Value::Int).map_err(|_| failed()),
        ("float", Value::Int(_)) => value.as_f64().map(Value::Float).ok_or_else(failed),
        ("float", Value::Bool(truth)) => Ok(Value::Float(f64::from(u8::from(*truth)))),
        ("float", Value::Str(text)) => text.trim().parse().map(Value::Float).map_err(|_| failed()),
        ("bool", Value::Int(number)) => Ok(Value::Bool(*number != 0)),
        ("bool", Value::Float(number)) => Ok(Value::Bool(*number != 0.0)),
        ("bool", Value::Str(text)) => match text.to_ascii_lowercase().as_str() {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(failed()),
        },
        _ => Err(failed()),
    }
}
