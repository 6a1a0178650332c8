//! The sign of job configs that are pycls's, where some keys have another meaning.

use crate::Value;
use crate::config::SetupConfig;

/// The families of pycls's networks, as `MODEL.TYPE` names them.
const FAMILIES: [&str; 5] = ["anynet", "effnet", "regnet", "resnet", "vit"];

/// True if and only if jobs of these defaults and this base config are pycls's.
pub(super) fn are_pyclss(defaults: Option<&Value>, base_cfg: &Value) -> bool {
    let is_text = |value: Option<&Value>, texts: &[&str]| matches!(value, Some(Value::Str(text)) if texts.contains(&text.as_str()));
    is_text(defaults, &["pycls"]) || is_text(base_cfg.get_path("MODEL.TYPE"), &FAMILIES)
}

impl SetupConfig {
    /// True if and only if job configs are pycls's: completed by its defaults, or with one of its families in the
    /// base config.
    #[must_use]
    pub fn is_for_pycls(&self) -> bool {
        are_pyclss(Some(&Value::Str(self.defaults.clone())), &self.base_cfg)
    }
}
