//! Mistakes in the `TYPE` and `RAND_TYPE` of a sampler, answered with the sampler that was meant.

use super::Distribution;
use crate::config::given::GivenValue;
use crate::config::section::ConfigSection;
use crate::yaml::{self, NodeKind, YamlNode};
use crate::{Map, Value};

/// Words that are no `TYPE`, with the one that is meant.
const KINDS: [(&str, &str); 10] = [
    ("float", "float_sampler"),
    ("real", "float_sampler"),
    ("int", "int_sampler"),
    ("integer", "int_sampler"),
    ("choice", "value_sampler"),
    ("categorical", "value_sampler"),
    ("values", "value_sampler"),
    ("list", "list_sampler"),
    ("union", "union_sampler"),
    ("regnet", "regnet_sampler"),
];

/// Reports a `TYPE` that is a `RAND_TYPE`, or the other way round, or another tool's word; false if there is nothing
/// to say.
pub(super) fn explain(given: &GivenValue<'_>, section: &ConfigSection<'_>) -> bool {
    let word = |key: &str| match section.peek(key)?.node.to_value() {
        Value::Str(text) => Some(text),
        _ => None,
    };
    let (kind, rand_type) = (word("TYPE"), word("RAND_TYPE"));
    let is_law = |word: &str| Distribution::NAMED.iter().any(|(name, _)| *name == word);
    let (key, message, right) = match (kind.as_deref(), rand_type.as_deref()) {
        (Some(law), _) if is_law(law) => {
            ("TYPE", format!("`{law}` is a RAND_TYPE"), sampler(given, None, Some(law)))
        }
        (kind, Some(other)) if other.ends_with("_sampler") => {
            let law = kind.filter(|kind| is_law(kind));
            ("RAND_TYPE", format!("`{other}` is a TYPE"), sampler(given, Some(other), law))
        }
        (None, Some(law)) if is_law(law) && !section.has("TYPE") => {
            ("RAND_TYPE", "is given without TYPE".to_owned(), sampler(given, None, Some(law)))
        }
        (Some(kind), law) => {
            let meant = KINDS.iter().find(|(word, _)| *word == kind.to_ascii_lowercase());
            let Some((_, meant)) = meant else { return false };
            let meant = if section.has("BRANCHES") { "choice_sampler" } else { meant };
            ("TYPE", format!("unknown sampler `{kind}`"), sampler(given, Some(meant), law))
        }
        _ => return false,
    };
    if let Some(place) = section.peek(key) {
        place.problem(message, Some(format!("write `{}`", yaml::flow(&right))));
    }
    true
}

/// Returns the mapping with the right `TYPE` and `RAND_TYPE` before its other keys.
fn sampler(given: &GivenValue<'_>, kind: Option<&str>, law: Option<&str>) -> Value {
    let text = |text: &str| Value::Str(text.to_owned());
    let range = given.below("RANGE");
    let kind = kind.unwrap_or_else(|| {
        let is_whole = range.as_ref().is_some_and(|range| has_whole_ends(range.node));
        if is_whole { "int_sampler" } else { "float_sampler" }
    });
    let mut keys = Map::from([("TYPE".to_owned(), text(kind))]);
    keys.extend(law.map(|law| ("RAND_TYPE".to_owned(), text(law))));
    for entry in given.node.entries().unwrap_or_default() {
        keys.entry(entry.key.clone()).or_insert_with(|| entry.node.to_value());
    }
    if law.is_none() {
        keys.shift_remove("RAND_TYPE");
    }
    if range.is_none() && kind != "value_sampler" && (law.is_some() || kind.starts_with("int")) {
        keys.insert("RANGE".to_owned(), Value::List(vec![text("LOW"), text("HIGH")]));
    }
    Value::Map(keys)
}

fn has_whole_ends(range: &YamlNode) -> bool {
    let NodeKind::List(ends) = &range.kind else { return false };
    ends.iter().all(|end| matches!(end.kind, NodeKind::Scalar(Value::Int(_))))
}
