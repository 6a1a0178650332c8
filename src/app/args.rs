//! The flags that every binary has.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use sweep_config::Sweep;
use sweep_config::records::refuse_newer_sweep;

use super::sweep_source::SweepSource;
use crate::app::{Failure, Printer};

/// The variable that names the sweep config where the command line does not.
const VARIABLE: &str = "SWEEP_CFG_FILE";

/// The arguments that name the sweep and set how much is printed.
#[derive(Debug, Clone, Default, Args)]
pub struct SweepArgs {
    /// The sweep config (YAML) or a sweep directory; may be left out if the current directory has exactly one
    #[arg(value_name = "SWEEP_CFG", value_hint = ValueHint::AnyPath)]
    pub config: Option<PathBuf>,

    /// The sweep config or sweep directory, as an option
    #[arg(long, value_name = "PATH", env = VARIABLE, value_hint = ValueHint::AnyPath)]
    pub sweep_cfg: Option<PathBuf>,

    /// Override one key of the sweep config, e.g. `--set SETUP.NUM_CONFIGS=8` (repeatable)
    #[arg(long = "set", value_name = "KEY.PATH=VALUE")]
    pub overrides: Vec<String>,

    /// Print results and errors only
    #[arg(long, short)]
    pub quiet: bool,
}

impl SweepArgs {
    /// Loads the sweep config with its overrides.
    ///
    /// # Errors
    ///
    /// That there is none; all problems of the config; or that a newer version of the toolkit has worked on the sweep.
    pub fn load(&self) -> Result<Sweep, Failure> {
        self.load_with(&[])
    }

    /// Loads the sweep config as [`load`](Self::load) does, with further overrides.
    ///
    /// # Errors
    ///
    /// Fails where [`load`](Self::load) fails.
    pub fn load_with(&self, more: &[String]) -> Result<Sweep, Failure> {
        let named = self.named()?;
        let source = SweepSource::find(named)?;
        if named.is_none() {
            self.printer().note(format_args!("Sweep config: {}", source.path().display()));
        }
        let sweep = source.load(&[self.overrides.as_slice(), more].concat())?;
        refuse_newer_sweep(&sweep.dir())?;
        Ok(sweep)
    }

    /// Loads the sweep config to run its jobs, whose commands run below the directory of the call.
    ///
    /// # Errors
    ///
    /// Fails where [`load`](Self::load) fails, where another tool ran the jobs, and within a sweep directory, where no
    /// command would find its program.
    pub fn load_to_run(&self) -> Result<Sweep, Failure> {
        let sweep = self.load()?;
        SweepSource::refuse_imported(&sweep)?;
        SweepSource::refuse_to_run_inside(&sweep)?;
        Ok(sweep)
    }

    /// Returns the file that is read, if the command line names one.
    #[must_use]
    pub fn named_file(&self) -> Option<&Path> {
        self.named().ok().flatten().filter(|path| !path.is_dir())
    }

    /// Returns the path that the command line or the environment names. The command line wins.
    fn named(&self) -> Result<Option<&Path>, Failure> {
        match (self.config.as_deref(), self.sweep_cfg.as_deref()) {
            (Some(config), Some(option)) if !is_from_variable(option) => {
                let (config, option) = (config.display(), option.display());
                let message = format!("two sweep configs were given: `{config}` and `{option}`");
                Err(Failure::usage(message, "give one, with or without `--sweep-cfg`"))
            }
            (config, option) => Ok(config.or(option)),
        }
    }

    /// Returns the printer that these flags ask for.
    #[must_use]
    pub fn printer(&self) -> Printer {
        Printer::new(self.quiet)
    }
}

fn is_from_variable(option: &Path) -> bool {
    std::env::var_os(VARIABLE).is_some_and(|value| value == option)
}
