//! `SETUP.DERIVED`: parameters that follow from others.

use indexmap::IndexMap;

use super::given::GivenValue;
use super::names::ExpressionNames;
use super::paths::is_within;
use super::section::ConfigSection;
use super::setters::SetterGroup;
use crate::expr::Expression;

/// The expressions, each after those that it needs.
pub(super) fn decode<'a>(
    section: &ConfigSection<'a>,
    names: &ExpressionNames<'_>,
    setters: &mut Vec<SetterGroup<'a>>,
) -> IndexMap<String, Expression> {
    match section.get("DERIVED") {
        None => IndexMap::new(),
        Some(given) => in_order_of_need(&given, names, setters),
    }
}

/// Decodes derived parameters over some names; returns their expressions, each after those that it needs.
pub(super) fn in_order_of_need<'a>(
    given: &GivenValue<'a>,
    names: &ExpressionNames<'_>,
    setters: &mut Vec<SetterGroup<'a>>,
) -> IndexMap<String, Expression> {
    given.check_names();
    let entries: Vec<_> = given.section().all().collect();
    // An expression may name a derived parameter that stands behind it.
    let unchecked: IndexMap<String, Expression> = entries
        .iter()
        .filter_map(|(key, given)| {
            Some(((*key).to_owned(), Expression::parse(&given.text()?).ok()?))
        })
        .collect();
    let is_open = names.is_open || unchecked.len() < entries.len();
    let names = ExpressionNames { derived: &unchecked, is_open, ..names.clone() };
    let mut waiting = IndexMap::new();
    for (key, given) in &entries {
        let Some(key) = names.path(given, key) else { continue };
        setters.push(SetterGroup::single(key.clone(), given.clone()));
        if let Some(expr) = names.expression(given) {
            if expr.names().iter().any(|name| names.is_complexity(name)) {
                given.problem(
                    "the complexity is computed from the parameters, so it cannot define them",
                    None,
                );
            }
            waiting.insert(key, expr);
        }
    }
    let (ordered, circular) = in_order(waiting);
    if let Some((key, _)) = circular.first() {
        let keys: Vec<&str> = circular.keys().map(String::as_str).collect();
        let entry = entries.iter().find(|(entry, _)| entry == key);
        if let Some((_, given)) = entry {
            given.problem(format!("circular: {} depend on each other", keys.join(", ")), None);
        }
    }
    ordered
}

/// Each expression after those that it needs; and those that need themselves.
fn in_order(
    mut waiting: IndexMap<String, Expression>,
) -> (IndexMap<String, Expression>, IndexMap<String, Expression>) {
    let mut ordered = IndexMap::new();
    loop {
        let ready = waiting.iter().position(|(_, expr)| {
            !expr.names().iter().any(|name| waiting.keys().any(|key| is_within(name, key)))
        });
        let Some((key, expr)) = ready.and_then(|i| waiting.shift_remove_index(i)) else {
            return (ordered, waiting);
        };
        ordered.insert(key, expr);
    }
}
