//! The short forms of samplers: `{log: [1e-4, 1e-1]}` for `{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: …}`.
//!
//! A short form is read as the long one that it stands for, and a long one that has a short form is shown as that.

use crate::yaml::{self, NodeForm, NodeKind, YamlEntry, YamlNode};
use crate::{Map, Value};

/// A law's short name, with what it stands for as `TYPE` and `RAND_TYPE`.
pub(in crate::config) const LAWS: [(&str, &str, &str); 7] = [
    ("uniform", "float_sampler", "uniform"),
    ("log", "float_sampler", "log_uniform"),
    ("normal", "float_sampler", "normal"),
    ("log_normal", "float_sampler", "log_normal"),
    ("int", "int_sampler", "uniform"),
    ("log_int", "int_sampler", "log_uniform"),
    ("power2", "int_sampler", "power2_uniform"),
];

/// The keys that may stand beside a law, with those of the long form.
pub(in crate::config) const KEYS: [(&str, &str); 4] =
    [("step", "QUANTIZE"), ("points", "POINTS"), ("weights", "WEIGHTS"), ("when", "WHEN")];

/// A mapping that may be a short form.
pub(in crate::config) enum ShortForm {
    /// It is one, of which this is the long form.
    Sampler(YamlNode),
    /// It has two laws.
    Ambiguous(String),
}

/// Recognizes the short form of a sampler, or a long one whose keys are in lower case.
pub(in crate::config) fn read(node: &YamlNode) -> Option<ShortForm> {
    let entries = node.entries()?;
    if node.form == NodeForm::Tagged {
        return None;
    }
    if is_lower_case(entries) {
        return Some(ShortForm::Sampler(with_entries(node, entries.iter().map(upper).collect())));
    }
    let is_known = |entry: &YamlEntry| law(&entry.key).is_some() || beside(&entry.key).is_some();
    let mut laws = entries.iter().filter(|entry| law(&entry.key).is_some());
    let first = laws.next().filter(|_| entries.iter().all(is_known))?;
    if let Some(second) = laws.next() {
        let readings = [first, second]
            .map(|entry| yaml_of(&long(node, std::slice::from_ref(entry), &entry.key)));
        return Some(ShortForm::Ambiguous(readings.join(" or ")));
    }
    Some(ShortForm::Sampler(long(node, entries, &first.key)))
}

/// Returns true if a mapping that stands where a value does is the short form of a sampler of numbers.
pub(super) fn is_short(node: &YamlNode) -> bool {
    let is_number = |end: &YamlNode| end.to_value().as_f64().is_some();
    let is_range = |node: &YamlNode| match &node.kind {
        NodeKind::List(ends) => ends.len() == 2 && ends.iter().all(is_number),
        _ => false,
    };
    let mut laws = node.entries().into_iter().flatten().filter(|entry| law(&entry.key).is_some());
    laws.all(|entry| is_range(&entry.node)) && matches!(read(node), Some(ShortForm::Sampler(_)))
}

/// Returns `TYPE` and `RAND_TYPE` of a law by its short name.
fn law(name: &str) -> Option<(&'static str, &'static str)> {
    LAWS.iter().find(|(short, ..)| *short == name).map(|(_, kind, law)| (*kind, *law))
}

/// Returns the long form's key of one that may stand beside a law; the long form's may too.
fn beside(key: &str) -> Option<&'static str> {
    KEYS.iter().find(|(short, long)| *short == key || *long == key).map(|(_, long)| *long)
}

/// Returns the key that keeps a mapping with a law from being the short form of a sampler, and the law.
pub(in crate::config) fn odd_key(entries: &[YamlEntry]) -> Option<(&YamlEntry, &str)> {
    let named = entries.iter().find(|entry| law(&entry.key).is_some())?;
    let odd =
        entries.iter().find(|entry| law(&entry.key).is_none() && beside(&entry.key).is_none())?;
    Some((odd, &named.key))
}

fn yaml_of(node: &YamlNode) -> String {
    format!("`{}`", yaml::flow(&node.to_value()))
}

/// Returns true for `{type: float_sampler, range: …}`.
fn is_lower_case(entries: &[YamlEntry]) -> bool {
    let is_type = |entry: &YamlEntry| {
        entry.key == "type"
            && matches!(&entry.node.kind, NodeKind::Scalar(Value::Str(kind)) if kind.ends_with("_sampler"))
    };
    entries.iter().any(is_type)
}

