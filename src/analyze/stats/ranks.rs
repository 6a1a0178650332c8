//! Ranks, and the correlation of ranks.

use crate::app::num::float;

/// Returns the rank of each value from 1, in the order given; equal values share their mean rank.
#[must_use]
pub fn ranks(values: &[f64]) -> Vec<f64> {
    // A negative zero is no less than a zero.
    let mut order: Vec<(f64, usize)> =
        values.iter().enumerate().map(|(i, value)| (value + 0.0, i)).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for tied in order.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let rank = float(before) + float(tied.len() + 1) / 2.0;
        for &(_, i) in tied {
            ranks[i] = rank;
        }
        before += tied.len();
    }
    ranks
}

/// Returns Spearman's rank correlation of `(x, y)` pairs, from -1 to 1: Pearson's of their ranks
/// (Spearman, "The Proof and Measurement of Association between Two Things", American Journal of
/// Psychology 15, 1904).
///
/// Returns `None` where it is undefined: fewer than three pairs, or all values of one side equal.
#[must_use]
pub fn spearman(pairs: &[(f64, f64)]) -> Option<f64> {
    let (xs, ys): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    correlation_of_ranks(&ranks(&xs), &ranks(&ys))
}

/// Returns the rank correlation of values whose ranks are known: those of one column serve for all
/// its pairs if no value is missing.
#[must_use]
pub fn correlation_of_ranks(xs: &[f64], ys: &[f64]) -> Option<f64> {
    if xs.len() < 3 {
        return None;
    }
    let mean = float(xs.len() + 1) / 2.0;
    let product = |a: &[f64], b: &[f64]| -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum()
    };
    let spread = (product(xs, xs) * product(ys, ys)).sqrt();
    (spread > 0.0).then(|| product(xs, ys) / spread)
}

/// Returns true if of `(loss, value)` pairs neither the values nor their distances from the middle rank show a correlation with the
/// losses: both are within what 95 % of unrelated pairs have. A valley has none of the first kind, and all of the second.
#[must_use]
pub fn is_trendless(pairs: &[(f64, f64)]) -> bool {
    const FEWEST: usize = 20;
    if pairs.len() < FEWEST {
        return false;
    }
    let (losses, values): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let (losses, values) = (ranks(&losses), ranks(&values));
    let middle = float(pairs.len() + 1) / 2.0;
    let apart: Vec<f64> = values.iter().map(|rank| (rank - middle).abs()).collect();
    let bound = 1.96 / float(pairs.len() - 1).sqrt();
    let is_within = |xs: &[f64]| correlation_of_ranks(xs, &losses).unwrap_or(0.0).abs() < bound;
    is_within(&values) && is_within(&ranks(&apart))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_their_mean_rank() {
        assert_eq!(ranks(&[30.0, 10.0, 30.0, 20.0]), [3.5, 1.0, 3.5, 2.0]);
    }

    #[test]
    fn any_rising_relation_correlates_fully() {
        let cubes: Vec<_> = (0..9).map(|i| (f64::from(i), f64::from(i).powi(3))).collect();
        assert_eq!(spearman(&cubes), Some(1.0));
        let falling: Vec<_> = cubes.iter().map(|&(x, y)| (x, -y)).collect();
        assert_eq!(spearman(&falling), Some(-1.0));
    }

    #[test]
    fn a_slope_and_a_valley_are_trends_and_a_zigzag_is_none() {
        let pairs = |loss: &dyn Fn(f64) -> f64| -> Vec<(f64, f64)> {
            (0..40).map(|i| (loss(f64::from(i)), f64::from(i))).collect()
        };
        assert!(!is_trendless(&pairs(&|x| -x)));
        assert!(!is_trendless(&pairs(&|x| (x - 19.5).powi(2))));
        assert!(is_trendless(&pairs(&|x| (x * 17.0) % 40.0)));
        assert!(!is_trendless(&pairs(&|x| (x * 17.0) % 40.0)[..19]), "too few to say");
    }

    #[test]
    fn where_nothing_varies_there_is_no_correlation() {
        assert_eq!(spearman(&[(1.0, 2.0), (1.0, 3.0), (1.0, 4.0)]), None);
        assert_eq!(spearman(&[(1.0, 2.0), (2.0, 3.0)]), None);
    }
}
