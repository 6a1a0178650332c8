//! The flags that every binary has.

use std::path::PathBuf;

use clap::Args;
use sweep_config::Sweep;
use sweep_config::records::refuse_newer_sweep;

use crate::app::{Failure, Printer};

/// The flags that name the sweep and set how much is printed.
#[derive(Debug, Args)]
pub struct SweepArgs {
    /// The sweep config (YAML)
    #[arg(long, value_name = "PATH", env = "SWEEP_CFG_FILE")]
    pub sweep_cfg: PathBuf,

    /// Override one key of the sweep config, e.g. `--set SETUP.NUM_CONFIGS=8`; may be repeated
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
    /// All problems of the config; or that a newer version of the toolkit has worked on the sweep.
    pub fn load(&self) -> Result<Sweep, Failure> {
        let sweep = Sweep::load(&self.sweep_cfg, &self.overrides)?;
        refuse_newer_sweep(&sweep.dir())?;
        Ok(sweep)
    }

    /// Returns the printer that these flags ask for.
    #[must_use]
    pub fn printer(&self) -> Printer {
        Printer::new(self.quiet)
    }
}
