//! Ranges and choices as other tools have them in texts and mappings of their own.

use super::calls;
use super::form::{SamplerForm, range_sampler};
use super::grammar;
use crate::Value;
use crate::yaml::{self, YamlEntry};

/// Returns the range that a text of two numbers with dots between them is, `1e-4..1e-1`, or one of Guild AI's,
/// `loguniform[1e-5:1e-1]`.
pub(super) fn range_text(text: &str) -> Option<SamplerForm> {
    let number =
        |text: &str| yaml::plain(text.trim()).ok().filter(|value| value.as_f64().is_some());
    if let Some((low, high)) = text.split_once("..") {
        let (low, high) = (number(low)?, number(high.trim_start_matches(['.', '=']))?);
        return Some(SamplerForm::Sampler(between(&low, &high)));
    }
    let (name, ends) = text.strip_suffix(']')?.split_once('[')?;
    let ends: Vec<Value> = ends.split(':').map(number).collect::<Option<_>>()?;
    law(name, &ends)
}

/// Returns the sampler of numbers between two, whole ones if both ends are.
fn between(low: &Value, high: &Value) -> Value {
    let are_whole = matches!((low, high), (Value::Int(_), Value::Int(_)));
    let kind = if are_whole { "int_sampler" } else { "float_sampler" };
    range_sampler(kind, "uniform", low, high, None)
}

/// Returns what a law by its name in some tool draws, its arguments being values.
fn law(name: &str, arguments: &[Value]) -> Option<SamplerForm> {
    let lower = name.to_ascii_lowercase();
    match (lower.as_str(), arguments) {
        ("float" | "real" | "double", [low, high]) => {
            return Some(SamplerForm::Sampler(range_sampler(
                "float_sampler",
                "uniform",
                low,
                high,
                None,
            )));
        }
        ("int" | "integer", [low, high]) => {
            return Some(SamplerForm::Sampler(range_sampler(
                "int_sampler",
                "uniform",
                low,
                high,
                None,
            )));
        }
        _ => {}
    }
    let arguments: Vec<String> = arguments.iter().map(yaml::flow).collect();
    let call = grammar::call(&format!("{lower}({})", arguments.join(", ")))?;
    calls::meaning(&call)?.ok()
}

/// Returns the sampler that a mapping of one law to its arguments means: `{loguniform: [1e-3, 1]}`.
pub(in crate::config) fn one_law(entries: &[YamlEntry]) -> Option<SamplerForm> {
    let [entry] = entries else { return None };
    let Value::List(arguments) = entry.node.to_value() else { return None };
    law(&entry.key, &arguments)
}

/// Returns true for what stands in the brackets of a list comprehension: `x * 2 for x in range(5)`.
pub(super) fn is_comprehension(text: &str) -> bool {
    let is_word = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_., ".contains(c))
    };
    let Some((_, rest)) = text.split_once(" for ") else { return false };
    let Some((name, over)) = rest.split_once(" in ") else { return false };
    let called = &over[..over.find(['(', '[']).unwrap_or(0)];
    is_word(name)
        && name.split(' ').count() == name.split(", ").count()
        && over.ends_with([')', ']'])
        && called.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_in_texts_are_said_in_our_own_form() {
        for (text, right) in [
            ("1..10", "{TYPE: int_sampler, RANGE: [1, 10]}"),
            ("1e-4..1e-1", "{TYPE: float_sampler, RANGE: [0.0001, 0.1]}"),
            ("0.1 ... 0.5", "{TYPE: float_sampler, RANGE: [0.1, 0.5]}"),
            ("uniform[0:1]", "{TYPE: float_sampler, RANGE: [0, 1]}"),
            (
                "loguniform[1e-5:1e-1]",
                "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [1.0e-05, 0.1]}",
            ),
            ("range[1:4]", "[1, 2, 3]"),
        ] {
            assert_eq!(range_text(text).map(|form| form.show()).as_deref(), Some(right), "{text}");
        }
        for text in ["../data", "a..b", "1.5", "1...", "v1..v2", "layers[0]", "x[1:2]", "f[0]"] {
            assert_eq!(range_text(text), None, "{text}");
        }
    }

    #[test]
    fn a_loop_is_no_sentence() {
        for text in ["x for x in range(5)", "2 ** i for i in [1, 2]", "a + b for a, b in zip(c, d)"]
        {
            assert!(is_comprehension(text), "{text}");
        }
        for text in
            ["look for it in there", "wait for it in the end (soon)", "for x in y", "a for b"]
        {
            assert!(!is_comprehension(text), "{text}");
        }
    }
}
