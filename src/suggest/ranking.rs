//! Which observations are good: by one objective or several.

use super::hypervolume::contributions;
use super::trace::DrawTrace;

/// The share of the observations that count as good, and the most that do. Optuna has a tenth; on tabular benchmarks more were
/// better where no config comes twice (`scripts/bench-tune`).
const GOOD: f64 = 0.15;
const MOST_GOOD: usize = 25;

/// The most objectives of which volumes are computed.
const MOST_EXACT: usize = 3;

/// A candidate whose result is known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ObservedCandidate {
    pub(crate) trace: DrawTrace,
    pub(crate) outcome: ObservedOutcome,
}

/// The result of a candidate.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ObservedOutcome {
    /// The value of each objective, all to be small.
    Values(Vec<f64>),
    /// It failed by its own fault, and is worse than any that has values.
    Failed,
}

/// Parts observations, equal ones as they came: returns the places of the good
/// ones and those of the others.
pub(super) fn parted(observations: &[ObservedCandidate]) -> (Vec<usize>, Vec<usize>) {
    let fronts = fronts(observations);
    let mut order: Vec<usize> = (0..observations.len()).collect();
    order.sort_by_key(|at| (fronts[*at], *at));
    let good = good(observations).min(order.len());
    // Only of the front that is parted does the order matter.
    if let Some(parted) = order.get(good).map(|at| fronts[*at]) {
        let first = order.partition_point(|at| fronts[*at] < parted);
        let last = order.partition_point(|at| fronts[*at] <= parted);
        sort_front(observations, &mut order[first..last]);
    }
    let bad = order.split_off(good);
    (order, bad)
}

/// Returns how many observations count as good.
#[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 observations")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 25")]
fn good(observations: &[ObservedCandidate]) -> usize {
    let has_values = |one: &&ObservedCandidate| matches!(one.outcome, ObservedOutcome::Values(_));
    let valued = observations.iter().filter(has_values).count();
    let wanted = (GOOD * observations.len() as f64).ceil().min(MOST_GOOD as f64) as usize;
    wanted.min(valued)
}

/// Orders the observations of one front: first those that add most to the volume that the front dominates. Of a single objective,
/// or more than three, they are equal.
fn sort_front(observations: &[ObservedCandidate], front: &mut [usize]) {
    let values = |at: &usize| match &observations[*at].outcome {
        ObservedOutcome::Values(values) if (2..=MOST_EXACT).contains(&values.len()) => {
            Some(values.as_slice())
        }
        _ => None,
    };
    let Some(points) = front.iter().map(values).collect::<Option<Vec<&[f64]>>>() else { return };
    let mut added: Vec<(f64, usize)> =
        contributions(&points).into_iter().zip(front.iter().copied()).collect();
    added.sort_by(|(a, at), (b, other)| b.total_cmp(a).then(at.cmp(other)));
    front.iter_mut().zip(added).for_each(|(to, (_, at))| *to = at);
}

/// The front of the observations that failed, behind all others.
pub(crate) const LAST_FRONT: usize = usize::MAX;

/// Returns the number of the front of each observation: 0 for those that no other dominates, 1 for those that only these
/// dominate, and so on; the failed ones come last ([`LAST_FRONT`]).
pub(crate) fn fronts(observations: &[ObservedCandidate]) -> Vec<usize> {
    let mut fronts = vec![LAST_FRONT; observations.len()];
    let values = |at: usize| match &observations[at].outcome {
        ObservedOutcome::Values(values) => Some(values.as_slice()),
        ObservedOutcome::Failed => None,
    };
    let mut left: Vec<usize> = (0..observations.len()).filter(|at| values(*at).is_some()).collect();
    if left.iter().all(|at| values(*at).is_some_and(|values| values.len() == 1)) {
        return single(observations.len(), &left, values);
    }
    let mut front = 0;
    while !left.is_empty() {
        let is_dominated = |at: &usize| {
            left.iter().any(|other| {
                values(*other).zip(values(*at)).is_some_and(|(other, one)| dominates(other, one))
            })
        };
        let (rest, first): (Vec<usize>, Vec<usize>) = left.iter().partition(|at| is_dominated(at));
        for at in first {
            fronts[at] = front;
        }
        left = rest;
        front += 1;
    }
    fronts
}

/// Returns the fronts by a single objective: its order.
fn single<'v>(
    len: usize,
    left: &[usize],
    values: impl Fn(usize) -> Option<&'v [f64]>,
) -> Vec<usize> {
    let mut order = left.to_vec();
    let value = |at: usize| values(at).and_then(|values| values.first().copied());
    let value = |at: usize| value(at).unwrap_or(f64::INFINITY);
    order.sort_by(|a, b| value(*a).total_cmp(&value(*b)));
    let mut fronts = vec![LAST_FRONT; len];
    for (front, same) in order.chunk_by(|a, b| value(*a).total_cmp(&value(*b)).is_eq()).enumerate()
    {
        for at in same {
            fronts[*at] = front;
        }
    }
    fronts
}

fn dominates(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| a <= b) && a != b
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed(values: &[f64]) -> ObservedCandidate {
        let outcome = if values.is_empty() {
            ObservedOutcome::Failed
        } else {
            ObservedOutcome::Values(values.to_vec())
        };
        ObservedCandidate { trace: DrawTrace::default(), outcome }
    }

    #[test]
    fn the_best_are_good_and_what_failed_never_is() {
        let values = [5.0, 1.0, 4.0, 2.0, 3.0, 6.0, 7.0, 8.0, 9.0, 0.5, 11.0];
        let mut all: Vec<ObservedCandidate> =
            values.iter().map(|value| observed(&[*value])).collect();
        all.push(observed(&[]));
        let (good, bad) = parted(&all);
        assert_eq!(good, [9, 1]);
        assert_eq!(bad.len(), 10);
        assert_eq!(bad.last(), Some(&11));
        assert_eq!(parted(&[]), (vec![], vec![]));
        let failed = [observed(&[]), observed(&[])];
        assert_eq!(parted(&failed), (vec![], vec![0, 1]));
    }

    #[test]
    fn of_several_objectives_those_that_none_dominates_come_first() {
        let all: Vec<ObservedCandidate> =
            [[2.0, 2.0], [1.0, 3.0], [3.0, 1.0], [2.0, 3.0], [4.0, 4.0]]
                .iter()
                .map(|v| observed(v))
                .collect();
        assert_eq!(fronts(&all), [0, 0, 0, 1, 2]);
    }

    #[test]
    fn of_one_front_those_come_first_that_dominate_most_alone() {
        // Two of 12 are good; of four on the first front the last two are crowded.
        let front = [[0.0, 9.0], [3.0, 3.0], [8.0, 1.1], [9.0, 1.0]];
        let others = (0..8_u32).map(|i| [10.0 + f64::from(i), 10.0]);
        let all: Vec<ObservedCandidate> =
            front.into_iter().chain(others).map(|v| observed(&v)).collect();
        assert_eq!(parted(&all).0, [1, 0]);
        let reversed: Vec<ObservedCandidate> = all.into_iter().rev().collect();
        assert_eq!(parted(&reversed).0, [10, 11]);
    }
}
