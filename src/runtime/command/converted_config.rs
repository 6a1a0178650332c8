//! Writes a job's config in the formats of programs that read no YAML (pure).

use sweep_config::{JobId, SweepDir, Value};

use super::error::CommandError;
use super::names::TemplateName;

/// A format that a job's config is converted to, for `{{cfg_json}}` and `{{cfg_toml}}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConvertedFormat {
    /// JSON.
    Json,
    /// TOML.
    Toml,
}

impl ConvertedFormat {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Json, Self::Toml];

    /// Returns the name of its fact.
    pub(super) fn fact(self) -> &'static str {
        match self {
            Self::Json => "cfg_json",
            Self::Toml => "cfg_toml",
        }
    }

    /// Returns the path of the converted config of a job.
    #[must_use]
    pub fn path(self, dir: &SweepDir, job: JobId) -> std::path::PathBuf {
        match self {
            Self::Json => dir.cfg_json(job),
            Self::Toml => dir.cfg_toml(job),
        }
    }

    /// Converts a config.
    ///
    /// # Errors
    ///
    /// When it holds what the format cannot.
    pub(super) fn convert(
        self,
        config: &Value,
        asked: &TemplateName,
    ) -> Result<String, CommandError> {
        let config = config.clone().with_text_keys();
        let lacks = |value: &Value| match self {
            Self::Json => matches!(value, Value::Float(x) if !x.is_finite()),
            Self::Toml => matches!(value, Value::Null),
        };
        let fault =
            |message: String| asked.error(message, "pass the config as YAML: `{{cfg}}`".into());
        if let Some(path) = find(&config, "", &lacks) {
            let (what, format) = match self {
                Self::Json => ("not a finite number", "JSON"),
                Self::Toml => ("null", "TOML"),
            };
            return Err(fault(format!("`{path}` is {what}, which {format} cannot hold")));
        }
        match self {
            Self::Json => serde_json::to_string_pretty(&config.to_json())
                .map(|text| text + "\n")
                .map_err(|e| fault(format!("cannot write the config as JSON: {e}"))),
            Self::Toml => toml::to_string(&config)
                .map_err(|e| fault(format!("cannot write the config as TOML: {e}"))),
        }
    }
}

/// Returns the path of the first value that a format lacks.
fn find(value: &Value, path: &str, lacks: &impl Fn(&Value) -> bool) -> Option<String> {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Map(map) => map.iter().find_map(|(key, value)| find(value, &below(key), lacks)),
        Value::List(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(i, value)| find(value, &below(&i.to_string()), lacks))
        }
        plain => lacks(plain).then(|| path.to_owned()),
    }
}
