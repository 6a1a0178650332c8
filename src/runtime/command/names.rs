//! Collects the names that a template uses, with their positions (pure).

use handlebars::template::{HelperTemplate, Parameter, Template, TemplateElement};
use handlebars::{Path, PathSeg};
use sweep_config::Value;

use super::argument_style::{ArgumentForm, ArgumentStyle};
use super::command_facts::FACT_NAMES;
use super::error::CommandError;

/// The helpers of handlebars that only compare; the others print what no shell expects.
const COMPARISONS: [&str; 9] = ["eq", "ne", "gt", "gte", "lt", "lte", "and", "or", "not"];

/// The likeness (1: equal) from which on one name is suggested for another.
const ALIKE: f64 = 0.6;

/// The purpose of a name in a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameUse {
    /// Its value is printed.
    Print,
    /// Its value is a condition.
    Condition,
}

/// One use of a name in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TemplateName {
    /// The dotted path.
    pub(super) path: String,
    pub(super) used: NameUse,
    position: TemplatePosition,
}

impl TemplateName {
    pub(super) fn error(&self, message: String, hint: String) -> CommandError {
        self.position.error(message, hint)
    }
}

/// A placeholder for all sampled parameters. In the template, the name of its text stands in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ArgumentPlaceholder {
    pub(super) form: ArgumentForm,
    pub(super) style: ArgumentStyle,
    /// The name of its text.
    pub(super) key: String,
    position: TemplatePosition,
}

impl ArgumentPlaceholder {
    pub(super) fn error(&self, message: String, hint: String) -> CommandError {
        self.position.error(message, hint)
    }
}

/// The names of a template, and its placeholders for all parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TemplateUses {
    pub(super) names: Vec<TemplateName>,
    pub(super) arguments: Vec<ArgumentPlaceholder>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TemplatePosition {
    line: usize,
    column: usize,
}

impl TemplatePosition {
    fn error(self, message: impl Into<String>, hint: impl Into<String>) -> CommandError {
        let Self { line, column } = self;
        CommandError { line, column, message: message.into(), hint: hint.into() }
    }

    fn unsupported(self, what: &str) -> CommandError {
        self.error(
            format!("{what} is not supported"),
            "use names, `{{#if}}` and `{{#unless}}`; leave the rest to the shell",
        )
    }
}

/// Returns all names of a template, in which the placeholders for all parameters become names of texts.
///
/// # Errors
///
/// When the template contains what a command line may not.
pub(super) fn collect(template: &mut Template) -> Result<TemplateUses, CommandError> {
    let mut uses = TemplateUses::default();
    visit(template, &mut uses)?;
    Ok(uses)
}

fn visit(template: &mut Template, uses: &mut TemplateUses) -> Result<(), CommandError> {
    for (element, mapping) in template.elements.iter_mut().zip(&template.mapping) {
        let position = TemplatePosition { line: mapping.0, column: mapping.1 };
        match element {
            TemplateElement::RawString(_) | TemplateElement::Comment(_) => {}
            TemplateElement::Expression(it) | TemplateElement::HtmlExpression(it) => {
                if let Some(form) = it.name.as_name().and_then(ArgumentForm::named) {
                    let placeholder = placeholder(it, form, position, uses.arguments.len())?;
                    *element = TemplateElement::HtmlExpression(it.clone());
                    uses.arguments.push(placeholder);
                    continue;
                }
                if !it.params.is_empty() || !it.hash.is_empty() {
                    return Err(position.unsupported("a call of a helper"));
                }
                uses.names.push(name(&it.name, NameUse::Print, position)?);
            }
            TemplateElement::HelperBlock(it) => visit_block(it, position, uses)?,
            _ => return Err(position.unsupported("a partial or decorator")),
        }
    }
    Ok(())
}

/// Reads a placeholder for all parameters, and makes it the name of its text.
fn placeholder(
    it: &mut HelperTemplate,
    form: ArgumentForm,
    position: TemplatePosition,
    number: usize,
) -> Result<ArgumentPlaceholder, CommandError> {
    if !it.params.is_empty() {
        let hint = "name the option, as in `{{args bools=flag}}`";
        return Err(position.error(format!("`{}` takes named options only", form.name()), hint));
    }
    let style = ArgumentStyle::read(form, &it.hash)
        .map_err(|(message, hint)| position.error(message, hint))?;
    // No parameter has such a name.
    let key = format!("\u{1}{number}");
    let path = Path::Relative((vec![PathSeg::Named(key.clone())], key.clone()));
    it.name = Parameter::Path(path);
    it.hash.clear();
    Ok(ArgumentPlaceholder { form, style, key, position })
}

fn visit_block(
    block: &mut HelperTemplate,
    position: TemplatePosition,
    uses: &mut TemplateUses,
) -> Result<(), CommandError> {
    match block.name.as_name() {
        Some("if" | "unless") => {}
        other => {
            return Err(position.unsupported(&format!("the block `{}`", other.unwrap_or_default())));
        }
    }
    visit_conditions(&block.params, position, &mut uses.names)?;
    for template in block.template.iter_mut().chain(&mut block.inverse) {
        visit(template, uses)?;
    }
    Ok(())
}

fn visit_conditions(
    conditions: &[Parameter],
    position: TemplatePosition,
    names: &mut Vec<TemplateName>,
) -> Result<(), CommandError> {
    for condition in conditions {
        match condition {
            Parameter::Literal(_) => {}
            Parameter::Subexpression(call) if COMPARISONS.contains(&call.name()) => {
                visit_conditions(call.params().map_or(&[][..], Vec::as_slice), position, names)?;
            }
            Parameter::Subexpression(_) => {
                return Err(position.unsupported("this call of a helper"));
            }
            path => names.push(name(path, NameUse::Condition, position)?),
        }
    }
    Ok(())
}

fn name(
    parameter: &Parameter,
    used: NameUse,
    position: TemplatePosition,
) -> Result<TemplateName, CommandError> {
    let path = match parameter {
        Parameter::Name(name) => name.clone(),
        Parameter::Path(Path::Relative((segments, _))) if !segments.is_empty() => {
            let mut keys = Vec::with_capacity(segments.len());
            for segment in segments {
                match segment {
                    PathSeg::Named(key) => keys.push(key.as_str()),
                    _ => return Err(position.unsupported("`..`")),
                }
            }
            keys.join(".")
        }
        _ => return Err(position.unsupported("a placeholder that is not a name")),
    };
    Ok(TemplateName { path, used, position })
}

/// Suggests the names that look like the one that was asked for, as a hint for the user.
pub(super) fn suggestion(asked: &str, config: Option<&Value>) -> String {
    let mut known: Vec<String> = FACT_NAMES.map(str::to_owned).to_vec();
    known.extend(ArgumentForm::ALL.map(|form| form.name().to_owned()));
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
        format!(
            "use one of {}, the path of a parameter such as `OPTIM.BASE_LR`, or `{{{{args}}}}` for all \
             sampled parameters",
            facts_list()
        )
    } else {
        format!("did you mean {}?", near.join(" or "))
    }
}

fn facts_list() -> String {
    FACT_NAMES.map(|name| format!("`{name}`")).join(", ")
}

/// Returns how alike two names are, 1 for equal names; letter case and the sections of a parameter count
/// little.
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
