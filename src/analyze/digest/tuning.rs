//! Tuned sweeps beside random draws, in numbers.

use serde::Serialize;

use crate::analyze::group::JobGroup;
use crate::analyze::metrics::Objective;
use crate::analyze::tuning::{TuningContest, best_so_far, settled_losses};

/// A tuned sweep beside one of random draws, by as many jobs of each.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct DigestContest {
    /// The name of the tuned sweep.
    pub tuned: String,
    /// The name of the other.
    pub random: String,
    /// The number of jobs, or configs with several, of each.
    pub jobs: usize,
    /// Which is the better search: `tuned`, `random` or `not shown`.
    pub verdict: &'static str,
    /// The sentence that says so.
    pub words: String,
    /// The best value of the tuned sweep.
    pub best_tuned: f64,
    /// The best value of the other.
    pub best_random: f64,
    /// The number of jobs of the one that are better than all of the other: of the tuned sweep, and of the other.
    pub ahead: (usize, usize),
    /// How much better the best of the tuned sweep is.
    pub gain: f64,
    /// Its 95 % interval; missing ends lie among what is lost.
    pub gain_interval: (Option<f64>, Option<f64>),
    /// The p-value.
    pub p: f64,
    /// That p-value, corrected by Holm for all such comparisons.
    pub corrected_p: f64,
}

impl DigestContest {
    /// Returns what was found.
    pub(super) fn of(contest: &TuningContest, objective: &Objective) -> Self {
        let found = contest.found;
        let [best_tuned, best_random] =
            [found.best.0, found.best.1].map(|loss| objective.goal.as_loss(loss));
        let end = |value: f64| Some(value).filter(|value| value.is_finite());
        Self {
            tuned: contest.tuned.clone(),
            random: contest.random.clone(),
            jobs: contest.configs,
            verdict: contest.verdict().name(),
            words: contest.sentence(objective),
            best_tuned,
            best_random,
            ahead: found.ahead,
            gain: found.gain,
            gain_interval: (end(found.interval.0), end(found.interval.1)),
            p: found.p,
            corrected_p: contest.corrected_p,
        }
    }
}

/// Returns the best value so far of a tuned group after each number of jobs at which it got better, and after all.
pub(super) fn records(group: &JobGroup<'_>) -> Option<Vec<(usize, f64)>> {
    let value = |(jobs, loss)| (jobs, group.objective.goal.as_loss(loss));
    let records = best_so_far(&settled_losses(group)).into_iter().map(value);
    (group.tuned_jobs() > 0).then(|| records.collect())
}
