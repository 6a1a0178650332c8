//! The best so far of a sweep whose configs were suggested by results, and whether that beats random draws.
//!
//! Whoever tunes pays for a sweep, and wants to know what the same number of random jobs would have found. So all jobs of a
//! tuned sweep count here, those that were drawn too, in the order of their numbers, and two sweeps are compared by as many
//! jobs of each.

use super::configs::ConfigOutcome;
use super::group::JobGroup;
use super::lineage::is_same_space;
use super::metrics::Objective;
use super::stats::{BestLead, CONFIDENCE, holm};
use super::verdict::probability;
use crate::app::count;

/// A tuned sweep beside one of random draws.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TuningContest {
    /// The name of the tuned sweep.
    pub(super) tuned: String,
    /// The name of the other.
    pub(super) random: String,
    /// The word for what is counted: `job` or `config`.
    unit: &'static str,
    /// The number of configs of each.
    pub(super) configs: usize,
    /// The result, as losses.
    pub(super) found: BestLead,
    /// The p-value, corrected for the number of contests.
    pub(super) corrected_p: f64,
}

/// The answer to which search is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TuningVerdict {
    /// The tuned one.
    Tuned,
    /// Random draws.
    Random,
    /// The data do not show it.
    NotShown,
}

impl TuningVerdict {
    /// Returns its name in the JSON of a report.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tuned => "tuned",
            Self::Random => "random",
            Self::NotShown => "not shown",
        }
    }
}

/// Compares each tuned sweep with each one of random draws, of which enough jobs have ended.
pub(super) fn contests(wholes: &[JobGroup<'_>]) -> Vec<TuningContest> {
    let (tuned, others): (Vec<_>, Vec<_>) = wholes.iter().partition(|group| group.tuned_jobs() > 0);
    let others: Vec<_> = others.into_iter().filter(|group| group.chosen_jobs() == 0).collect();
    let each = tuned.iter().flat_map(|tuned| others.iter().map(move |random| (*tuned, *random)));
    let mut found: Vec<_> = each.filter_map(|(a, b)| TuningContest::of(a, b)).collect();
    let corrected = holm(&found.iter().map(|contest| contest.found.p).collect::<Vec<_>>());
    for (contest, corrected_p) in found.iter_mut().zip(corrected) {
        contest.corrected_p = corrected_p;
    }
    found
}

/// Returns true if what two groups have of draws is of one design space, and results chose the other jobs of one: the draws are
/// alike whatever came of that, so that only [`contests`] can say which is better.
pub(super) fn are_draws_of_one_space(one: &JobGroup<'_>, other: &JobGroup<'_>) -> bool {
    let is_tuned = |group: &JobGroup<'_>| group.tuned_jobs() > 0;
    !std::ptr::eq(one.population, other.population)
        && (is_tuned(one) || is_tuned(other))
        && is_same_space(&one.population.dir, &other.population.dir)
}

/// Returns the losses of a group's configs in the order of their jobs, as many as come before the first that is open.
pub(super) fn settled_losses(group: &JobGroup<'_>) -> Vec<f64> {
    let mut configs: Vec<&ConfigOutcome> = group.all_configs().collect();
    configs.sort_by_key(|config| config.rows[0]);
    configs.into_iter().map_while(ConfigOutcome::settled).collect()
}

/// Returns the best so far after each number of jobs at which it got better, and after all; empty if nothing was found.
pub(super) fn best_so_far(losses: &[f64]) -> Vec<(usize, f64)> {
    let mut best = f64::INFINITY;
    let mut records = Vec::new();
    for (at, &loss) in losses.iter().enumerate() {
        if loss < best {
            best = loss;
            records.push((at + 1, loss));
        }
    }
    if records.last().is_some_and(|record| record.0 < losses.len()) {
        records.push((losses.len(), best));
    }
    records
}

impl TuningContest {
    /// Compares as many configs of each as both have; `None` if these are too few to show a difference.
    fn of(tuned: &JobGroup<'_>, random: &JobGroup<'_>) -> Option<Self> {
        let (mut a, mut b) = (settled_losses(tuned), settled_losses(random));
        let configs = a.len().min(b.len());
        a.truncate(configs);
        b.truncate(configs);
        let is_replicated = tuned.is_replicated() || random.is_replicated();
        Some(Self {
            tuned: tuned.name.clone(),
            random: random.name.clone(),
            unit: if is_replicated { "config" } else { "job" },
            configs,
            found: BestLead::of(&a, &b)?,
            corrected_p: 1.0,
        })
    }

    /// Returns the verdict.
    pub(super) fn verdict(&self) -> TuningVerdict {
        if self.corrected_p >= 1.0 - CONFIDENCE {
            TuningVerdict::NotShown
        } else if self.found.gain > 0.0 {
            TuningVerdict::Tuned
        } else {
            TuningVerdict::Random
        }
    }

    /// Returns the verdict as a sentence, with the numbers that it rests on.
    pub(super) fn sentence(&self, objective: &Objective) -> String {
        let (tuned, random) = (format!("{} (tuned)", self.tuned), &self.random);
        let random = format!("{random} (random draws)");
        let flipped = self.found.gain < 0.0;
        let (one, other) = if flipped { (random, tuned) } else { (tuned, random) };
        let jobs = count(self.configs, self.unit);
        let numbers = self.numbers(flipped, objective);
        match self.verdict() {
            TuningVerdict::NotShown => format!(
                "After {jobs} of each, {one} is not shown to be a better search than {other}: {numbers}."
            ),
            TuningVerdict::Tuned | TuningVerdict::Random => {
                format!("After {jobs} of each, {one} is better than {other}: {numbers}.")
            }
        }
    }

    /// Returns the numbers, seen from the tuned sweep or, `flipped`, from the other.
    fn numbers(&self, flipped: bool, objective: &Objective) -> String {
        let BestLead { best, ahead, gain, interval: (low, high), .. } = self.found;
        let [one, other] = if flipped { [best.1, best.0] } else { [best.0, best.1] };
        let [one, other] = [one, other].map(|loss| objective.said_loss(loss));
        let gain =
            objective.said_gain(if flipped { [-gain, -high, -low] } else { [gain, low, high] });
        let ahead = ahead.0.max(ahead.1);
        format!(
            "best {} {one} against {other}, better by {gain}; {} better than all of the other \
             (p {})",
            objective.label,
            match ahead {
                1 => format!("1 {} is", self.unit),
                n => format!("{} are", count(n, self.unit)),
            },
            probability(self.corrected_p),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_so_far_has_a_point_for_each_record_and_ends_with_the_last_job() {
        let losses = [f64::INFINITY, 3.0, 5.0, 2.0, 2.0, 4.0];
        assert_eq!(best_so_far(&losses), [(2, 3.0), (4, 2.0), (6, 2.0)]);
        assert_eq!(best_so_far(&[f64::INFINITY; 3]), []);
        assert_eq!(best_so_far(&losses[..4]), [(2, 3.0), (4, 2.0)]);
    }
}
