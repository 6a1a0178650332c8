//! The choice of the jobs to run (pure).

use std::collections::BTreeMap;

use sweep_config::records::JobState;
use sweep_config::{JobId, LaunchConfig};

/// The jobs that a launch is to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LaunchPlan {
    /// The jobs to run, in order.
    pub(super) jobs: Vec<JobId>,
    /// The state of each of them.
    pub(super) job_states: Vec<JobState>,
    /// The number of them in each state.
    pub(super) chosen: BTreeMap<JobState, usize>,
    /// The number of jobs of the whole sweep in each state.
    pub(super) states: BTreeMap<JobState, usize>,
    /// The jobs that are yet to be suggested, of a sweep that is tuned: their numbers, and nobody knows their configs.
    pub(super) to_come: Vec<JobId>,
}

/// True if and only if a launch has nothing to do with a job in this state.
pub(super) fn is_left_alone(state: &JobState) -> bool {
    matches!(state, JobState::Done | JobState::Running | JobState::Queued)
}

impl LaunchPlan {
    /// Plans to run the selected jobs that are neither done nor running nor queued.
    pub(super) fn new(states: &[(JobId, JobState)], selected: &[(JobId, JobState)]) -> Self {
        let open: Vec<_> =
            selected.iter().filter(|(_, state)| !is_left_alone(state)).cloned().collect();
        Self {
            jobs: open.iter().map(|(job, _)| *job).collect(),
            job_states: open.iter().map(|(_, state)| state.clone()).collect(),
            chosen: count_states(&open),
            states: count_states(states),
            to_come: Vec::new(),
        }
    }

    /// Adds so many jobs that are yet to be suggested behind those that exist.
    pub(super) fn with_jobs_to_come(self, last: Option<JobId>, number: usize) -> Self {
        let next = last.map_or(0, |last| last.0.saturating_add(1));
        let to_come = (next..).take(number).map(JobId).collect();
        Self { to_come, ..self }
    }

    /// Returns the number of jobs that may run: those that exist, and those that are yet to be suggested.
    pub(super) fn runs(&self) -> usize {
        self.jobs.len() + self.to_come.len()
    }

    /// Returns the number of jobs of the whole sweep in this state.
    pub(super) fn in_state(&self, state: &JobState) -> usize {
        self.states.get(state).copied().unwrap_or(0)
    }

    /// Returns the number of jobs of the sweep.
    pub(super) fn total(&self) -> usize {
        self.states.values().sum()
    }
}

/// Returns the number of workers for so many jobs on this machine.
pub(super) fn local_workers(jobs: usize, launch: &LaunchConfig, cores: usize) -> usize {
    let wanted = match launch.local_workers {
        0 => launch.parallel_jobs.min(cores),
        workers => workers,
    };
    wanted.min(jobs)
}

/// Counts the jobs in each state.
pub(super) fn count_states(states: &[(JobId, JobState)]) -> BTreeMap<JobState, usize> {
    let mut counts = BTreeMap::new();
    for (_, state) in states {
        *counts.entry(state.clone()).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::tests::launch;

    fn states() -> Vec<(JobId, JobState)> {
        [
            JobState::Done,
            JobState::Failed,
            JobState::Running,
            JobState::Lost,
            JobState::Waiting,
            JobState::Queued,
        ]
        .into_iter()
        .zip(0..)
        .map(|(state, job)| (JobId(job), state))
        .collect()
    }

    #[test]
    fn what_is_done_running_or_queued_is_left_alone() {
        let plan = LaunchPlan::new(&states(), &states());
        assert_eq!(plan.jobs, [JobId(1), JobId(3), JobId(4)]);
        assert_eq!(plan.in_state(&JobState::Done), 1);
        assert_eq!(plan.total(), 6);
        let plan = LaunchPlan::new(&states(), &states()[..2]);
        assert_eq!((plan.jobs, plan.chosen.len()), (vec![JobId(1)], 1));
    }

    #[test]
    fn workers_are_capped_by_cores_unless_told_otherwise_and_by_the_jobs_always() {
        let workers = |local: usize, parallel: usize, cores| {
            let keys = format!("LOCAL_WORKERS: {local}\nPARALLEL_JOBS: {parallel}");
            local_workers(3, &launch(&keys), cores)
        };
        assert_eq!(workers(0, 128, 2), 2);
        assert_eq!(workers(0, 1, 2), 1);
        assert_eq!(workers(3, 1, 2), 3);
        assert_eq!(workers(64, 1, 2), 3, "there are three jobs");
    }
}
