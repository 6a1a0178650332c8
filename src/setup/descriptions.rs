//! The descriptions of all jobs of a sweep, which stand beside their configs.

use rayon::prelude::*;
use sweep_config::fs::{self, FsError};
use sweep_config::{Map, SweepDir, Value, yaml};

use super::job_set::{JobSet, job_id};
use crate::app::Failure;
use crate::trials::{truncate_lines, write_line};

/// The descriptions of the jobs of a sweep.
#[derive(Default)]
pub(super) struct JobDescriptions {
    /// `cfgs_summary.yaml`.
    summary: Map,
    /// `sampled.jsonl`.
    sampled: Vec<u8>,
}

impl JobDescriptions {
    /// Reads the descriptions of the first jobs; lines that a killed extension left behind them are
    /// dropped. A set that an older version made has no `sampled.jsonl`: then that of the new jobs is
    /// all there is.
    pub(super) fn read(dir: &SweepDir, jobs: usize) -> Result<Self, Failure> {
        let summary = match yaml::read_file(&dir.cfgs_summary())? {
            Value::Map(mut summary) => {
                summary.truncate(jobs);
                summary
            }
            _ => Map::new(),
        };
        let sampled = match fs::read(&dir.sampled_jsonl()) {
            Ok(mut lines) => {
                truncate_lines(&mut lines, jobs);
                lines
            }
            Err(error) if error.is_not_found() => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        Ok(Self { summary, sampled })
    }

    /// Adds the jobs of a set.
    pub(super) fn add(&mut self, set: &JobSet<'_>) {
        let dir = set.sweep.dir().with_format(set.sweep.setup.format);
        let summaries = (0..set.len())
            .into_par_iter()
            .map(|index| (dir.cfg_name(job_id(set.first + index)), Value::Str(set.summary(index))));
        self.summary.extend(summaries.collect::<Vec<_>>());
        for index in 0..set.len() {
            let values = set.params.given(&set.candidate(index).values);
            write_line(&mut self.sampled, job_id(set.first + index), values);
        }
    }

    /// Writes both files into a directory that is being staged.
    pub(super) fn write(self, new: &SweepDir) -> Result<(), FsError> {
        let summary = yaml::write(&Value::Map(self.summary));
        fs::write_staged(&new.cfgs_summary(), summary.as_bytes())?;
        fs::write_staged(&new.sampled_jsonl(), &self.sampled)
    }
}
