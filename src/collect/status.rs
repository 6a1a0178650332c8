//! Computes the state of the sweep from those of its jobs (pure); [`super::present`] prints it.

use std::collections::BTreeMap;

use sweep_config::JobId;
use sweep_config::records::JobState;

use super::diagnostic::{DiagnosticKind, DiagnosticPlace};
use super::job::JobStatus;
use super::odd_columns::OddColumn;
use super::throughput::Throughput;
use super::triage::{FailureGroup, groups};
use crate::trials::SampledValues;

/// The state of a sweep.
#[derive(Debug, PartialEq)]
pub(crate) struct SweepStatus {
    pub(crate) jobs: usize,
    /// The number of jobs that have a `stdout.log`.
    pub(crate) started: usize,
    /// The number of jobs in each state.
    pub(crate) states: BTreeMap<JobState, usize>,
    pub(crate) epochs: EpochTotals,
    /// The number of jobs whose last loss or error is no finite number.
    pub(crate) diverged: usize,
    /// The jobs that ended badly, by cause; the largest group first.
    pub(crate) failures: Vec<FailureGroup>,
    pub(crate) throughput: Throughput,
    /// The oddities, the gravest kind first.
    pub(crate) diagnostics: Vec<DiagnosticSummary>,
    /// The columns of numbers that have cells which are none.
    pub(crate) odd_columns: Vec<OddColumn>,
}

/// Epochs of the jobs that were started.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct EpochTotals {
    pub(crate) done: i64,
    /// The number of all epochs. A job that tested none yet has as many as its config says, or else as most
    /// jobs of the sweep.
    pub(crate) total: i64,
}

/// One kind of oddity over all jobs.
#[derive(Debug, PartialEq)]
pub(crate) struct DiagnosticSummary {
    pub(crate) kind: DiagnosticKind,
    pub(crate) times: usize,
    pub(crate) jobs: Vec<JobId>,
    /// The place where it was seen in the first of the jobs.
    pub(crate) first: DiagnosticPlace,
}

impl SweepStatus {
    /// Sums the states of the jobs up, whatever their order; `sampled` is what was sampled for them, `now` is
    /// in seconds since 1970.
    pub(crate) fn of(job_statuses: &[JobStatus], sampled: &SampledValues, now: i64) -> Self {
        let mut job_statuses: Vec<&JobStatus> = job_statuses.iter().collect();
        job_statuses.sort_unstable_by_key(|job_status| job_status.job);
        let mut states = BTreeMap::new();
        for job_status in &job_statuses {
            *states.entry(job_status.state.clone()).or_default() += 1;
        }
        Self {
            jobs: job_statuses.len(),
            started: job_statuses.iter().filter(|job_status| job_status.started).count(),
            states,
            epochs: epochs(&job_statuses),
            diverged: job_statuses.iter().filter(|job_status| job_status.is_diverged).count(),
            failures: groups(&job_statuses, sampled),
            throughput: Throughput::of(&job_statuses, now),
            diagnostics: diagnostics(&job_statuses),
            odd_columns: Vec::new(),
        }
    }

    pub(crate) fn in_state(&self, state: &JobState) -> usize {
        self.states.get(state).copied().unwrap_or(0)
    }

    /// Counts the jobs that are neither done nor under way.
    pub(crate) fn to_launch(&self) -> usize {
        let settled = [JobState::Done, JobState::Running, JobState::Queued];
        self.jobs - settled.iter().map(|state| self.in_state(state)).sum::<usize>()
    }

    /// True if every job is done and every file of theirs was read as far as it goes.
    pub(crate) fn is_complete(&self) -> bool {
        self.in_state(&JobState::Done) == self.jobs
            && !self.diagnostics.iter().any(|diagnostic| diagnostic.kind.is_failure())
    }
}

/// Sums the epochs of the jobs that were started up.
pub(super) fn epochs(job_statuses: &[&JobStatus]) -> EpochTotals {
    let started = || {
        job_statuses
            .iter()
            .filter(|job_status| job_status.started)
            .map(|job_status| job_status.progress)
    };
    let mut usual: BTreeMap<i64, usize> = BTreeMap::new();
    for of in started().filter_map(|progress| progress.of) {
        *usual.entry(of).or_default() += 1;
    }
    let usual = usual.into_iter().max_by_key(|(_, jobs)| *jobs).map_or(0, |(of, _)| of);
    let done = started().filter_map(|progress| progress.epoch).sum();
    EpochTotals { done, total: started().map(|progress| progress.of.unwrap_or(usual)).sum() }
}

