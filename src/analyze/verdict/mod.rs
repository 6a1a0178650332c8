//! Says which of two groups is better, if the jobs can say that: the verdicts that page, digest and JSON all read.
//!
//! - Configs that both groups have are compared in pairs (`pairing`; Wilcoxon), other groups as independent samples (Mann
//!   and Whitney, Brunner and Munzel).
//! - While jobs are open there are two extreme ends: all open ones of the first group end best and those of the second worst,
//!   or the reverse. A verdict holds at both.
//! - The p-values of all comparisons of a report are corrected together (Holm); those of the best of so many jobs, another
//!   question, are by themselves (`search`).

mod pairing;
mod search;
mod words;

use super::group::JobGroup;
use super::stats::{
    CONFIDENCE, PairedComparison, SampleComparison, compare, compare_pairs, holm, least_p,
};
use pairing::shared_configs;
pub(crate) use search::SearchComparison;
pub(crate) use words::probability;

/// The greatest number of groups of which all pairs are compared; of more, each is compared with the first only.
const ALL_PAIRS: usize = 4;
/// The least lower bounds of the probability that a job is better for the words "better" and "clearly better". They are Cliff's
/// delta of 0.11 and 0.28, small and medium (Vargha and Delaney, 2000, Journal of Educational and Behavioral Statistics 25).
const BETTER: f64 = 0.56;
const CLEARLY: f64 = 0.64;

/// The result of comparing two groups.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GroupComparison {
    /// The place of the first group.
    pub a: usize,
    /// The place of the second.
    pub b: usize,
    /// The names of both.
    pub names: (String, String),
    /// The two as independent samples; `None` if one has fewer than two configs that ended.
    pub samples: Option<SampleComparison>,
    /// The two in pairs; `None` if they share no configs.
    pub pairs: Option<PairedGroups>,
    /// The number of configs that are still open.
    pub open: usize,
    /// The two-sided p-value of the test, at the less certain of the ends that open jobs leave; 1 where there is none.
    pub p: f64,
    /// That p-value, corrected for the number of comparisons.
    pub corrected_p: f64,
    /// The number of comparisons that it is corrected for.
    pub comparisons: usize,
    /// The verdict.
    pub verdict: GroupVerdict,
    /// The best of some of their jobs compared; `None` while configs are open, and with too few.
    pub search: Option<SearchComparison>,
}

/// The result of comparing the configs that two groups share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PairedGroups {
    /// The differences of the losses.
    pub found: PairedComparison,
    /// The number of configs, of both groups, that have no partner.
    pub left_out: usize,
}

/// The answer to which of two groups is better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum GroupVerdict {
    /// The first is, and how much by its lower bound.
    First(VerdictStrength),
    /// The second is.
    Second(VerdictStrength),
    /// The data show no difference.
    NotShown,
    /// Too few configs to show any difference, with the least p-value that they can have.
    CannotShow(f64),
    /// It depends on how the open jobs end.
    Open,
    /// One group has fewer than two configs that ended.
    TooFew,
}

impl GroupVerdict {
    /// Returns its name in the JSON of a report.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::First(_) => "a",
            Self::Second(_) => "b",
            Self::NotShown => "not shown",
            Self::CannotShow(_) => "cannot be shown",
            Self::Open => "open",
            Self::TooFew => "too few",
        }
    }
}

/// The strength of a difference, by the lower bound of the probability that a job of the one is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VerdictStrength {
    /// Above 0.5.
    Slightly,
    /// At least 0.56.
    Better,
    /// At least 0.64.
    Clearly,
}

impl VerdictStrength {
    fn of(lower: f64) -> Self {
        match lower {
            lower if lower >= CLEARLY => Self::Clearly,
            lower if lower >= BETTER => Self::Better,
            _ => Self::Slightly,
        }
    }
}

/// One way in which the open jobs may end, tested.
#[derive(Debug, Clone, Copy)]
struct TestedEnd {
    p: f64,
    /// The bounds of the probability that the first is better.
    interval: (f64, f64),
    least_p: f64,
}

impl TestedEnd {
    fn of_pairs(found: PairedComparison) -> Self {
        let different = i32::try_from(found.less + found.greater).unwrap_or(i32::MAX);
        // All differences of one sign are one of 2^n ways, and their reverse another.
        let least_p = (2.0 * 0.5f64.powi(different)).min(1.0);
        Self { p: found.p, interval: found.share.1, least_p }
    }

    fn of_samples(found: SampleComparison, (n, m): (usize, usize)) -> Self {
        Self { p: found.less_p, interval: found.interval, least_p: least_p(n, m) }
    }
}

