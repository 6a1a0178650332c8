//! All jobs' briefs to the state of the sweep: pure, printed by [`super::present`].

use std::collections::BTreeMap;

use sweep_config::JobId;
use sweep_config::records::JobState;

use super::job::Brief;
use super::pace::Pace;
use super::remark::{Kind, Place};
use super::triage::{Group, groups};
use crate::trials::SampledValues;

/// The state of a sweep.
#[derive(Debug, PartialEq)]
pub(crate) struct Status {
    pub(crate) jobs: usize,
    /// How many jobs have a `stdout.log`.
    pub(crate) started: usize,
    /// How many jobs are in each state.
    pub(crate) states: BTreeMap<JobState, usize>,
    pub(crate) epochs: Epochs,
    /// How many jobs logged a loss or an error that is no finite number, last.
    pub(crate) diverged: usize,
    /// The jobs that ended badly, by cause; the largest group first.
    pub(crate) failures: Vec<Group>,
    pub(crate) pace: Pace,
    /// The oddities, the gravest kind first.
    pub(crate) remarks: Vec<Remarked>,
}

/// Epochs of the jobs that were started.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Epochs {
    pub(crate) done: i64,
    /// Of a job that tested none yet, its config says how many it has, or else what is usual in the
    /// sweep.
    pub(crate) total: i64,
}

/// One kind of oddity over all jobs.
#[derive(Debug, PartialEq)]
pub(crate) struct Remarked {
    pub(crate) kind: Kind,
    pub(crate) times: usize,
    pub(crate) jobs: Vec<JobId>,
    /// Where it was seen in the first of the jobs.
    pub(crate) first: Place,
}

impl Status {
    /// Puts the briefs together, whatever their order; `sampled` is what was sampled for the jobs, `now` is in
    /// seconds since 1970.
    pub(crate) fn of(briefs: &[Brief], sampled: &SampledValues, now: i64) -> Self {
        let mut briefs: Vec<&Brief> = briefs.iter().collect();
        briefs.sort_unstable_by_key(|brief| brief.job);
        let mut states = BTreeMap::new();
        for brief in &briefs {
            *states.entry(brief.state.clone()).or_default() += 1;
        }
        Self {
            jobs: briefs.len(),
            started: briefs.iter().filter(|brief| brief.started).count(),
            states,
            epochs: epochs(&briefs),
            diverged: briefs.iter().filter(|brief| brief.is_diverged).count(),
            failures: groups(&briefs, sampled),
            pace: Pace::of(&briefs, now),
            remarks: remarks(&briefs),
        }
    }

    pub(crate) fn in_state(&self, state: &JobState) -> usize {
        self.states.get(state).copied().unwrap_or(0)
    }

    /// How many jobs are neither done nor under way.
    pub(crate) fn to_launch(&self) -> usize {
        let settled = [JobState::Done, JobState::Running, JobState::Queued];
        self.jobs - settled.iter().map(|state| self.in_state(state)).sum::<usize>()
    }

    /// True if and only if every job is done and every file of theirs was read as far as it goes.
    pub(crate) fn is_complete(&self) -> bool {
        self.in_state(&JobState::Done) == self.jobs
            && !self.remarks.iter().any(|remarked| remarked.kind.is_failure())
    }
}

fn epochs(briefs: &[&Brief]) -> Epochs {
    let started = || briefs.iter().filter(|brief| brief.started).map(|brief| brief.progress);
    let mut usual: BTreeMap<i64, usize> = BTreeMap::new();
    for of in started().filter_map(|progress| progress.of) {
        *usual.entry(of).or_default() += 1;
    }
    let usual = usual.into_iter().max_by_key(|(_, jobs)| *jobs).map_or(0, |(of, _)| of);
    let done = started().filter_map(|progress| progress.epoch).sum();
    Epochs { done, total: started().map(|progress| progress.of.unwrap_or(usual)).sum() }
}

fn remarks(briefs: &[&Brief]) -> Vec<Remarked> {
    let mut kinds: BTreeMap<Kind, Remarked> = BTreeMap::new();
    for brief in briefs {
        for (kind, seen) in brief.remarks.iter() {
            let remarked = kinds.entry(kind).or_insert_with(|| Remarked {
                kind,
                times: 0,
                jobs: Vec::new(),
                first: seen.first.clone(),
            });
            remarked.times += seen.times;
            remarked.jobs.push(brief.job);
        }
    }
    kinds.into_values().collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::collect::job::{Progress, Runs};
    use crate::collect::remark::Remarks;

    pub(crate) fn brief(job: u32, state: JobState, epoch: Option<i64>, of: Option<i64>) -> Brief {
        Brief {
            job: JobId(job),
            state,
            started: true,
            progress: Progress { epoch, of },
            has_stderr: false,
            is_diverged: false,
            objective_inputs: Vec::new(),
            cause: None,
            runs: Runs::default(),
            error: None,
            remarks: Remarks::default(),
        }
    }

    pub(crate) fn failed(job: u32, error: &str) -> Brief {
        Brief { error: Some(error.to_owned()), ..brief(job, JobState::Failed, None, None) }
    }

    fn status(briefs: &[Brief]) -> Status {
        Status::of(briefs, &SampledValues::default(), 0)
    }

    #[test]
    fn a_started_job_without_an_epoch_counts_with_all_its_epochs() {
        let lost = || JobState::Lost;
        let status = status(&[
            brief(0, JobState::Done, Some(50), Some(50)),
            brief(1, lost(), None, Some(20)),
            brief(2, lost(), None, None),
            Brief { started: false, ..brief(3, JobState::Waiting, None, Some(50)) },
            brief(4, JobState::Running, Some(3), Some(50)),
        ]);
        assert_eq!(status.epochs, Epochs { done: 53, total: 50 + 20 + 50 + 50 });
        assert_eq!((status.jobs, status.started, status.to_launch()), (5, 4, 3));
    }

    #[test]
    fn a_file_that_cannot_be_read_makes_a_sweep_incomplete() {
        let mut done = brief(0, JobState::Done, None, None);
        assert!(status(std::slice::from_ref(&done)).is_complete());
        done.remarks.add(Kind::NotJson, Place::Line(1));
        assert!(status(std::slice::from_ref(&done)).is_complete());
        done.remarks.add(Kind::Unreadable, Place::Stdout);
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
                let mut brief = brief(job, states[*state].clone(), Some(*epoch), Some(4));
                if *epoch == 3 {
                    brief.remarks.add(Kind::NotJson, Place::Line(u64::from(job)));
                }
                Brief { started: *started, error, ..brief }
            };
            let mut briefs: Vec<Brief> = (0..).zip(&jobs).map(make).collect();
            let expected = status(&briefs);
            briefs.sort_by_key(|b| (u64::from(b.job.0) + 1).wrapping_mul(seed | 1));
            prop_assert_eq!(status(&briefs), expected);
        }
    }
}
