//! `SETUP.DEFAULTS`: every job config complete, and only with keys that the program knows.

use std::path::Path;

use sweep_config::{Setup, Value, yaml};

use super::candidate::given;
use super::plan::Draws;
use crate::app::Failure;
use crate::models::{complete, defaults};

/// The base config completed by the defaults; as it is where there are none.
///
/// # Errors
///
/// When the defaults cannot be read, and every key of the base config that is not among them or has
/// another type.
pub(crate) fn base(setup: &Setup) -> Result<Value, Failure> {
    match read(setup)? {
        None => Ok(setup.base_cfg.clone()),
        Some(defaults) => complete(&setup.base_cfg, &defaults)
            .map_err(|problems| refusal(setup, "SETUP.BASE_CFG", &problems)),
    }
}

/// Checks that the parameters are among the defaults and of their types, by the first candidate.
///
/// # Errors
///
/// Every parameter that is not.
pub(crate) fn check(setup: &Setup, draws: &Draws<'_>) -> Result<(), Failure> {
    let Some(defaults) = read(setup)? else { return Ok(()) };
    let mut values = Vec::new();
    // A derived parameter that has no value is told of where candidates are rejected.
    let _ = draws.draw(0, &mut values);
    let mut sampled = Value::Null;
    for (param, value) in given(draws.params(), &values) {
        sampled.set_path(param, value.clone());
    }
    match complete(&sampled, &defaults) {
        Ok(_) => Ok(()),
        Err(problems) => Err(refusal(setup, "SETUP.SAMPLERS", &problems)),
    }
}

fn read(setup: &Setup) -> Result<Option<Value>, Failure> {
    match setup.defaults.as_str() {
        "" => Ok(None),
        "pycls" => Ok(Some(defaults().clone())),
        file => Ok(Some(yaml::read_file(Path::new(file))?)),
    }
}

fn refusal(setup: &Setup, section: &str, problems: &[String]) -> Failure {
    let lines: Vec<String> = problems.iter().map(|why| format!("{section}.{why}")).collect();
    Failure::usage(
        lines.join("\n"),
        format!("the keys and types are those of SETUP.DEFAULTS: {}", setup.defaults),
    )
}
