//! The jobs of a sweep directory.

use std::collections::HashMap;

use rayon::prelude::*;
use sweep_config::records::SetupRecord;
use sweep_config::{JobFormat, SweepDir, Value};

use super::fingerprint::{self, JobFingerprint};
use crate::app::Failure;
use crate::setup::job_set::job_id;
use crate::setup::param_list::ParamList;

/// The jobs of a sweep directory, by the fingerprints of their configs.
#[derive(Debug, Default)]
pub(crate) struct ExistingJobs {
    /// The number of the first job of each config.
    configs: HashMap<JobFingerprint, u64>,
    /// The key in which replicates of one config differ.
    seed_key: Option<String>,
    /// The parameters by which configs are told apart.
    params: Vec<String>,
    /// The number of the job behind the last one that was read.
    next: u64,
}

impl ExistingJobs {
    /// Reads the configs of some jobs of a sweep as they were recorded, on the threads of the caller's pool.
    ///
    /// # Errors
    ///
    /// When one of them cannot be read.
    pub(crate) fn read(
        dir: &SweepDir,
        record: &SetupRecord,
        jobs: Vec<u64>,
    ) -> Result<Self, Failure> {
        let seed_key = record.replicates.as_ref().map(|replicates| replicates.key.as_str());
        let mut existing = Self { params: record.params.clone(), ..Self::none(seed_key) };
        existing.add(dir, jobs)?;
        Ok(existing)
    }

    /// Reads what `self`, which has read all jobs of the sweep at an earlier time, does not have yet.
    ///
    /// # Errors
    ///
    /// Fails where [`read`](Self::read) fails; then `self` stays as it was.
    pub(crate) fn catch_up(&mut self, dir: &SweepDir, record: &SetupRecord) -> Result<(), Failure> {
        let seed_key = record.replicates.as_ref().map(|replicates| &replicates.key);
        if (&self.params, self.seed_key.as_ref()) == (&record.params, seed_key)
            && self.next <= record.kept
        {
            return self.add(dir, (self.next..record.kept).collect());
        }
        *self = Self::read(dir, record, (0..record.kept).collect())?;
        Ok(())
    }

    fn add(&mut self, dir: &SweepDir, jobs: Vec<u64>) -> Result<(), Failure> {
        let read = |job: u64| {
            let id = job_id(usize::try_from(job).unwrap_or(usize::MAX));
            let config = JobFormat::read_file(&dir.cfg(id))?;
            let seed_key = self.seed_key.as_deref();
            Ok((fingerprint::of_config(&config, &self.params, seed_key), job))
        };
        for (config, job) in jobs.into_par_iter().map(read).collect::<Result<Vec<_>, Failure>>()? {
            self.configs.entry(config).or_insert(job);
            self.next = self.next.max(job + 1);
        }
        Ok(())
    }

    /// Returns no jobs of a sweep that is yet to be set up, whose replicates differ in `seed_key`.
    pub(crate) fn none(seed_key: Option<&str>) -> Self {
        Self { seed_key: seed_key.map(str::to_owned), ..Self::default() }
    }

    /// Returns the fingerprint of the job config of a sweep with some parameters, whatever its seed.
    pub(crate) fn fingerprint(&self, config: &Value, params: &ParamList) -> JobFingerprint {
        fingerprint::of_config(config, params.names(), self.seed_key.as_deref())
    }

    /// Returns true if the job config of a sweep with some parameters is that of one of them.
    pub(crate) fn has(&self, config: &Value, params: &ParamList) -> bool {
        self.configs.contains_key(&self.fingerprint(config, params))
    }

    /// Returns the first of the jobs whose config has a fingerprint.
    pub(crate) fn job_of(&self, config: JobFingerprint) -> Option<u64> {
        self.configs.get(&config).copied()
    }

    /// Returns the fingerprints of their configs, each with its first job.
    pub(crate) fn configs(&self) -> impl Iterator<Item = (JobFingerprint, u64)> + '_ {
        self.configs.iter().map(|(config, job)| (*config, *job))
    }
}
