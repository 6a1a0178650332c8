//! Fills `LAUNCH.COMMAND`: a handlebars template whose placeholders are facts of the job and
//! parameters of its config.
//!
//! `{{name}}` becomes the value as one word of the shell, whatever it contains; `{{{name}}}`
//! becomes the value unquoted. A name is one of the facts (`cfg`, `out_dir`, `index`, `mode`,
//! `sweep_dir`, `code_dir`, `cfg_json`, `cfg_toml`) or the path of a parameter (`OPTIM.BASE_LR`); a fact wins over a
//! parameter of the same name. `{{args}}`, `{{hydra_args}}` and `{{env_vars}}` are all sampled parameters at once. Of the rest of handlebars, `{{#if}}` and `{{#unless}}` with
//! handlebars' own comparisons are supported. What handlebars would silently accept (a condition on
//! a name that does not exist, a `null`, a mapping) is an error here, found before anything runs.
//!
//! - `template`: parses and renders the template,
//! - `names`: the names that it uses, and where (pure),
//! - `command_facts`, `values`: what it is filled with,
//! - `argument_list`, `argument_style`, `hydra_text`: all parameters as arguments,
//! - `converted_config`: the config in other formats,
//! - `error`: what can be wrong with it.

mod argument_list;
mod argument_style;
mod command_facts;
mod converted_config;
mod error;
mod hydra_text;
mod names;
mod template;
mod values;

pub use command_facts::CommandFacts;
pub use converted_config::ConvertedFormat;
pub use error::CommandError;
pub use template::{CommandTemplate, PYCLS};

#[cfg(test)]
mod argument_tests;
#[cfg(test)]
mod tests;
