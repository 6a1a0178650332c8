//! The names that a template asks for, and where.

use handlebars::template::{HelperTemplate, Parameter, Template, TemplateElement};
use handlebars::{Path, PathSeg};
use sweep_config::Value;

use super::{COMPARISONS, CommandError, facts};

/// How alike two names must be (1: equal) for one to be offered for the other.
const ALIKE: f64 = 0.6;

/// What a name is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// It is printed.
    Print,
    /// It decides.
    Condition,
}

/// One mention of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// Dotted.
    pub(super) path: String,
    pub(super) used: Use,
    place: Place,
}

impl Name {
    pub(super) fn error(&self, message: String, hint: String) -> CommandError {
        self.place.error(message, hint)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    line: usize,
    column: usize,
}

impl Place {
    fn error(self, message: impl Into<String>, hint: impl Into<String>) -> CommandError {
        let Self { line, column } = self;
        CommandError { line, column, message: message.into(), hint: hint.into() }
    }

    fn unsupported(self, what: &str) -> CommandError {
        self.error(
            format!("{what} is not supported"),
            "there are names, `{{#if}}` and `{{#unless}}`; leave the rest to the shell",
        )
    }
}

/// All names of a template; an error for what a command may not hold.
pub(super) fn collect(template: &Template) -> Result<Vec<Name>, CommandError> {
    let mut names = Vec::new();
    visit(template, &mut names)?;
    Ok(names)
}

fn visit(template: &Template, names: &mut Vec<Name>) -> Result<(), CommandError> {
    for (element, mapping) in template.elements.iter().zip(&template.mapping) {
        let place = Place { line: mapping.0, column: mapping.1 };
        match element {
            TemplateElement::RawString(_) | TemplateElement::Comment(_) => {}
            TemplateElement::Expression(it) | TemplateElement::HtmlExpression(it) => {
                if !it.params.is_empty() || !it.hash.is_empty() {
                    return Err(place.unsupported("a call of a helper"));
                }
                names.push(name(&it.name, Use::Print, place)?);
            }
            TemplateElement::HelperBlock(it) => visit_block(it, place, names)?,
            _ => return Err(place.unsupported("a partial or decorator")),
        }
    }
    Ok(())
}

fn visit_block(
    block: &HelperTemplate,
    place: Place,
    names: &mut Vec<Name>,
) -> Result<(), CommandError> {
    match block.name.as_name() {
        Some("if" | "unless") => {}
        other => {
            return Err(place.unsupported(&format!("the block `{}`", other.unwrap_or_default())));
        }
    }
    visit_conditions(&block.params, place, names)?;
    for template in block.template.iter().chain(&block.inverse) {
        visit(template, names)?;
    }
    Ok(())
}

fn visit_conditions(
    conditions: &[Parameter],
    place: Place,
    names: &mut Vec<Name>,
) -> Result<(), CommandError> {
    for condition in conditions {
        match condition {
            Parameter::Literal(_) => {}
            Parameter::Subexpression(call) if COMPARISONS.contains(&call.name()) => {
                visit_conditions(call.params().map_or(&[][..], Vec::as_slice), place, names)?;
            }
            Parameter::Subexpression(_) => return Err(place.unsupported("this call of a helper")),
            path => names.push(name(path, Use::Condition, place)?),
        }
    }
    Ok(())
}

fn name(parameter: &Parameter, used: Use, place: Place) -> Result<Name, CommandError> {
    let path = match parameter {
        Parameter::Name(name) => name.clone(),
        Parameter::Path(Path::Relative((segments, _))) if !segments.is_empty() => {
            let mut keys = Vec::with_capacity(segments.len());
            for segment in segments {
                match segment {
                    PathSeg::Named(key) => keys.push(key.as_str()),
                    _ => return Err(place.unsupported("`..`")),
                }
            }
            keys.join(".")
        }
        _ => return Err(place.unsupported("a placeholder that is no name")),
    };
    Ok(Name { path, used, place })
}

/// Which names there are that look like the one that was asked for.
pub(super) fn near(asked: &str, config: Option<&Value>) -> String {
    let mut known: Vec<String> = facts::NAMES.map(str::to_owned).to_vec();
    if let Some(config) = config {
        list_parameters(config, "", &mut known);
    }
    let mut scored: Vec<(f64, &String)> =
        known.iter().map(|name| (likeness(asked, name), name)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let near: Vec<String> = scored
        .iter()
        .take_while(|(likeness, _)| *likeness >= ALIKE)
        .take(3)
        .map(|(_, name)| format!("`{name}`"))
        .collect();
    if near.is_empty() {
        format!("the facts are {}; parameters have paths such as `OPTIM.BASE_LR`", facts_list())
    } else {
        format!("did you mean {}?", near.join(" or "))
    }
}

fn facts_list() -> String {
    facts::NAMES.map(|name| format!("`{name}`")).join(", ")
}

/// 1 for equal names; letter case, and the sections that a parameter is in, count little.
fn likeness(asked: &str, name: &str) -> f64 {
    let (asked, name) = (asked.to_lowercase(), name.to_lowercase());
    let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
    let whole = strsim::normalized_damerau_levenshtein(&asked, &name);
    whole.max(0.95 * strsim::normalized_damerau_levenshtein(&last(&asked), &last(&name)))
}

fn list_parameters(value: &Value, path: &str, into: &mut Vec<String>) {
    let Value::Map(map) = value else {
        into.push(path.to_owned());
        return;
    };
    for (key, value) in map {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        list_parameters(value, &path, into);
    }
}
