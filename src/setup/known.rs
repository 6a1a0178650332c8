//! Jobs that there are already.

use std::collections::HashSet;

use rayon::prelude::*;
use sweep_config::{SweepDir, Value, yaml};

use super::identity::{self, Fingerprint};
use super::store;
use crate::app::Failure;

/// The jobs of a sweep, by what their programs get.
#[derive(Debug)]
pub(crate) struct Known {
    configs: HashSet<Fingerprint>,
    /// The key in which replicates of one config differ.
    seed_key: Option<String>,
}

impl Known {
    /// Reads the first `kept` configs of a sweep, on the threads of the caller's pool.
    ///
    /// # Errors
    ///
    /// When one of them cannot be read.
    pub(crate) fn read(
        dir: &SweepDir,
        kept: usize,
        seed_key: Option<&str>,
    ) -> Result<Self, Failure> {
        let fingerprint = |index: usize| {
            let config = yaml::read_file(&dir.cfg(store::job(index)))?;
            Ok(identity::of_config(&config, seed_key))
        };
        let configs = (0..kept).into_par_iter().map(fingerprint).collect::<Result<_, Failure>>()?;
        Ok(Self { configs, seed_key: seed_key.map(str::to_owned) })
    }

    /// Whether a job config is one of them.
    pub(crate) fn has(&self, config: &Value) -> bool {
        self.configs.contains(&identity::of_config(config, self.seed_key.as_deref()))
    }
}
