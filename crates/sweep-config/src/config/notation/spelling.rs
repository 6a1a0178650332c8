//! Plain scalars that YAML takes for something else than most people who write them.

use crate::Value;
use crate::expr::Expression;
use crate::yaml::{NodeForm, NodeKind, YamlNode};

/// Says what a plain scalar of job data is to YAML, where that is no mistake for certain; with advice.
pub(super) fn remark(node: &YamlNode) -> Option<(String, String)> {
    if node.form != NodeForm::Plain {
        return None;
    }
    let told = |message: String, hint: String| Some((message, hint));
    match (&node.kind, &node.spelt) {
        (NodeKind::Scalar(Value::Str(word)), _) => {
            if let Some(meant) = pythons_word(word) {
                return told(
                    format!("`{word}` is Python, but text in YAML"),
                    format!("in YAML write `{meant}`; if you mean text, quote it"),
                );
            }
            if has_leading_zero(word) {
                return told(
                    format!("`{word}` is text in YAML, where a leading zero means an octal number"),
                    "remove the zero; if you mean text, quote it".to_owned(),
                );
            }
            if has_interpolation(word) {
                return told(
                    format!("`{word}` stays text: nothing is substituted here"),
                    "to compute it from other parameters, use DERIVED; if your program resolves it \
                     (OmegaConf), quote it"
                        .to_owned(),
                );
            }
            is_formula(word).then(|| {
                (
                    format!("`{word}` is text: YAML does no arithmetic"),
                    "write the number, or compute it under DERIVED; if you mean text, quote it"
                        .to_owned(),
                )
            })
        }
        (NodeKind::Scalar(number @ (Value::Int(_) | Value::Float(_))), Some(spelt)) => {
            let is = crate::python::text(number);
            if spelt.contains(':') {
                return told(
                    format!("`{spelt}` is the number {is} in YAML (base 60)"),
                    "quote it if you mean a time, a ratio or a range".to_owned(),
                );
            }
            let is_octal = matches!(number, Value::Int(_)) && has_leading_zero(spelt);
            is_octal.then(|| {
                (
                    format!("`{spelt}` is the octal number {is} in YAML"),
                    format!("write `{is}`; if you mean text, quote it: `'{spelt}'`"),
                )
            })
        }
        _ => None,
    }
}

/// Returns true if a text names another value in it, as `OmegaConf` does: `${lr}`, `${oc.env:HOME}`.
fn has_interpolation(text: &str) -> bool {
    text.split_once("${").is_some_and(|(_, rest)| rest.contains('}'))
}

/// Returns what YAML has for a value that Python prints as a word.
fn pythons_word(word: &str) -> Option<&'static str> {
    match word {
        "None" => Some("null"),
        "inf" => Some(".inf"),
        "-inf" => Some("-.inf"),
        "nan" => Some(".nan"),
        _ => None,
    }
}

/// Returns true for digits behind a zero: `08`.
fn has_leading_zero(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '+']);
    digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|c| c.is_ascii_digit())
}

/// Returns true for a product, quotient or power of numbers: `1/3`, `10 ** -3`.
fn is_formula(text: &str) -> bool {
    let is_number = |expr: Expression| {
        expr.names().is_empty() && expr.eval(&|_| None).is_ok_and(|value| value.as_f64().is_some())
    };
    text.contains(['*', '/'])
        && text.starts_with(|c: char| c.is_ascii_digit() || "-(.".contains(c))
        && Expression::parse(text).is_ok_and(is_number)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::yaml::read_tree;

    fn told(text: &str) -> Option<String> {
        let (node, _) = read_tree(Path::new("x"), &format!("[{text}]")).unwrap();
        let NodeKind::List(items) = &node.kind else { panic!("{text}") };
        remark(&items[0]).map(|(message, _)| message)
    }

    #[test]
    fn what_yaml_takes_for_something_else_is_told_of() {
        for (text, expected) in [
            ("None", "is Python, but text"),
            ("-inf", "is Python, but text"),
            ("12:30:45", "the number 45045 "),
            ("1:10", "the number 70 "),
            ("010", "the octal number 8 "),
            ("08", "a leading zero"),
            ("1/3", "YAML does no arithmetic"),
            ("10 ** -3", "YAML does no arithmetic"),
            ("2*(1+1)", "YAML does no arithmetic"),
        ] {
            assert!(
                told(text).is_some_and(|said| said.contains(expected)),
                "{text}: {:?}",
                told(text)
            );
        }
        for text in [
            "'None'",
            "'12:30'",
            "'010'",
            "!!str 1/3",
            "0",
            "0.5",
            "00:1x",
            "1-10",
            "a/b",
            "a*2",
            "0x10",
            "1_000",
            "2020-01-01",
            "1e5",
            "/tmp/1",
            "*.py",
            "3x3",
        ] {
            assert_eq!(told(&text.replace("*.py", "'*.py'")), None, "{text}");
        }
    }
}
