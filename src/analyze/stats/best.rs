//! Finds where good values lie: the range of a metric over the best of m random draws.
//!
//! pycls estimates it by an empirical bootstrap (Radosavovic et al., "Designing Network Design
//! Spaces", CVPR 2020, section 3.2): 2,500 times it draws m = n/4 of the n jobs with replacement,
//! keeps the value of the one with the least error, and takes the 2.5, 50 and 97.5 percentiles of
//! what was kept. No dice are needed: the best of m draws has rank r (from 1) with probability
//!
//! ```text
//! ((n - r + 1) / n)^m - ((n - r) / n)^m
//! ```
//!
//! so the percentiles are those of the sample under these weights, which is the bootstrap's limit
//! for infinitely many repetitions. Jobs of equal error share the weight of their ranks, as they
//! would win equally often.

use super::weighted_quantiles;
use crate::app::num::{float, whole};

/// The share of the jobs that is drawn (pycls's `sample`).
const SHARE: f64 = 0.25;
/// Percentiles of the range, as shares (pycls's `alpha` of 5 %).
const PERCENTILES: [f64; 3] = [0.025, 0.5, 0.975];

/// The range of a metric over the best of m draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BestRange {
    /// The 2.5 percentile.
    pub low: f64,
    /// The median.
    pub median: f64,
    /// The 97.5 percentile.
    pub high: f64,
}

/// Returns m, the number of jobs drawn of `n`: a quarter (pycls's `sample`), at least one.
#[must_use]
pub fn draws(n: usize) -> usize {
    whole::<usize>(float(n) * SHARE).max(1)
}

/// Returns the range of the values, in their unit, of `(error, value)` pairs that are all numbers
/// (the module's formula); `None` if there are no pairs.
#[must_use]
pub fn best_range(pairs: &[(f64, f64)]) -> Option<BestRange> {
    let mut ranked = pairs.to_vec();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut weighted = Vec::with_capacity(ranked.len());
    let mut rank = 0;
    for tied in ranked.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let weight = weight_of_ranks(rank, tied.len(), ranked.len()) / float(tied.len());
        weighted.extend(tied.iter().map(|&(_, value)| (value, weight)));
        rank += tied.len();
    }
    let [low, median, high] = weighted_quantiles(&weighted, PERCENTILES)?;
    Some(BestRange { low, median, high })
}

/// Returns the probability that the best draw has one of `count` ranks, `before` ranks being
/// better: the module's formula summed over the ranks.
fn weight_of_ranks(before: usize, count: usize, n: usize) -> f64 {
    let none_better = |ranks| (float(n - ranks) / float(n)).powf(float(draws(n)));
    none_better(before) - none_better(before + count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_job_is_its_own_range() {
        let range = BestRange { low: 7.0, median: 7.0, high: 7.0 };
        assert_eq!(best_range(&[(1.0, 7.0)]), Some(range));
        assert_eq!(best_range(&[]), None);
    }

    #[test]
    fn the_weights_add_up_to_one() {
        let sum: f64 = (0..197).map(|rank| weight_of_ranks(rank, 1, 197)).sum();
        assert!((sum - 1.0).abs() < 1e-12, "{sum}");
    }

    #[test]
    fn four_jobs_draw_one_so_that_each_weighs_the_same() {
        let pairs = [(4.0, 40.0), (1.0, 10.0), (3.0, 30.0), (2.0, 20.0)];
        let range = BestRange { low: 10.0, median: 20.0, high: 40.0 };
        assert_eq!(best_range(&pairs), Some(range));
    }

    proptest! {
        #[test]
        fn the_order_of_the_jobs_is_of_no_account(
            mut pairs in prop::collection::vec((0u8..5, 0u8..50), 1..60),
            turn in 0usize..60,
        ) {
            let range = |pairs: &[(u8, u8)]| {
                let pairs: Vec<_> =
                    pairs.iter().map(|&(e, v)| (f64::from(e), f64::from(v))).collect();
                best_range(&pairs)
            };
            let before = range(&pairs);
            let turn = turn % pairs.len();
            pairs.rotate_left(turn);
            prop_assert_eq!(before, range(&pairs));
        }
    }
}
