//! Says which of two groups is the better one to search in: what the best of so many of its jobs comes to.
//!
//! Half of the jobs of one space may be better than those of another, and the best of both equal: whoever takes the best of a
//! search wants to know that. An open job may be the best of all, so that nothing is said while there are any.

use super::GroupVerdict;
use super::words::corrected;
use crate::analyze::group::JobGroup;
use crate::analyze::metrics::Objective;
use crate::analyze::stats::{BestDifference, CONFIDENCE, DrawsToReach, SearchContrast, holm};
use crate::app::count;

/// The result of comparing the best of some jobs of two groups.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SearchComparison {
    /// The names of both.
    names: (String, String),
    /// The word for what is drawn: `job` or `config`.
    unit: &'static str,
    /// The number of draws whose best is compared.
    pub draws: usize,
    /// The difference of their losses; of configs that both have, if `is_paired`.
    pub found: BestDifference,
    /// True if it is that of configs that both have.
    pub is_paired: bool,
    /// The numbers of draws by which the one would come to what the other comes to, if the first is better and if the second is.
    reaches: (DrawsToReach, DrawsToReach),
    /// The p-value, corrected for the number of comparisons.
    pub corrected_p: f64,
    /// The number of comparisons that it is corrected for.
    comparisons: usize,
}

/// The answer to which of two groups is the better one to search in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SearchVerdict {
    /// The first comes with so many draws to what the second comes to.
    First(DrawsToReach),
    /// The second does.
    Second(DrawsToReach),
    /// The data show no difference.
    NotShown,
}

impl SearchComparison {
    /// Compares two groups, whose configs that both have are `shared`; `None` while configs are open, and with too few.
    pub(super) fn of(
        first: &JobGroup<'_>,
        second: &JobGroup<'_>,
        shared: Option<&[(usize, usize)]>,
    ) -> Option<Self> {
        if first.open() + second.open() > 0 {
            return None;
        }
        let losses = |group: &JobGroup<'_>| -> Vec<f64> {
            group.configs().iter().map(|config| config.worst).collect()
        };
        let (mut a, mut b) = (losses(first), losses(second));
        if let Some(shared) = shared {
            (a, b) = shared.iter().map(|&(i, j)| (a[i], b[j])).unzip();
        }
        let contrast = SearchContrast::new(&a, &b, shared.is_some())?;
        let draws = contrast.draws();
        let is_replicated = first.is_replicated() || second.is_replicated();
        Some(Self {
            names: (first.name.clone(), second.name.clone()),
            unit: if is_replicated { "config" } else { "job" },
            draws,
            found: contrast.difference((draws, draws)),
            is_paired: shared.is_some(),
            reaches: (contrast.draws_to_reach(true, draws), contrast.draws_to_reach(false, draws)),
            corrected_p: 1.0,
            comparisons: 0,
        })
    }

    /// Corrects the p-values of all that a report compares.
    pub(super) fn correct(found: &mut [&mut Self]) {
        let ps: Vec<f64> = found.iter().map(|comparison| comparison.found.p).collect();
        for (comparison, corrected_p) in found.iter_mut().zip(holm(&ps)) {
            comparison.corrected_p = corrected_p;
            comparison.comparisons = ps.len();
        }
    }

    /// Returns the verdict.
    pub(crate) fn verdict(&self) -> SearchVerdict {
        match self.found.gain {
            _ if self.corrected_p >= 1.0 - CONFIDENCE => SearchVerdict::NotShown,
            gain if gain > 0.0 => SearchVerdict::First(self.reaches.0),
            _ => SearchVerdict::Second(self.reaches.1),
        }
    }

    /// Returns the verdict as a sentence, with the numbers that it rests on.
    pub(crate) fn sentence(&self, objective: &Objective) -> String {
        let (a, b) = (&self.names.0, &self.names.1);
        let draws = count(self.draws, self.unit);
        match self.verdict() {
            SearchVerdict::First(reach) => self.lead((a, b), reach, objective),
            SearchVerdict::Second(reach) => self.lead((b, a), reach, objective),
            SearchVerdict::NotShown => {
                let flipped = self.found.gain < 0.0;
                let (one, other) = if flipped { (b, a) } else { (a, b) };
                format!(
                    "For the best of {draws}, the data show no difference between {one} and {other}: {}.",
                    self.numbers(flipped, objective)
                )
            }
        }
    }

    fn lead(
        &self,
        (one, other): (&String, &String),
        reach: DrawsToReach,
        objective: &Objective,
    ) -> String {
        let numbers = self.numbers(self.found.gain < 0.0, objective);
        let draws = count(self.draws, self.unit);
        if reach.draws == self.draws {
            return format!("The best of {draws} is better in {one} than in {other}: {numbers}.");
        }
        let (low, high) = reach.interval;
        format!(
            "{one} reaches with {} [{low}, {high}] what {other} reaches with {}: the best of {draws} has \
             {numbers}.",
            count(reach.draws, self.unit),
            self.draws,
        )
    }

    /// Returns the numbers, seen from the first group or, `flipped`, from the second.
    fn numbers(&self, flipped: bool, objective: &Objective) -> String {
        let BestDifference { best, gain, interval, .. } = self.found;
        let (one, other) = if flipped { (best.1, best.0) } else { best };
        let [one, other] = [one, other].map(|loss| objective.said_loss(loss));
        let gain = objective.said_gain(if flipped {
            [-gain, -interval.1, -interval.0]
        } else {
            [gain, interval.0, interval.1]
        });
        let both = if self.is_paired { ", over shared configs" } else { "" };
        format!(
            "{} {one} on average against {other}, better by {gain}{both} ({})",
            objective.label,
            corrected(self.corrected_p, self.comparisons)
        )
    }
}

impl SearchVerdict {
    /// Returns its name in the JSON of a report: that of the verdict on the groups.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::First(_) => "a",
            Self::Second(_) => "b",
            Self::NotShown => GroupVerdict::NotShown.name(),
        }
    }

    /// Returns the number of draws of the better group that come to what the other's come to; `None` if none is better.
    pub(crate) fn reach(self) -> Option<DrawsToReach> {
        match self {
            Self::First(reach) | Self::Second(reach) => Some(reach),
            Self::NotShown => None,
        }
    }
}