/// Compares groups with each other, as many as a report shows; a pair of which `is_idle` holds is left out, since its answer
/// is known.
pub(crate) fn compare_groups<'a>(
    groups: &[JobGroup<'a>],
    is_idle: impl Fn(&JobGroup<'a>, &JobGroup<'a>) -> bool,
) -> Vec<GroupComparison> {
    let places = places(groups.len()).into_iter();
    let places = places.filter(|&(a, b)| !is_idle(&groups[a], &groups[b]));
    let mut found: Vec<(GroupComparison, Vec<TestedEnd>)> =
        places.map(|(a, b)| tested(groups, a, b)).collect();
    let tested =
        |(c, _): &&mut (GroupComparison, Vec<TestedEnd>)| c.verdict != GroupVerdict::TooFew;
    let ps: Vec<f64> = found.iter_mut().filter(tested).map(|(c, _)| c.p).collect();
    let corrected = holm(&ps);
    for ((comparison, ends), corrected_p) in found.iter_mut().filter(tested).zip(corrected) {
        comparison.corrected_p = corrected_p;
        comparison.comparisons = ps.len();
        comparison.verdict = verdict(comparison, ends);
    }
    let mut searches: Vec<_> = found.iter_mut().filter_map(|(c, _)| c.search.as_mut()).collect();
    SearchComparison::correct(&mut searches);
    found.into_iter().map(|(comparison, _)| comparison).collect()
}

fn places(groups: usize) -> Vec<(usize, usize)> {
    let firsts = if groups <= ALL_PAIRS { groups } else { 1 };
    (0..firsts).flat_map(|a| (a + 1..groups).map(move |b| (a, b))).collect()
}

/// Compares two groups at the ends that their open jobs leave.
fn tested(groups: &[JobGroup<'_>], a: usize, b: usize) -> (GroupComparison, Vec<TestedEnd>) {
    let (first, second) = (&groups[a], &groups[b]);
    let shared = shared_configs(first, second);
    let open = first.open() + second.open();
    let sizes = (first.configs().len(), second.configs().len());
    let samples = compare(&first.censored_losses(), &second.censored_losses());
    let pairs = shared.as_ref().and_then(|shared| {
        let settled = |&(i, j): &(usize, usize)| {
            Some((first.configs()[i].settled()?, second.configs()[j].settled()?))
        };
        let losses: Vec<(f64, f64)> = shared.iter().filter_map(settled).collect();
        let left_out = sizes.0 + sizes.1 - 2 * shared.len();
        Some(PairedGroups { found: compare_pairs(&losses)?, left_out })
    });
    let extreme = |best_first: bool| {
        let loss = |group: &JobGroup<'_>, best: bool| -> Vec<f64> {
            group.configs().iter().map(|c| if best { c.best } else { c.worst }).collect()
        };
        let (of_a, of_b) = (loss(first, best_first), loss(second, !best_first));
        match &shared {
            Some(shared) => {
                let pairs: Vec<_> = shared.iter().map(|&(i, j)| (of_a[i], of_b[j])).collect();
                compare_pairs(&pairs).map(TestedEnd::of_pairs)
            }
            None => compare(&of_a, &of_b).map(|found| TestedEnd::of_samples(found, sizes)),
        }
    };
    let ends: Vec<TestedEnd> = if open > 0 {
        [true, false].into_iter().filter_map(extreme).collect()
    } else if shared.is_some() {
        pairs.map(|pairs| TestedEnd::of_pairs(pairs.found)).into_iter().collect()
    } else {
        samples.map(|found| TestedEnd::of_samples(found, sizes)).into_iter().collect()
    };
    let p = ends.iter().map(|end| end.p).fold(0.0, f64::max);
    let is_enough = samples.is_some() && !ends.is_empty();
    let comparison = GroupComparison {
        a,
        b,
        names: (first.name.clone(), second.name.clone()),
        samples,
        pairs,
        open,
        p: if is_enough { p } else { 1.0 },
        corrected_p: 1.0,
        comparisons: 0,
        verdict: if is_enough { GroupVerdict::NotShown } else { GroupVerdict::TooFew },
        search: SearchComparison::of(first, second, shared.as_deref()),
    };
    (comparison, ends)
}

/// Returns the verdict that holds at all ends.
fn verdict(comparison: &GroupComparison, ends: &[TestedEnd]) -> GroupVerdict {
    let level = 1.0 - CONFIDENCE;
    let is_sure = comparison.corrected_p < level;
    let lower = ends.iter().map(|end| end.interval.0).fold(1.0, f64::min);
    let upper = ends.iter().map(|end| end.interval.1).fold(0.0, f64::max);
    if is_sure && lower > 0.5 {
        return GroupVerdict::First(VerdictStrength::of(lower));
    }
    if is_sure && upper < 0.5 {
        return GroupVerdict::Second(VerdictStrength::of(1.0 - upper));
    }
    if comparison.open > 0 && ends.iter().any(|end| end.p < level) {
        return GroupVerdict::Open;
    }
    let least_p = ends.iter().map(|end| end.least_p).fold(1.0, f64::min);
    if least_p >= level {
        return GroupVerdict::CannotShow(least_p);
    }
    GroupVerdict::NotShown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_groups_are_compared_with_the_first() {
        assert_eq!(places(3), [(0, 1), (0, 2), (1, 2)]);
        assert_eq!(places(5), [(0, 1), (0, 2), (0, 3), (0, 4)]);
    }
}
