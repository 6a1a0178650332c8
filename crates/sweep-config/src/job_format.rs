//! The formats of job configs: what is written comes back as the same value, or is refused.

use std::path::Path;

use serde_json::Value as Json;

use crate::named::named;
use crate::yaml::{self, read_text};
use crate::{ConfigProblems, Map, StrictJson, Value};

/// `SETUP.FORMAT`: the format of job configs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JobFormat {
    /// YAML, with the meaning that `PyYAML` gives it.
    #[default]
    Yaml,
    /// JSON, strictly.
    Json,
    /// TOML.
    Toml,
}

named!(pub JobFormat {
    Yaml = "yaml",
    Json = "json",
    Toml = "toml",
});

/// A value that a format cannot hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is {what}, which {format} cannot hold")]
pub struct FormatLack {
    /// The dotted path of the value; the mapping's for a key.
    pub path: String,
    /// The kind of value.
    pub what: &'static str,
    /// The format, as people write it.
    pub format: &'static str,
}

impl JobFormat {
    /// Returns the formats with their names, which are also the ends of file names.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::NAMED.iter().map(|(_, format)| *format)
    }

    /// Splits the file name of a config into what comes before the format's end, and the format.
    #[must_use]
    pub fn of_name(name: &str) -> Option<(&str, Self)> {
        let (stem, end) = name.rsplit_once('.')?;
        Some((stem, Self::all().find(|format| format.name() == end)?))
    }

    /// Reads a file in the format that its name ends with, YAML if with none.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or what is wrong with its text.
    pub fn read_file(path: &Path) -> Result<Value, ConfigProblems> {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let format = Self::of_name(name).map_or(Self::Yaml, |(_, format)| format);
        format.read(path, &read_text(path)?)
    }

    /// Reads a text; `path` is for the messages only.
    ///
    /// # Errors
    ///
    /// Names the place in the text and the fault there.
    pub fn read(self, path: &Path, text: &str) -> Result<Value, ConfigProblems> {
        let fault = |message: String, line, column| {
            let mut problems = ConfigProblems::of_file(path, message, None);
            problems.place_first(line, column);
            problems
        };
        match self {
            Self::Yaml => yaml::read(path, text),
            Self::Json => {
                let StrictJson(json) = serde_json::from_str(text)
                    .map_err(|e| fault(without_place(&e), e.line(), e.column()))?;
                of_json(json)
                    .map_err(|number| fault(format!("{number} does not fit into 64 bits"), 0, 0))
            }
            Self::Toml => {
                let table: toml::Table = toml::from_str(text).map_err(|e| {
                    let before = &text[..e.span().map_or(0, |span| span.start)];
                    let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
                    fault(e.message().to_owned(), before.matches('\n').count() + 1, column + 1)
                })?;
                Ok(of_table(table))
            }
        }
    }

    /// Returns the text of a config.
    ///
    /// # Errors
    ///
    /// Names the first value that the format cannot hold as it is.
    pub fn write(self, config: &Value) -> Result<String, FormatLack> {
        let json = |config: &Value| format!("{:#}\n", config.to_json());
        match self {
            Self::Yaml => Ok(yaml::write(config)),
            _ => match self.lack(config, "") {
                Some(lack) => Err(lack),
                None if self == Self::Json => Ok(json(config)),
                // Nothing is left that it could refuse.
                None => toml::to_string(config).map_err(|_| self.lacking("", "no mapping")),
            },
        }
    }

    fn lacking(self, path: &str, what: &'static str) -> FormatLack {
        let format = if self == Self::Json { "JSON" } else { "TOML" };
        FormatLack { path: path.to_owned(), what, format }
    }

    /// Returns the first value that JSON or TOML lacks.
    fn lack(self, value: &Value, path: &str) -> Option<FormatLack> {
        let below = |key: &str| match path {
            "" => key.to_owned(),
            _ => format!("{path}.{key}"),
        };
        match value {
            Value::Map(map) => map.iter().find_map(|(key, value)| self.lack(value, &below(key))),
            Value::List(items) => {
                let mut items = items.iter().enumerate();
                items.find_map(|(i, value)| self.lack(value, &below(&i.to_string())))
            }
            Value::Keyed(_) => Some(self.lacking(path, "a mapping with keys that are not text")),
            Value::Timestamp(_) => Some(self.lacking(path, "a date")),
            Value::Null if self == Self::Toml => Some(self.lacking(path, "null")),
            Value::Float(x) if self == Self::Json && !x.is_finite() => {
                Some(self.lacking(path, "not a finite number"))
            }
            _ => None,
        }
    }
}

/// Returns what is wrong without the place, which the problem has itself.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(what, _)| what.to_owned())
}

/// Converts JSON; a whole number of more than 64 bits is the error.
fn of_json(json: Json) -> Result<Value, String> {
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(truth),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Int(whole),
            (None, Some(real)) if number.is_f64() => Value::Float(real),
            _ => return Err(number.to_string()),
        },
        Json::String(text) => Value::Str(text),
        Json::Array(items) => {
            Value::List(items.into_iter().map(of_json).collect::<Result<_, _>>()?)
        }
        Json::Object(entries) => {
            let entries = entries.into_iter().map(|(key, value)| Ok((key, of_json(value)?)));
            Value::Map(entries.collect::<Result<Map, String>>()?)
        }
    })
}

fn of_table(table: toml::Table) -> Value {
    Value::Map(table.into_iter().map(|(key, value)| (key, of_toml(value))).collect())
}

fn of_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::Str(text),
        toml::Value::Integer(whole) => Value::Int(whole),
        toml::Value::Float(number) => Value::Float(number),
        toml::Value::Boolean(truth) => Value::Bool(truth),
        toml::Value::Datetime(time) => Value::Str(time.to_string()),
        toml::Value::Array(items) => Value::List(items.into_iter().map(of_toml).collect()),
        toml::Value::Table(table) => of_table(table),
    }
}
