//! Jobs that are to be written, and their numbers.

use sweep_config::{JobId, Sweep, Value};

use super::candidate::Candidate;
use super::param_list::ParamList;

/// Consecutive jobs of a sweep that are to be written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JobSet<'a> {
    pub(crate) sweep: &'a Sweep,
    pub(crate) params: &'a ParamList,
    pub(crate) jobs: NewJobs<'a>,
    /// The number of the first job.
    pub(crate) first: usize,
}

/// Jobs in their order.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NewJobs<'a> {
    /// Candidates over the base config.
    Made(&'a [Candidate]),
    /// Replicates of jobs that exist.
    Copied(&'a [CopiedJob]),
}

/// A replicate of a job that exists.
#[derive(Debug, Clone)]
pub(crate) struct CopiedJob {
    /// The values that were sampled for that job, with the seed of this one, which alone is set.
    pub(crate) candidate: Candidate,
    /// The config of that job.
    pub(crate) config: Value,
    /// The network in the summary of that job; empty if it says none.
    pub(crate) network: String,
}

impl JobSet<'_> {
    /// Returns the number of jobs.
    pub(crate) fn len(&self) -> usize {
        match self.jobs {
            NewJobs::Made(jobs) => jobs.len(),
            NewJobs::Copied(jobs) => jobs.len(),
        }
    }

    /// Returns the candidate of one of the jobs.
    pub(crate) fn candidate(&self, index: usize) -> &Candidate {
        match self.jobs {
            NewJobs::Made(jobs) => &jobs[index],
            NewJobs::Copied(jobs) => &jobs[index].candidate,
        }
    }

    /// Returns true if one of the jobs has a value of a parameter.
    pub(crate) fn has(&self, name: &str) -> bool {
        let place = self.params.names().iter().position(|known| known == name);
        place.is_some_and(|place| {
            (0..self.len())
                .any(|index| self.candidate(index).values.get(place).is_some_and(Option::is_some))
        })
    }

    /// Returns the config of one of the jobs.
    pub(crate) fn config(&self, index: usize) -> Value {
        let base = match self.jobs {
            NewJobs::Made(_) => &self.sweep.setup.base_cfg,
            NewJobs::Copied(jobs) => &jobs[index].config,
        };
        self.candidate(index).job_config(self.params, base)
    }

    /// Returns the line of the summary of one of the jobs.
    pub(crate) fn summary(&self, index: usize) -> String {
        match self.jobs {
            NewJobs::Made(jobs) => jobs[index].summary(),
            NewJobs::Copied(jobs) => sweep_config::summary::line(
                &jobs[index].candidate.description,
                &jobs[index].network,
            ),
        }
    }
}

/// Returns the id of the job of that number.
pub(crate) fn job_id(number: usize) -> JobId {
    JobId(u32::try_from(number).expect("fewer than 2^32 configs"))
}
