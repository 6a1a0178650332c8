//! Holds the types of sampled values against the value of the base config in whose place they come.

use std::collections::HashMap;

use crate::expr::Expression;
use crate::yaml;
use crate::{Value, python};

/// A type that does not fit, with what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeFault {
    /// True if a program would take the value for another one, so that nobody can mean it unasked: a number in
    /// text beside a number.
    pub is_certain: bool,
    /// The message: a lower-case fragment without a period.
    pub message: String,
    /// Advice.
    pub hint: String,
}

/// Finds what does not fit the type of a value of the base config.
///
/// Numbers fit each other, null fits everything, and values of which some have the type are a mixture that is
/// meant. Pycls's own reader of configs (YACS) refuses all of it.
#[must_use]
pub fn type_fault(values: &[Value], base: &Value) -> Option<TypeFault> {
    if let Some((text, spelt)) = values.iter().find_map(|value| number_in_text(value, base)) {
        return Some(TypeFault {
            is_certain: true,
            message: format!("is {} in BASE_CFG, and the text '{text}' here", shown(base)),
            hint: format!("write `{spelt}` without quotes; for literal text, write `!!str {text}`"),
        });
    }
    if let Some(text) = values.iter().find_map(|value| formula(value, base)) {
        return Some(TypeFault {
            is_certain: false,
            message: format!("is {} in BASE_CFG, and the text '{text}' here", shown(base)),
            hint: "YAML does no arithmetic: write the number, or compute it under DERIVED"
                .to_owned(),
        });
    }
    let wanted = group(base)?;
    let mut groups = values.iter().filter_map(group);
    let first = groups.next()?;
    if first == wanted || groups.any(|group| group == wanted) {
        return None;
    }
    Some(TypeFault {
        is_certain: false,
        message: format!("is {} in BASE_CFG, and {first} here", shown(base)),
        hint: "your program may confuse the types; set null in BASE_CFG to allow any type"
            .to_owned(),
    })
}

/// Returns two of some values that are one to a program in Python, though they are written differently: 1, 1.0
/// and true.
pub(super) fn equal_values<'v>(
    values: impl Iterator<Item = &'v Value>,
) -> Option<(String, String)> {
    let mut seen: HashMap<String, &Value> = HashMap::new();
    for value in values {
        if let Some(other) = seen.insert(equality_key(value), value)
            && python::repr(other) != python::repr(value)
        {
            return Some((python::repr(other), python::repr(value)));
        }
    }
    None
}

/// Returns a text that values have in common if Python finds them equal.
fn equality_key(value: &Value) -> String {
    match value {
        Value::Bool(flag) => i64::from(*flag).to_string(),
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
            // No minus for a zero.
            format!("{:.0}", number + 0.0)
        }
        Value::Timestamp(text) => format!("time {}", yaml::moment(text)),
        Value::List(items) => {
            format!("[{}]", items.iter().map(equality_key).collect::<Vec<_>>().join(", "))
        }
        Value::Map(map) => {
            let mut entries: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{key:?}: {}", equality_key(value)))
                .collect();
            entries.sort_unstable();
            format!("{{{}}}", entries.join(", "))
        }
        other => python::repr(other),
    }
}

/// Returns a text that spells a number or truth value where the base config has one.
fn number_in_text(value: &Value, base: &Value) -> Option<(String, String)> {
    match (value, base) {
        (Value::Str(text), Value::Bool(_) | Value::Int(_) | Value::Float(_)) => {
            let meant = yaml::plain(text).ok()?;
            (group(&meant)? == group(base)?).then(|| (text.clone(), yaml::flow(&meant)))
        }
        (Value::List(items), Value::List(base)) => {
            let base = base.first()?;
            items.iter().find_map(|item| number_in_text(item, base))
        }
        _ => None,
    }
}

/// Returns a text that is a formula of numbers, such as `1/3`, where the base config has a number.
fn formula<'v>(value: &'v Value, base: &Value) -> Option<&'v str> {
    let (Value::Str(text), Value::Int(_) | Value::Float(_)) = (value, base) else { return None };
    let expr = Expression::parse(text).ok().filter(|expr| expr.names().is_empty())?;
    expr.eval(&|_| None).ok()?.as_f64()?;
    Some(text)
}

fn shown(value: &Value) -> String {
    match value {
        Value::List(_) | Value::Map(_) | Value::Keyed(_) => value.kind().to_owned(),
        Value::Str(text) => format!("the text '{text}'"),
        other => python::text(other),
    }
}

/// Returns the kind of values that stand for each other; none of null.
fn group(value: &Value) -> Option<&'static str> {
    Some(match value {
        Value::Null => return None,
        Value::Int(_) | Value::Float(_) => "a number",
        Value::Str(_) | Value::Timestamp(_) => "text",
        other => other.kind(),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn values_that_are_one_to_python_are_found() {
        for (values, are_equal) in [
            ("[1, 1.0]", true),
            ("[0, x, false]", true),
            ("[[1, 2], [1.0, 2]]", true),
            ("[{a: 1, b: 2}, {b: 2, a: true}]", true),
            ("[0.0, -0.0]", true),
            ("[1, '1']", false),
            ("[1, 2, 0.1]", false),
            ("[1, 1]", false),
            ("[null, 0, '']", true),
            ("[2024-01-01T00:00:00, 2024-1-1 0:00:00.0]", true),
            ("[2024-01-01T01:00:00+01:00, 2024-01-01T00:00:00Z]", true),
            ("[2023-12-31T23:30:00-0:30, 2024-01-01T00:00:00 +00]", true),
            ("[2024-03-01 00:00:00.1234567, 2024-03-01 00:00:00.123456]", true),
            ("[2024-01-01, 2024-01-01T00:00:00]", false),
            ("[2024-01-01T00:00:00, 2024-01-01T00:00:00Z]", false),
            ("[2024-02-29T00:00:00, 2024-03-01T00:00:00]", false),
        ] {
            let Value::List(values) = yaml::read(Path::new("x"), values).unwrap() else { panic!() };
            let is_null = values.contains(&Value::Null);
            assert_eq!(equal_values(values.iter()).is_some(), are_equal && !is_null, "{values:?}");
        }
    }

    #[test]
    fn values_are_held_against_the_type_of_the_base_config() {
        let read = |text: &str| yaml::read(Path::new("x"), text).unwrap();
        for (values, base, certain) in [
            ("['0.1']", "0.2", Some(true)),
            ("[true, 'true']", "false", Some(true)),
            ("['no']", "true", Some(true)),
            ("[['1', '2']]", "[3]", Some(true)),
            ("['1e-3', 0.1]", "1", Some(true)),
            ("[auto]", "0.2", Some(false)),
            ("[0, 1]", "true", Some(false)),
            ("[true]", "1", Some(false)),
            ("[1]", "adam", Some(false)),
            ("[[1]]", "1", Some(false)),
            ("[1]", "[1]", Some(false)),
            ("[1, 0.5]", "2", None),
            ("[1]", "0.5", None),
            ("[auto, 3]", "2", None),
            ("[1/3, 3]", "2", Some(false)),
            ("[2**5]", "2", Some(false)),
            ("[16/9]", "4/3", None),
            ("[null]", "2", None),
            ("[x]", "null", None),
            ("['1']", "x", None),
            ("['1', b]", "['a']", Some(false)),
        ] {
            let Value::List(values) = read(values) else { panic!() };
            let fault = type_fault(&values, &read(base));
            assert_eq!(fault.map(|fault| fault.is_certain), certain, "{values:?} {base}");
        }
    }
}
