//! Fisher's exact test and the odds ratio: how likely a share is by chance.

use crate::app::num::float;

/// A table of two by two: how many of the group, and of the others, have something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FisherTable {
    pub(super) inside: usize,
    pub(super) group: usize,
    pub(super) outside: usize,
    pub(super) others: usize,
}

impl FisherTable {
    /// Returns the odds ratio, half a job added to each cell so that it is finite (Haldane and Anscombe).
    pub(super) fn odds(self) -> f64 {
        let cell = |n: usize| float(n) + 0.5;
        let (inside, outside) = (cell(self.inside), cell(self.outside));
        inside * cell(self.others - self.outside) / (cell(self.group - self.inside) * outside)
    }

    /// Returns the probability that at least as many of the group have it, if the group were drawn by lot
    /// (one-sided).
    pub(super) fn p(self) -> f64 {
        let have = self.inside + self.outside;
        let least = have.saturating_sub(self.others);
        if self.inside <= least {
            return 1.0;
        }
        let mean = float(have) * float(self.group) / float(self.group + self.others);
        let p = if float(self.inside) > mean {
            self.tail(self.inside, |k| self.rise(k))
        } else {
            // From here the sum would begin with its least terms, which may be 0.
            1.0 - self.tail(self.inside - 1, |k| 1.0 / self.rise(k - 1))
        };
        p.clamp(0.0, 1.0)
    }

    /// Sums the probability of `from` and of all that lie beyond it, each smaller than the one before by
    /// the factor `step`, which is 0 or infinite at the end.
    fn tail(self, from: usize, step: impl Fn(usize) -> f64) -> f64 {
        let is_up = from == self.inside;
        let (mut sum, mut term, mut k) = (0.0, self.probability(from), from);
        while term > sum * f64::EPSILON / 4.0 {
            sum += term;
            if !is_up && k == 0 {
                break;
            }
            let factor = step(k);
            term *= if factor.is_finite() { factor } else { 0.0 };
            k = if is_up { k + 1 } else { k - 1 };
        }
        sum
    }

    /// Returns the factor by which `k + 1` is likelier than `k`.
    fn rise(self, k: usize) -> f64 {
        let have = self.inside + self.outside;
        let up = float(have.saturating_sub(k)) * float(self.group.saturating_sub(k));
        up / (float(k + 1) * float((self.others + k + 1).saturating_sub(have)))
    }

    /// Returns the probability that exactly `k` of the group have it (hypergeometric).
    fn probability(self, k: usize) -> f64 {
        let have = self.inside + self.outside;
        let logarithm = choices(self.group, k) + choices(self.others, have - k)
            - choices(self.group + self.others, have);
        libm::exp(logarithm)
    }
}

/// Returns the logarithm of the number of ways to choose `k` of `n`.
fn choices(n: usize, k: usize) -> f64 {
    let factorial = |n: usize| libm::lgamma(float(n) + 1.0);
    factorial(n) - factorial(k) - factorial(n - k)
}

#[cfg(test)]
#[expect(clippy::unreadable_literal, reason = "as another program printed them")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counts(inside: usize, group: usize, outside: usize, others: usize) -> FisherTable {
        FisherTable { inside, group, outside, others }
    }

    /// `fisher_exact([[a, group - a], [c, others - c]], alternative="greater").pvalue` of `SciPy`.
    const SCIPY: &[(usize, usize, usize, usize, f64)] = &[
        (37, 37, 4, 160, 6.566493914873114e-36),
        (11, 12, 3, 148, 1.3825914449083856e-13),
        (3, 4, 1, 4, 0.24285714285714283),
        (5, 5, 0, 195, 3.943761892315392e-10),
        (8, 10, 2, 90, 1.0463475563841825e-08),
        (1, 10, 9, 30, 0.9645553685614107),
        (0, 7, 3, 9, 1.0),
        (40, 50, 300, 9500, 8.57197771058407e-50),
        (60, 1000, 3000, 99000, 9.352679537574851e-07),
        (12, 30, 100, 200, 0.8886624946510376),
        (2, 2, 1, 1, 1.0),
        (7, 20, 70, 80, 0.9999996198063991),
    ];

    #[test]
    fn the_probability_is_the_one_of_scipy() {
        for &(inside, group, outside, others, p) in SCIPY {
            let ours = counts(inside, group, outside, others).p();
            assert!(
                (ours - p).abs() <= 1e-9 * p,
                "{inside} {group} {outside} {others}: {ours} {p}"
            );
        }
    }

    #[test]
    fn the_odds_are_finite_whatever_is_empty() {
        assert!((counts(37, 37, 4, 160).odds() - 37.5 * 156.5 / (0.5 * 4.5)).abs() < 1e-9);
        assert!((counts(0, 1, 0, 1).odds() - 1.0).abs() < 1e-12);
        assert!(counts(5, 5, 0, 5).odds().is_finite());
    }

    proptest! {
        #[test]
        fn the_probability_is_one_and_falls_as_more_have_it(
            group in 1_usize..60, others in 1_usize..2000, have in 0_usize..2060,
        ) {
            let have = have % (group + others + 1);
            let range = have.saturating_sub(others)..=have.min(group);
            let all: Vec<f64> =
                range.map(|inside| counts(inside, group, have - inside, others).p()).collect();
            prop_assert!((all[0] - 1.0).abs() < 1e-9);
            prop_assert!(all.windows(2).all(|pair| pair[1] <= pair[0] + 1e-9), "{all:?}");
        }
    }
}
