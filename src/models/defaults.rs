//! Default configs.

use std::path::Path;
use std::sync::LazyLock;

use sweep_config::{ConfigProblems, IncludedFile, Sweep, Value, yaml};

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
pub fn read_defaults(sweep: &Sweep) -> Result<Option<Value>, ConfigProblems> {
    named(sweep, Sweep::defaults_file)
}

/// Reads the default config as it was when the sweep was set up.
///
/// # Errors
///
/// When the file cannot be read.
pub fn read_kept_defaults(sweep: &Sweep) -> Result<Option<Value>, ConfigProblems> {
    named(sweep, Sweep::kept_defaults_file)
}

fn named(
    sweep: &Sweep,
    file: impl Fn(&Sweep) -> Result<IncludedFile, ConfigProblems>,
) -> Result<Option<Value>, ConfigProblems> {
    match sweep.setup.defaults.as_str() {
        "" => Ok(None),
        "pycls" => Ok(Some(defaults().clone())),
        _ => file(sweep).and_then(|file| yaml::read(&file.path, &file.text)).map(Some),
    }
}
