//! Default configs.

use std::path::Path;
use std::sync::LazyLock;

use sweep_config::{ConfigProblems, Value, yaml};

/// Returns pycls's own default config.
pub fn defaults() -> &'static Value {
    static DEFAULTS: LazyLock<Value> = LazyLock::new(|| {
        let text = include_str!("../../configs/defaults/pycls.yaml");
        yaml::read(Path::new("configs/defaults/pycls.yaml"), text).unwrap_or(Value::Null)
    });
    &DEFAULTS
}

/// Reads the default config that `SETUP.DEFAULTS` names: pycls's, that of a file, or none.
///
/// # Errors
///
/// When the file cannot be read.
pub fn read_defaults(name: &str) -> Result<Option<Value>, ConfigProblems> {
    match name {
        "" => Ok(None),
        "pycls" => Ok(Some(defaults().clone())),
        file => yaml::read_file(Path::new(file)).map(Some),
    }
}
