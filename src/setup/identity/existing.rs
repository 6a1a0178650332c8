//! The jobs of a sweep directory.

use std::collections::HashSet;

use rayon::prelude::*;
use sweep_config::records::SetupRecord;
use sweep_config::{JobFormat, SweepDir, Value};

use super::fingerprint::{self, JobFingerprint};
use crate::app::Failure;
use crate::setup::job_set::job_id;
use crate::setup::param_list::ParamList;

/// The jobs of a sweep directory, by the fingerprints of their configs.
#[derive(Debug)]
pub(crate) struct ExistingJobs {
    configs: HashSet<JobFingerprint>,
    /// The key in which replicates of one config differ.
    seed_key: Option<String>,
}

impl ExistingJobs {
    /// Reads the configs of a sweep as they were recorded, on the threads of the caller's pool.
    ///
    /// # Errors
    ///
    /// When one of them cannot be read.
    pub(crate) fn read(dir: &SweepDir, record: &SetupRecord) -> Result<Self, Failure> {
        let kept = usize::try_from(record.kept).unwrap_or(usize::MAX);
        let seed_key = record.replicates.as_ref().map(|replicates| replicates.key.as_str());
        let read = |index: usize| {
            let config = JobFormat::read_file(&dir.cfg(job_id(index)))?;
            Ok(fingerprint::of_config(&config, &record.params, seed_key))
        };
        let configs = (0..kept).into_par_iter().map(read).collect::<Result<_, Failure>>()?;
        Ok(Self { configs, seed_key: seed_key.map(str::to_owned) })
    }

    /// Returns true if the job config of a sweep with some parameters is that of one of them.
    pub(crate) fn has(&self, config: &Value, params: &ParamList) -> bool {
        let seed_key = self.seed_key.as_deref();
        self.configs.contains(&fingerprint::of_config(config, params.names(), seed_key))
    }
}
