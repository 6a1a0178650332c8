//! `SETUP.HELPERS`: parameters that take part in expressions and stay out of job configs.

use indexmap::IndexMap;

use super::given::GivenValue;
use super::names::ExpressionNames;
use super::section::ConfigSection;
use super::setters::SetterGroup;
use super::suggest;
use crate::expr::Expression;

/// Decodes the helpers, each of which is sampled or derived, and marks what sets them.
pub(super) fn decode(
    section: &ConfigSection<'_>,
    names: &ExpressionNames<'_>,
    derived: &IndexMap<String, Expression>,
    setters: &mut [SetterGroup<'_>],
) -> Vec<String> {
    let Some(given) = section.get("HELPERS") else { return Vec::new() };
    let items = given.list("a list of parameters, e.g. [exponent]").unwrap_or_default();
    let helpers: Vec<String> =
        items.iter().filter_map(|item| helper(item, names, derived)).collect();
    for group in setters {
        group.label(&helpers);
    }
    helpers
}

fn helper(
    given: &GivenValue<'_>,
    names: &ExpressionNames<'_>,
    derived: &IndexMap<String, Expression>,
) -> Option<String> {
    let name = names.path(given, &given.text()?)?;
    let known: Vec<&str> = names.params.iter().chain(derived.keys()).map(String::as_str).collect();
    if !known.contains(&name.as_str()) && !names.is_open {
        let hint = suggest::word(&name, &known)
            .or_else(|| Some("a helper must be a parameter of SAMPLERS or DERIVED".to_owned()));
        given.problem(format!("`{name}` is neither sampled nor derived"), hint);
        return None;
    }
    Some(name)
}
