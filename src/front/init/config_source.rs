//! Reads the values of a config file, and those that the help of a Hydra program lists.

use std::path::Path;

use sweep_config::{JobFormat, Value, yaml};

use super::script_option::{OptionKind, ScriptOption};
use crate::app::Failure;

/// Returns the format of a config file that its name speaks of.
pub(super) fn format_of(path: &Path) -> Option<JobFormat> {
    match path.extension()?.to_str()? {
        "yml" => Some(JobFormat::Yaml),
        end => JobFormat::all().find(|format| format.name() == end),
    }
}

/// Returns the placeholder of a job's config in this format.
pub(super) fn placeholder(format: JobFormat) -> &'static str {
    match format {
        JobFormat::Yaml => "{{cfg}}",
        JobFormat::Json => "{{cfg_json}}",
        JobFormat::Toml => "{{cfg_toml}}",
    }
}

/// Reads a config file.
///
/// # Errors
///
/// When it cannot be read, or is no mapping.
pub(super) fn read(path: &Path) -> Result<Value, Failure> {
    match JobFormat::read_file(path)? {
        config @ Value::Map(_) => Ok(config),
        other => {
            let message =
                format!("`{}` is {}, not a mapping of parameters", path.display(), other.kind());
            Err(Failure::usage(message, "give the config file that your program reads"))
        }
    }
}

/// Returns the config that the help of a Hydra program lists; none of another program.
pub(super) fn of_hydra(help: &str) -> Option<Result<Value, Failure>> {
    let (_, rest) = help.split_once("== Config ==")?;
    let text = rest.split("Powered by Hydra").next().unwrap_or_default();
    // The heading of the config is a sentence in brackets.
    let begin = text.find(")\n").map_or(0, |at| at + 2);
    Some(yaml::read(Path::new("the config in --help"), &text[begin..]).map_err(Failure::from))
}

/// Returns the single values of a config as options, by their dotted paths.
pub(super) fn values(config: &Value) -> Vec<ScriptOption> {
    let mut options = Vec::new();
    gather(config, "", &mut options);
    options
}

fn gather(value: &Value, path: &str, options: &mut Vec<ScriptOption>) {
    let kind = match value {
        Value::Map(map) => {
            for (key, value) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                gather(value, &path, options);
            }
            return;
        }
        Value::Int(_) => OptionKind::Whole,
        Value::Float(_) => OptionKind::Number,
        Value::Bool(_) => OptionKind::Truth,
        Value::List(_) | Value::Keyed(_) => OptionKind::List,
        Value::Str(_) | Value::Timestamp(_) => OptionKind::Text,
        Value::Null => OptionKind::Unknown,
    };
    let default = Some(value.clone()).filter(|value| *value != Value::Null);
    let (name, about) = (path.to_owned(), String::new());
    options.push(ScriptOption { name, kind, default, negatable: false, about });
}