fn diagnostics(job_statuses: &[&JobStatus]) -> Vec<DiagnosticSummary> {
    let mut kinds: BTreeMap<DiagnosticKind, DiagnosticSummary> = BTreeMap::new();
    for job_status in job_statuses {
        for (kind, seen) in job_status.diagnostics.iter() {
            let diagnostic = kinds.entry(kind).or_insert_with(|| DiagnosticSummary {
                kind,
                times: 0,
                jobs: Vec::new(),
                first: seen.first.clone(),
            });
            diagnostic.times += seen.times;
            diagnostic.jobs.push(job_status.job);
        }
    }
    kinds.into_values().collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::collect::diagnostic::Diagnostics;
    use crate::collect::job::{AttemptSummary, EpochProgress, ReaderUse};

    pub(crate) fn job_status(
        job: u32,
        state: JobState,
        epoch: Option<i64>,
        of: Option<i64>,
    ) -> JobStatus {
        JobStatus {
            job: JobId(job),
            state,
            started: true,
            progress: EpochProgress { epoch, of },
            has_stderr: false,
            is_diverged: false,
            objective_inputs: Vec::new(),
            cause: None,
            runs: AttemptSummary::default(),
            error: None,
            diagnostics: Diagnostics::default(),
            odd_cells: Vec::new(),
            readers: ReaderUse::default(),
            hints: Vec::new(),
        }
    }

    pub(crate) fn failed(job: u32, error: &str) -> JobStatus {
        JobStatus { error: Some(error.to_owned()), ..job_status(job, JobState::Failed, None, None) }
    }

    fn status(job_statuses: &[JobStatus]) -> SweepStatus {
        SweepStatus::of(job_statuses, &SampledValues::default(), 0)
    }

    #[test]
    fn a_started_job_without_an_epoch_counts_with_all_its_epochs() {
        let lost = || JobState::Lost;
        let status = status(&[
            job_status(0, JobState::Done, Some(50), Some(50)),
            job_status(1, lost(), None, Some(20)),
            job_status(2, lost(), None, None),
            JobStatus { started: false, ..job_status(3, JobState::Waiting, None, Some(50)) },
            job_status(4, JobState::Running, Some(3), Some(50)),
        ]);
        assert_eq!(status.epochs, EpochTotals { done: 53, total: 50 + 20 + 50 + 50 });
        assert_eq!((status.jobs, status.started, status.to_launch()), (5, 4, 3));
    }

    #[test]
    fn a_file_that_cannot_be_read_makes_a_sweep_incomplete() {
        let mut done = job_status(0, JobState::Done, None, None);
        assert!(status(std::slice::from_ref(&done)).is_complete());
        done.diagnostics.add(DiagnosticKind::NotJson, DiagnosticPlace::Line(1));
        assert!(status(std::slice::from_ref(&done)).is_complete());
        done.diagnostics.add(DiagnosticKind::Unreadable, DiagnosticPlace::Stdout);
        assert!(!status(&[done]).is_complete());
    }

    proptest! {
        #[test]
        fn the_status_does_not_depend_on_the_order_of_the_jobs(
            jobs in proptest::collection::vec((0_usize..5, any::<bool>(), 0_i64..4), 1..20),
            seed in any::<u64>(),
        ) {
            let states = [JobState::Done, JobState::Failed, JobState::Lost, JobState::Running,
                JobState::Other("odd".to_owned())];
            let make = |(job, (state, started, epoch)): (u32, &(usize, bool, i64))| {
                let error = (*epoch > 1).then(|| format!("error {epoch}"));
                let mut job_status = job_status(job, states[*state].clone(), Some(*epoch), Some(4));
                if *epoch == 3 {
                    job_status.diagnostics.add(DiagnosticKind::NotJson, DiagnosticPlace::Line(u64::from(job)));
                }
                JobStatus { started: *started, error, ..job_status }
            };
            let mut job_statuses: Vec<JobStatus> = (0..).zip(&jobs).map(make).collect();
            let expected = status(&job_statuses);
            job_statuses.sort_by_key(|b| (u64::from(b.job.0) + 1).wrapping_mul(seed | 1));
            prop_assert_eq!(status(&job_statuses), expected);
        }
    }
}
