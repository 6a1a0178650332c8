//! Which jobs run, and with how many workers (pure).

use std::collections::BTreeMap;

use sweep_config::records::JobState;
use sweep_config::{JobId, Launch};

/// What a launch is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// The jobs to run, in order.
    pub(super) jobs: Vec<JobId>,
    /// How many workers run them.
    pub(super) workers: usize,
    /// How many jobs of the whole sweep are in each state.
    pub(super) states: BTreeMap<JobState, usize>,
}

impl Plan {
    /// Everything that is neither done nor being run.
    pub(super) fn new(states: &[(JobId, JobState)], launch: &Launch, cores: usize) -> Self {
        let open = |state: &JobState| !matches!(state, JobState::Done | JobState::Running);
        let jobs: Vec<JobId> =
            states.iter().filter(|(_, state)| open(state)).map(|(job, _)| *job).collect();
        let wanted = match launch.local_workers {
            0 => launch.parallel_jobs.min(cores),
            workers => workers,
        };
        Self { workers: wanted.min(jobs.len()), jobs, states: count_states(states) }
    }

    /// How many jobs of the whole sweep are in this state.
    pub(super) fn in_state(&self, state: &JobState) -> usize {
        self.states.get(state).copied().unwrap_or(0)
    }

    /// How many jobs the sweep has.
    pub(super) fn total(&self) -> usize {
        self.states.values().sum()
    }
}

/// How many jobs are in each state.
pub(super) fn count_states(states: &[(JobId, JobState)]) -> BTreeMap<JobState, usize> {
    let mut counts = BTreeMap::new();
    for (_, state) in states {
        *counts.entry(state.clone()).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use sweep_config::Sweep;

    use super::*;

    fn launch(workers: usize, parallel: usize) -> Launch {
        let dir = tempfile::tempdir().unwrap();
        let path: &Path = &dir.path().join("sweep.yaml");
        let text = format!(
            "ROOT_DIR: here\nNAME: s\nSETUP: {{NUM_CONFIGS: 1}}\n\
             LAUNCH: {{LOCAL_WORKERS: {workers}, PARALLEL_JOBS: {parallel}}}\n"
        );
        sweep_config::fs::write_atomic(path, text.as_bytes()).unwrap();
        Sweep::load(path, &[]).unwrap().launch
    }

    fn states() -> Vec<(JobId, JobState)> {
        [JobState::Done, JobState::Failed, JobState::Running, JobState::Lost, JobState::Waiting]
            .into_iter()
            .zip(0..)
            .map(|(state, job)| (JobId(job), state))
            .collect()
    }

    #[test]
    fn what_is_done_or_running_is_left_alone() {
        let plan = Plan::new(&states(), &launch(0, 128), 8);
        assert_eq!(plan.jobs, [JobId(1), JobId(3), JobId(4)]);
        assert_eq!(plan.in_state(&JobState::Done), 1);
        assert_eq!(plan.total(), 5);
    }

    #[test]
    fn workers_are_capped_by_cores_unless_told_otherwise_and_by_the_jobs_always() {
        let workers = |launch: &Launch, cores| Plan::new(&states(), launch, cores).workers;
        assert_eq!(workers(&launch(0, 128), 2), 2);
        assert_eq!(workers(&launch(0, 1), 2), 1);
        assert_eq!(workers(&launch(3, 1), 2), 3);
        assert_eq!(workers(&launch(64, 1), 2), 3, "there are three jobs");
    }
}
