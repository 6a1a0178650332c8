//! Parses and renders the template of a command line.

use handlebars::Handlebars;
use handlebars::template::Template;
use serde_json::{Map as JsonMap, Value as Json};
use sweep_config::Value;

use super::command_facts::{CommandFacts, FACT_NAMES};
use super::error::CommandError;
use super::names::{self, NameUse, TemplateName};
use super::values;

/// The command where `LAUNCH.COMMAND` is empty: pycls's own program.
pub const PYCLS: &str = "python tools/run_net.py --mode {{mode}} --cfg {{cfg}} OUT_DIR {{out_dir}}";

/// The name of the only template in the registry.
const COMMAND: &str = "command";

/// A well-formed template of a command line.
#[derive(Debug)]
pub struct CommandTemplate {
    text: String,
    names: Vec<TemplateName>,
    registry: Handlebars<'static>,
}

impl CommandTemplate {
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

    /// Returns the template as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True if and only if it names parameters of the job's config.
    pub fn needs_config(&self) -> bool {
        self.names.iter().any(|name| !FACT_NAMES.contains(&name.path.as_str()))
    }

    /// Returns the command line of one job.
    ///
    /// `config` is the job's config; it may be none unless [`needs_config`](Self::needs_config).
    ///
    /// # Errors
    ///
    /// When a name is neither a fact nor a parameter of the config, or its value cannot be part of a
    /// command line.
    pub fn render(
        &self,
        facts: &CommandFacts,
        config: Option<&Value>,
    ) -> Result<String, CommandError> {
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

/// Quotes a text as one word of a POSIX shell.
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

/// Checks that handlebars prints the value of a name as a word, neither as nothing nor as anything else.
fn check(
    name: &TemplateName,
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
        let known = names::suggestion(&name.path, config);
        let message = format!("`{}` is neither a fact nor a parameter of the config", name.path);
        return Err(error(message, known));
    };
    if name.used == NameUse::Condition {
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
