//! `SETUP.DEFAULTS`: completes every job config, and refuses keys that the program does not know.

use rayon::prelude::*;
use sweep_config::{SetupConfig, Sweep, Value};

use super::drawing::DesignSpace;
use super::param_list::ParamList;
use super::population::DrawnPopulation;
use crate::app::Failure;
use crate::models::{complete, read_defaults};

/// Returns the base config completed by the defaults; unchanged where there are none.
///
/// # Errors
///
/// When the defaults cannot be read, and every key of the base config that is not among them or has
/// another type.
pub(crate) fn base(sweep: &Sweep) -> Result<Value, Failure> {
    let setup = &sweep.setup;
    match read_defaults(sweep)? {
        None => Ok(setup.base_cfg.clone()),
        Some(defaults) => complete(&setup.base_cfg, &defaults)
            .map_err(|problems| refusal(setup, "SETUP.BASE_CFG", &problems)),
    }
}

/// The keys and types that job configs may have, where they are known.
#[derive(Debug)]
pub(crate) struct ConfigSchema<'a> {
    setup: &'a SetupConfig,
    defaults: Option<Value>,
}

impl<'a> ConfigSchema<'a> {
    /// Reads the defaults of a sweep.
    ///
    /// # Errors
    ///
    /// When the defaults cannot be read.
    pub(crate) fn read(sweep: &'a Sweep) -> Result<Self, Failure> {
        Ok(Self { setup: &sweep.setup, defaults: read_defaults(sweep)? })
    }

    /// Checks the first candidate, before time is spent on others.
    ///
    /// # Errors
    ///
    /// Every parameter that is not among the defaults or has another type.
    pub(crate) fn check_first(&self, space: &DesignSpace<'_>) -> Result<(), Failure> {
        let mut values = Vec::new();
        // A parameter without a value is reported where candidates are rejected.
        let _ = space.draw(0, &mut values);
        self.check(space.params(), &values)
    }

    /// Checks every candidate that was kept: branches and rows may have parameters of their own. Runs
    /// on the threads of the caller's pool.
    ///
    /// # Errors
    ///
    /// The problems of the first candidate that has any.
    pub(crate) fn check_all(&self, population: &DrawnPopulation) -> Result<(), Failure> {
        if self.defaults.is_none() {
            return Ok(());
        }
        let params = &population.params;
        let checks = population.kept.par_iter().map(|kept| self.check(params, &kept.values));
        checks.find_first(Result::is_err).unwrap_or(Ok(()))
    }

    fn check(&self, params: &ParamList, values: &[Option<Value>]) -> Result<(), Failure> {
        let Some(defaults) = &self.defaults else { return Ok(()) };
        let mut config = self.setup.base_cfg.clone();
        for (param, value) in params.in_config(values) {
            config.set_path(param, value.clone());
        }
        match complete(&config, defaults) {
            Ok(_) => Ok(()),
            Err(problems) => Err(refusal(self.setup, "SETUP.SAMPLERS", &problems)),
        }
    }
}

fn refusal(setup: &SetupConfig, section: &str, problems: &[String]) -> Failure {
    let lines: Vec<String> = problems.iter().map(|why| format!("{section}.{why}")).collect();
    Failure::usage(
        lines.join("\n"),
        format!("keys and types must match SETUP.DEFAULTS: {}", setup.defaults),
    )
}
