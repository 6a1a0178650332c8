//! Writes a job's config in the formats of programs that read no YAML (pure).

use sweep_config::{JobFormat, JobId, SweepDir, Value};

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
        let format = match self {
            Self::Json => JobFormat::Json,
            Self::Toml => JobFormat::Toml,
        };
        format.write(&config.clone().with_text_keys()).map_err(|lack| {
            asked.error(lack.to_string(), "pass the config as YAML: `{{cfg}}`".into())
        })
    }
}
