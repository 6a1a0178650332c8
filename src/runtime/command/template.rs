//! Parses and renders the template of a command line.

use handlebars::Handlebars;
use handlebars::template::Template;
use serde_json::{Map as JsonMap, Value as Json};
use sweep_config::Value;

use super::argument_list::arguments;
use super::command_facts::{CommandFacts, FACT_NAMES, SHARED_FACTS};
use super::converted_config::ConvertedFormat;
use super::error::CommandError;
use super::names::{self, NameUse, TemplateName, TemplateUses};
use super::values;

/// The command where `LAUNCH.COMMAND` is empty: pycls's own program.
pub const PYCLS: &str = "python tools/run_net.py --mode {{mode}} --cfg {{cfg}} OUT_DIR {{out_dir}}";

/// The name of the only template in the registry.
const COMMAND: &str = "command";

/// A well-formed template of a command line.
#[derive(Debug)]
pub struct CommandTemplate {
    text: String,
    uses: TemplateUses,
    registry: Handlebars<'static>,
}

impl CommandTemplate {
    /// Parses `LAUNCH.COMMAND`; empty stands for [`PYCLS`].
    pub fn parse(text: &str) -> Result<Self, CommandError> {
        let text = if text.trim().is_empty() { PYCLS } else { text };
        let mut template = Template::compile(text).map_err(|e| syntax_error(&e))?;
        let uses = names::collect(&mut template)?;
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        registry.register_escape_fn(quote);
        for helper in ["lookup", "with", "each", "raw", "log", "len"] {
            registry.unregister_helper(helper);
        }
        registry.register_template(COMMAND, template);
        Ok(Self { text: text.to_owned(), uses, registry })
    }

    /// Returns the template as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True if and only if it needs the job's config.
    pub fn needs_config(&self) -> bool {
        let is_parameter = |name: &TemplateName| !FACT_NAMES.contains(&name.path.as_str());
        self.needs_params()
            || self.uses.names.iter().any(is_parameter)
            || self.formats().next().is_some()
    }

    /// True if and only if jobs have command lines that differ in more than where they write.
    pub fn depends_on_job(&self) -> bool {
        let is_of_job = |name: &TemplateName| ["cfg", "index"].contains(&name.path.as_str());
        self.needs_config() || self.uses.names.iter().any(is_of_job)
    }

    /// Returns an error where the command line would differ between jobs, or name what is a job's own.
    ///
    /// # Errors
    ///
    /// For the first such placeholder.
    pub(crate) fn refuse_job_names(&self) -> Result<(), CommandError> {
        let is_shared = |name: &&TemplateName| SHARED_FACTS.contains(&name.path.as_str());
        let message = |what: &str| {
            format!(
                "`{{{{{what}}}}}` differs between jobs, but LAUNCH.KEEP_ALIVE starts the command once for many"
            )
        };
        let hint = || {
            "remove the placeholder: the program is handed the config and the directory of each job \
             (docs/reference/keep-alive.md)"
                .to_owned()
        };
        match (self.uses.arguments.first(), self.uses.names.iter().find(|it| !is_shared(it))) {
            (Some(all), _) => Err(all.error(message(all.form.name()), hint())),
            (None, Some(name)) => Err(name.error(message(&name.path), hint())),
            (None, None) => Ok(()),
        }
    }

    /// True if and only if it needs the names of the sampled parameters.
    pub fn needs_params(&self) -> bool {
        !self.uses.arguments.is_empty()
    }

    /// Returns the formats that the job's config is to be converted to, each with the name that asks for it.
    fn formats(&self) -> impl Iterator<Item = (ConvertedFormat, &TemplateName)> {
        ConvertedFormat::ALL.into_iter().filter_map(|format| {
            Some((format, self.uses.names.iter().find(|name| name.path == format.fact())?))
        })
    }

    /// Returns the config in each format that the template names.
    ///
    /// # Errors
    ///
    /// When it holds what a format cannot.
    pub fn converted(
        &self,
        config: &Value,
    ) -> Result<Vec<(ConvertedFormat, String)>, CommandError> {
        self.formats().map(|(format, asked)| Ok((format, format.convert(config, asked)?))).collect()
    }

    /// Returns the command line of one job.
    ///
    /// `config` is the job's config; it may be none unless [`needs_config`](Self::needs_config). `params` are the
    /// paths of the sampled parameters, likewise.
    ///
    /// # Errors
    ///
    /// When a name is neither a fact nor a parameter of the config, or its value cannot be part of a
    /// command line.
    pub fn render(
        &self,
        facts: &CommandFacts,
        config: Option<&Value>,
        params: &[String],
    ) -> Result<String, CommandError> {
        let facts = facts.values();
        for name in &self.uses.names {
            check(name, &facts, config)?;
        }
        let mut context = match config.map(values::to_context) {
            Some(Json::Object(map)) => map,
            _ => JsonMap::new(),
        };
        for (name, value) in facts {
            context.insert(name.to_owned(), Json::String(value));
        }
        if let Some(config) = config {
            context.extend(self.arguments(config, params)?);
        }
        self.registry.render(COMMAND, &context).map_err(|e| CommandError {
            line: e.line_no.unwrap_or(1),
            column: e.column_no.unwrap_or(1),
            message: e.reason().to_string(),
            hint: "docs/reference/attempts.md describes what a command may contain".into(),
        })
    }
}

impl CommandTemplate {
    /// Returns the texts of the placeholders for all parameters, by their names.
    fn arguments(
        &self,
        config: &Value,
        params: &[String],
    ) -> Result<Vec<(String, Json)>, CommandError> {
        let text = |it: &names::ArgumentPlaceholder| {
            let name = it.form.name();
            if config.get_path(name).is_some() {
                let message = format!(
                    "`{name}` is a parameter of this sweep, but also the placeholder for all \
                        parameters"
                );
                return Err(it.error(message, "rename the parameter".to_owned()));
            }
            let text = arguments(it.form, &it.style, config, params)
                .map_err(|(message, hint)| it.error(message, hint))?;
            Ok((it.key.clone(), Json::String(text)))
        };
        self.uses.arguments.iter().map(text).collect()
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
        hint: "a placeholder is a name in double braces, such as `{{cfg}}`; write `\\{{` for literal braces"
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
        let message =
            format!("`{}` is neither a placeholder nor a parameter of the config", name.path);
        return Err(error(message, known));
    };
    if name.used == NameUse::Condition {
        return Ok(());
    }
    match value {
        Value::Null => Err(error(
            format!("`{}` is null", name.path),
            "give it a value, or make it conditional: `{{#if NAME}}--flag {{NAME}}{{/if}}`".into(),
        )),
        Value::Map(_) => Err(error(
            format!("`{}` is a mapping", name.path),
            "use one of the parameters in it, or pass the whole config: `{{cfg}}`".into(),
        )),
        Value::Str(text) if text.contains('\0') => Err(error(
            format!("`{}` contains a NUL character, which a command line cannot hold", name.path),
            "pass the whole config instead: `{{cfg}}`".into(),
        )),
        _ => Ok(()),
    }
}
