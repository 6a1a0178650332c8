//! Text that is a literal of Python: SEML reads every text of its files as one, if it can (pure).

use std::path::Path;

use sweep_config::expr::Expression;
use sweep_config::{Map, Value, yaml};

/// Returns a value as SEML has it.
pub(super) fn value(value: &Value) -> Value {
    match value {
        Value::Str(text) => literal(text).unwrap_or_else(|| value.clone()),
        Value::List(items) => Value::List(items.iter().map(self::value).collect()),
        Value::Map(map) => {
            Value::Map(map.iter().map(|(key, item)| (key.clone(), self::value(item))).collect())
        }
        other => other.clone(),
    }
}

/// Returns the value of a text that is a literal; a tuple is a list.
fn literal(text: &str) -> Option<Value> {
    let text = text.trim();
    match text {
        "None" => return Some(Value::Null),
        "True" => return Some(Value::Bool(true)),
        "False" => return Some(Value::Bool(false)),
        "{}" => return Some(Value::Map(Map::new())),
        _ => {}
    }
    let first = text.chars().next()?;
    match first {
        '0'..='9' | '.' | '-' | '+' => number(text),
        '\'' | '"' => {
            let inner = text.strip_prefix(first)?.strip_suffix(first)?;
            let is_one = !inner.contains(first) && !inner.contains('\\');
            is_one.then(|| Value::Str(inner.to_owned()))
        }
        '(' => {
            let inner = text.strip_prefix('(')?.strip_suffix(')')?;
            if inner.contains(',') { list(&format!("[{inner}]")) } else { literal(inner) }
        }
        '[' => list(text),
        '{' => yaml::read(Path::new("text"), text).ok().map(|found| value(&found)),
        _ => None,
    }
}

fn number(text: &str) -> Option<Value> {
    let digits = text.trim_start_matches(['-', '+']);
    let is_octal = digits.len() > 1
        && digits.starts_with('0')
        && digits.chars().all(|c| c.is_ascii_digit() || c == '_')
        && digits.chars().any(|c| !"0_".contains(c));
    let is_operation = digits.contains(['+', '*', '/', '%', '(', ' ', '<', '>', '='])
        || digits.split(['e', 'E']).next().is_some_and(|mantissa| mantissa.contains('-'));
    if is_octal || is_operation {
        return None;
    }
    evaluated(text).filter(|value| value.as_f64().is_some())
}

fn list(text: &str) -> Option<Value> {
    evaluated(text).filter(|value| matches!(value, Value::List(_)))
}

fn evaluated(text: &str) -> Option<Value> {
    let expression = Expression::parse(text).ok().filter(|found| found.names().is_empty())?;
    expression.eval(&|_| None).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_python_reads_a_literal() {
        for (text, right) in [
            ("1e-5", "1.0e-05"),
            ("1_000", "1000"),
            ("-3", "-3"),
            ("None", "null"),
            ("True", "true"),
            ("[1, 2.5, 'a']", "[1, 2.5, a]"),
            ("(3, 3)", "[3, 3]"),
            ("'quoted'", "quoted"),
            ("{}", "{}"),
            ("{'a': 1}", "{a: 1}"),
        ] {
            let found = value(&Value::Str(text.to_owned()));
            assert_eq!(yaml::flow(&found), right, "{text}");
        }
        for text in [
            "1/3", "2-1", "010", "sgd", "true", "null", "range(3)", "0-08:00", "${a.b}", "1 + 2",
            "",
        ] {
            let given = Value::Str(text.to_owned());
            assert_eq!(value(&given), given, "{text}");
        }
    }
}
