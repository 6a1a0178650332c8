//! The jobs of a sweep directory.

use std::collections::HashSet;

use rayon::prelude::*;
use sweep_config::{SweepDir, Value, yaml};

use super::fingerprint::{self, JobFingerprint};
use crate::app::Failure;
use crate::setup::job_set::job_id;

/// The jobs of a sweep directory, by the fingerprints of their configs.
#[derive(Debug)]
pub(crate) struct ExistingJobs {
    configs: HashSet<JobFingerprint>,
    /// The key in which replicates of one config differ.
    seed_key: Option<String>,
}

impl ExistingJobs {
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
        let read = |index: usize| {
            let config = yaml::read_file(&dir.cfg(job_id(index)))?;
            Ok(fingerprint::of_config(&config, seed_key))
        };
        let configs = (0..kept).into_par_iter().map(read).collect::<Result<_, Failure>>()?;
        Ok(Self { configs, seed_key: seed_key.map(str::to_owned) })
    }

    /// Returns true if a job config is that of one of them.
    pub(crate) fn has(&self, config: &Value) -> bool {
        self.configs.contains(&fingerprint::of_config(config, self.seed_key.as_deref()))
    }
}