fn upper(entry: &YamlEntry) -> YamlEntry {
    YamlEntry { key: entry.key.to_ascii_uppercase(), ..entry.clone() }
}

fn with_entries(node: &YamlNode, entries: Vec<YamlEntry>) -> YamlNode {
    YamlNode { kind: NodeKind::Map(entries), ..node.clone() }
}

/// Writes a short form with one law as the long one; every value stays where it was written.
fn long(node: &YamlNode, entries: &[YamlEntry], name: &str) -> YamlNode {
    let mut all = Vec::new();
    for entry in entries {
        let mut push = |key: &str, node: YamlNode| {
            all.push(YamlEntry { key: key.to_owned(), node, ..entry.clone() });
        };
        let text = |text: &str| YamlNode::of_value(&Value::Str(text.to_owned()), entry.mark);
        if let Some((kind, rand_type)) = law(name).filter(|_| entry.key == name) {
            // Powers of two may be fractions.
            let is_float = name == "power2" && !has_whole_ends(&entry.node);
            push("TYPE", text(if is_float { "float_sampler" } else { kind }));
            if rand_type != "uniform" {
                push("RAND_TYPE", text(rand_type));
            }
            push("RANGE", entry.node.clone());
        } else if let Some(key) = beside(&entry.key) {
            push(key, entry.node.clone());
        }
    }
    with_entries(node, all)
}

fn has_whole_ends(node: &YamlNode) -> bool {
    let NodeKind::List(ends) = &node.kind else { return true };
    ends.iter().all(|end| match &end.kind {
        NodeKind::Scalar(Value::Float(number)) => number.fract() == 0.0,
        _ => true,
    })
}

/// Returns a sampler as it stands under `SAMPLERS`, in its short form where it has one.
pub(in crate::config) fn shorten(sampler: &Value) -> Value {
    let Value::Map(keys) = sampler else { return sampler.clone() };
    let text = |key: &str| match keys.get(key) {
        Some(Value::Str(text)) => Some(text.as_str()),
        _ => None,
    };
    let Some(kind) = text("TYPE").filter(|kind| kind.ends_with("_sampler")) else {
        let all = keys.iter().map(|(key, value)| (key.clone(), shorten(value)));
        return Value::Map(all.collect());
    };
    let rand_type = text("RAND_TYPE").unwrap_or("uniform");
    let law = LAWS.iter().find(|(_, short, law)| *short == kind && *law == rand_type);
    match (kind, law, keys.get("RANGE")) {
        ("value_sampler", ..) if keys.len() == 2 => {
            keys.get("VALUES").cloned().unwrap_or(Value::Null)
        }
        (_, Some((name, ..)), Some(range)) => {
            // Whole numbers have no other step unasked.
            let is_usual = |key: &str, value: &Value| {
                key == "QUANTIZE" && kind == "int_sampler" && *value == Value::Int(1)
            };
            let beside = KEYS.iter().filter_map(|(short, key)| {
                let value = keys.get(*key).filter(|value| !is_usual(key, value))?;
                Some(((*short).to_owned(), value.clone()))
            });
            let law = std::iter::once(((*name).to_owned(), range.clone()));
            Value::Map(law.chain(beside).collect())
        }
        _ => {
            let inner = |(key, value): (&String, &Value)| match key.as_str() {
                "ITEM_SAMPLER" | "LENGTH" => (key.clone(), shorten(value)),
                "BRANCHES" => (key.clone(), branches(value)),
                _ => (key.clone(), value.clone()),
            };
            Value::Map(keys.iter().map(inner).collect::<Map>())
        }
    }
}

/// Shortens the samplers of branches, in which a list is one value.
fn branches(all: &Value) -> Value {
    let item = |value: &Value| match shorten(value) {
        Value::List(values) if values.len() == 1 => values[0].clone(),
        Value::List(_) => value.clone(),
        other => other,
    };
    let branch = |value: &Value| match value {
        Value::Map(items) => {
            Value::Map(items.iter().map(|(key, value)| (key.clone(), item(value))).collect())
        }
        other => other.clone(),
    };
    match all {
        Value::Map(all) => {
            Value::Map(all.iter().map(|(name, value)| (name.clone(), branch(value))).collect())
        }
        Value::Keyed(all) => {
            Value::Keyed(all.iter().map(|(name, value)| (name.clone(), branch(value))).collect())
        }
        other => other.clone(),
    }
}
