//! `LAUNCH.COMMAND`: a handlebars template whose placeholders are facts of the job and parameters
//! of its config.
//!
//! `{{name}}` becomes the value as one word of the shell, whatever it holds; `{{{name}}}` becomes
//! the value as it is. A name is one of the facts (`cfg`, `out_dir`, `index`, `mode`, `sweep_dir`,
//! `code_dir`) or the path of a parameter (`OPTIM.BASE_LR`); facts win over parameters of the same
//! name. Of the rest of handlebars there are `{{#if}}` and `{{#unless}}` with handlebars' own
//! comparisons. What handlebars would let pass silently (a condition on a name that does not exist,
//! a `null`, a mapping) is an error here, found before anything runs.

mod facts;
mod names;
mod values;

use handlebars::Handlebars;
use handlebars::template::Template;
use serde_json::{Map as JsonMap, Value as Json};
use sweep_config::Value;

use crate::app::Failure;

pub use facts::Facts;
use names::{Name, Use};

/// What runs where `LAUNCH.COMMAND` is empty: pycls's own program.
pub const PYCLS: &str = "python tools/run_net.py --mode {{mode}} --cfg {{cfg}} OUT_DIR {{out_dir}}";

/// The one template of our registry.
const COMMAND: &str = "command";

/// Handlebars' helpers that only compare; the others print what no shell expects.
const COMPARISONS: [&str; 9] = ["eq", "ne", "gt", "gte", "lt", "lte", "and", "or", "not"];

/// What is wrong with the template, or with a value that it asks for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("LAUNCH.COMMAND, line {line}, column {column}: {message}")]
pub struct CommandError {
    /// The line of the template, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        Self::usage(error.to_string(), error.hint)
    }
}

/// A template that is well formed.
#[derive(Debug)]
pub struct Command {
    text: String,
    names: Vec<Name>,
    registry: Handlebars<'static>,
}

impl Command {
    /// Parses `LAUNCH.COMMAND`; empty stands for [`PYCLS`].
    pub fn parse(text: &str) -> Result<Self, CommandError> {
        let text = if text.trim().is_empty() { PYCLS } else { text };
        let template = Template::compile(text).map_err(|e| syntax_error(&e))?;
        let names = names::collect(&template)?;
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        registry.register_escape_fn(quote);
        for helper in ["lookup", "with", "each", "raw", "log", "len"] {
            registry.unregister_helper(helper);
        }
        registry.register_template(COMMAND, template);
        Ok(Self { text: text.to_owned(), names, registry })
    }

    /// The template as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True if and only if it asks for parameters of the job's config.
    pub fn needs_config(&self) -> bool {
        self.names.iter().any(|name| !facts::NAMES.contains(&name.path.as_str()))
    }

    /// The command line of one job.
    ///
    /// `config` is the job's config; it may be left out unless [`needs_config`](Self::needs_config).
    ///
    /// # Errors
    ///
    /// When a name is in neither the facts nor the config, or its value is none that a command line
    /// can hold.
    pub fn render(&self, facts: &Facts, config: Option<&Value>) -> Result<String, CommandError> {
        let facts = facts.values();
        for name in &self.names {
            check(name, &facts, config)?;
        }
        let mut context = match config.map(values::to_context) {
            Some(Json::Object(map)) => map,
            _ => JsonMap::new(),
        };
        for (name, value) in facts {
            context.insert(name.to_owned(), Json::String(value));
        }
        self.registry.render(COMMAND, &context).map_err(|e| CommandError {
            line: e.line_no.unwrap_or(1),
            column: e.column_no.unwrap_or(1),
            message: e.reason().to_string(),
            hint: "docs/reference/attempts.md tells what a command may hold".into(),
        })
    }
}

/// As one word of a POSIX shell.
fn quote(text: &str) -> String {
    shlex::try_quote(text).expect("`check` lets no NUL pass").into_owned()
}

fn syntax_error(error: &handlebars::TemplateError) -> CommandError {
    let (line, column) = error.pos().unwrap_or((1, 1));
    CommandError {
        line,
        column,
        message: error.reason().to_string(),
        hint: "a placeholder is a name in double braces, such as `{{cfg}}`; write `\\{{` for the \
               braces themselves"
            .into(),
    }
}

/// Finds what handlebars would print as nothing, or as something that is no word.
fn check(
    name: &Name,
    facts: &[(&'static str, String)],
    config: Option<&Value>,
) -> Result<(), CommandError> {
    let error = |message, hint: String| name.error(message, hint);
    let fact = facts.iter().find(|(fact, _)| *fact == name.path);
    let from_config;
    let value = if let Some((_, fact)) = fact {
        from_config = Value::Str(fact.clone());
        Some(&from_config)
    } else {
        config.and_then(|config| config.get_path(&name.path))
    };
    let Some(value) = value else {
        let known = names::near(&name.path, config);
        let message = format!("`{}` is neither a fact nor a parameter of the config", name.path);
        return Err(error(message, known));
    };
    if name.used == Use::Condition {
        return Ok(());
    }
    match value {
        Value::Null => Err(error(
            format!("`{}` is null", name.path),
            "give it a value, or ask first: `{{#if NAME}}--flag {{NAME}}{{/if}}`".into(),
        )),
        Value::Map(_) => Err(error(
            format!("`{}` is a mapping", name.path),
            "name one of the parameters in it, or pass the whole config: `{{cfg}}`".into(),
        )),
        Value::Str(text) if text.contains('\0') => Err(error(
            format!("`{}` holds a NUL, which no command line can", name.path),
            "pass the whole config instead: `{{cfg}}`".into(),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
