//! The comparisons of a report in numbers.

use serde::Serialize;

use crate::analyze::metrics::Objective;
use crate::analyze::verdict::{GroupComparison, SearchComparison};

/// Two sweeps, or groups of the config's splits, compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct DigestComparison {
    /// The first one's name.
    pub a: String,
    /// The other's.
    pub b: String,
    /// Which is better: `a`, `b`, `not shown` (the data show no difference), `cannot be shown` (by so few), `open` (it
    /// depends on how open jobs end) or `too few`.
    pub verdict: &'static str,
    /// The sentence that says so.
    pub words: String,
    /// The probability that a job of the first is better, of those that ended.
    pub a_better: Option<f64>,
    /// Its 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// The distance of Kolmogorov and Smirnov.
    pub distance: Option<f64>,
    /// The p-value, at the less certain end that open jobs leave.
    pub p: f64,
    /// That p-value, corrected by Holm for all comparisons.
    pub corrected_p: f64,
    /// The number of configs that are open.
    pub open: usize,
    /// The comparison in pairs, if the two share configs.
    pub pairs: Option<DigestPairs>,
    /// The comparison of the best of some jobs; missing while configs are open, and with fewer than eight.
    pub best_of: Option<DigestBest>,
}

/// The best of some jobs of two groups, on average.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct DigestBest {
    /// The number of jobs whose best it is.
    pub jobs: usize,
    /// Its value in the first.
    pub a: f64,
    /// Its value in the second.
    pub b: f64,
    /// Which is better: `a`, `b` or `not shown`.
    pub verdict: &'static str,
    /// The sentence that says so.
    pub words: String,
    /// How much better the first is, in the unit of the objective.
    pub gain: f64,
    /// Its 95 % interval.
    pub gain_interval: (f64, f64),
    /// The p-value.
    pub p: f64,
    /// That p-value, corrected by Holm for all comparisons.
    pub corrected_p: f64,
    /// The number of jobs with which the better one comes to what the other comes to.
    pub jobs_to_reach: Option<usize>,
    /// Its 95 % interval.
    pub jobs_to_reach_interval: Option<(usize, usize)>,
}

/// Two groups compared in pairs of configs that both have.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct DigestPairs {
    /// The number of pairs whose first config is better.
    pub wins: usize,
    /// The number of equals.
    pub ties: usize,
    /// The number of pairs whose second is.
    pub losses: usize,
    /// How much better the first is in the middle (Hodges and Lehmann), in the unit of the objective.
    pub gain: Option<f64>,
    /// Its 95 % interval.
    pub gain_interval: Option<(f64, f64)>,
    /// The number of configs without a partner.
    pub left_out: usize,
}

/// Returns what was found of two groups.
pub(super) fn compared(c: &GroupComparison, objective: &Objective) -> DigestComparison {
    let pairs = c.pairs.map(|pairs| DigestPairs {
        wins: pairs.found.less,
        ties: pairs.found.equal,
        losses: pairs.found.greater,
        gain: pairs.found.gain.map(|gain| gain.0),
        gain_interval: pairs.found.gain.map(|gain| gain.1),
        left_out: pairs.left_out,
    });
    DigestComparison {
        a: c.names.0.clone(),
        b: c.names.1.clone(),
        verdict: c.verdict.name(),
        words: c.sentence(objective),
        a_better: c.samples.map(|found| found.less),
        interval: c.samples.map(|found| found.interval),
        distance: c.samples.map(|found| found.distance),
        p: c.p,
        corrected_p: c.corrected_p,
        open: c.open,
        pairs,
        best_of: c.search.as_ref().map(|search| best_of(search, objective)),
    }
}

fn best_of(search: &SearchComparison, objective: &Objective) -> DigestBest {
    let (found, verdict) = (search.found, search.verdict());
    let [a, b] = [found.best.0, found.best.1].map(|loss| objective.goal.as_loss(loss));
    DigestBest {
        jobs: search.draws,
        a,
        b,
        verdict: verdict.name(),
        words: search.sentence(objective),
        gain: found.gain,
        gain_interval: found.interval,
        p: found.p,
        corrected_p: search.corrected_p,
        jobs_to_reach: verdict.reach().map(|reach| reach.draws),
        jobs_to_reach_interval: verdict.reach().map(|reach| reach.interval),
    }
}
