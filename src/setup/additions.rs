//! The jobs of a setup that are not drawn: chosen ones, and further replicates.

use std::borrow::Cow;
use std::collections::HashMap;

use sweep_config::Sweep;

use super::candidate::Candidate;
use super::identity::{EarlierSetup, ExistingJobs, JobFingerprint};
use super::more_replicates::{MoreReplicates, more_replicates};
use super::options::SetupOptions;
use super::param_list::ParamList;
use super::points::{ChosenJobs, EarlierJobs, GivenPoints};
use crate::app::Failure;

/// The jobs of a setup that are not drawn.
#[derive(Debug)]
pub(crate) struct SetupAdditions {
    /// True if jobs are drawn, too.
    pub(crate) draws: bool,
    /// The chosen jobs that are new.
    pub(crate) chosen: ChosenJobs,
    /// Further replicates, if they are asked for.
    pub(crate) more: Option<MoreReplicates>,
    /// The chosen configs of the whole sweep by their fingerprints, with their numbers.
    chosen_configs: HashMap<JobFingerprint, u64>,
    /// Knows the fingerprints.
    jobs: ExistingJobs,
}

impl SetupAdditions {
    /// Makes the jobs that points and options ask for. Runs on the threads of the caller's pool.
    ///
    /// # Errors
    ///
    /// When a point is no config, no key receives the seeds, or a file of the sweep cannot be read.
    pub(crate) fn of(
        sweep: &Sweep,
        points: &GivenPoints,
        earlier: Option<&EarlierSetup>,
        options: &SetupOptions,
    ) -> Result<Self, Failure> {
        let dir = sweep.dir();
        let seed_key = (sweep.setup.replicates > 1).then_some(sweep.setup.seed_key.as_str());
        let all = match earlier {
            Some(earlier) if !points.is_empty() => earlier.all_jobs(&dir)?,
            Some(earlier) => earlier.no_jobs(),
            None => ExistingJobs::none(seed_key),
        };
        let before = EarlierJobs {
            all: &all,
            next_job: earlier.map_or(0, |earlier| earlier.record().kept),
            next_config: earlier.map_or(0, EarlierSetup::next_config),
        };
        let chosen = ChosenJobs::of(sweep, points, &before)?;
        let draws = earlier.is_none() || options.extend.is_some();
        let mut chosen_configs = chosen.configs.clone();
        if let Some(earlier) = earlier.filter(|_| draws) {
            chosen_configs.extend(earlier.chosen_configs(&dir)?);
        }
        let more = match (earlier, options.extend_replicates) {
            (Some(earlier), Some(more)) => {
                Some(more_replicates(sweep, earlier, more, options.only.as_ref())?)
            }
            _ => None,
        };
        Ok(Self { draws, chosen, more, chosen_configs, jobs: all })
    }

    /// Returns the number of jobs.
    pub(crate) fn jobs(&self) -> usize {
        self.chosen.jobs() + self.more.as_ref().map_or(0, |more| more.jobs.len())
    }

    /// Returns the drawn jobs that were not chosen, and the chosen configs among them. Replicates of a config stand side
    /// by side.
    pub(crate) fn without_chosen<'j>(
        &self,
        sweep: &Sweep,
        params: &ParamList,
        jobs: &'j [Candidate],
    ) -> (Cow<'j, [Candidate]>, Vec<u64>) {
        if self.chosen_configs.is_empty() {
            return (Cow::Borrowed(jobs), Vec::new());
        }
        let mut drawn_too = Vec::new();
        let mut new = Vec::with_capacity(jobs.len());
        for replicates in jobs.chunks(sweep.setup.replicates.max(1) as usize) {
            let config = replicates[0].job_config(params, &sweep.setup.base_cfg);
            match self.chosen_configs.get(&self.jobs.fingerprint(&config, params)) {
                Some(config) => drawn_too.push(*config),
                None => new.extend_from_slice(replicates),
            }
        }
        (Cow::Owned(new), drawn_too)
    }
}
