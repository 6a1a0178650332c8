//! Reads the values of a config file, and those that the help of a Hydra program lists.

use std::path::Path;

use sweep_config::{Value, fs, yaml};

use super::script_option::{OptionKind, ScriptOption};
use crate::app::Failure;

/// The format of a config file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ConfigFormat {
    /// YAML, of which JSON is a part.
    Yaml,
    Json,
    Toml,
}

impl ConfigFormat {
    /// Returns the format that a file's name speaks of.
    pub(super) fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "yaml" | "yml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            "toml" => Some(Self::Toml),
            _ => None,
        }
    }

    /// Returns the placeholder of a job's config in this format.
    pub(super) fn placeholder(self) -> &'static str {
        match self {
            Self::Yaml => "{{cfg}}",
            Self::Json => "{{cfg_json}}",
            Self::Toml => "{{cfg_toml}}",
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is no mapping.
    pub(super) fn read(self, path: &Path) -> Result<Value, Failure> {
        let value = match self {
            Self::Yaml | Self::Json => yaml::read_file(path)?,
            Self::Toml => {
                let text = fs::read_to_string(path)?;
                let table: toml::Table = toml::from_str(&text).map_err(|e| {
                    let message = format!("`{}`: {}", path.display(), e.message());
                    Failure::usage(message, "the file must be TOML")
                })?;
                of_table(&table)
            }
        };
        match value {
            Value::Map(_) => Ok(value),
            other => {
                let message = format!(
                    "`{}` is {}, not a mapping of parameters",
                    path.display(),
                    other.kind()
                );
                Err(Failure::usage(message, "name the config file that your program reads"))
            }
        }
    }
}

fn of_table(table: &toml::Table) -> Value {
    Value::Map(table.iter().map(|(key, value)| (key.clone(), of_toml(value))).collect())
}

fn of_toml(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::Str(text.clone()),
        toml::Value::Integer(whole) => Value::Int(*whole),
        toml::Value::Float(number) => Value::Float(*number),
        toml::Value::Boolean(truth) => Value::Bool(*truth),
        toml::Value::Datetime(time) => Value::Str(time.to_string()),
        toml::Value::Array(items) => Value::List(items.iter().map(of_toml).collect()),
        toml::Value::Table(table) => of_table(table),
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
