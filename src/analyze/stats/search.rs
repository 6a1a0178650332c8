//! Estimates how well random search does: the best of m draws.
//!
//! The population is what a random search drew. If it had stopped after `m` of the `n` jobs, its best
//! would have been the one of rank `r` (from 1) with probability `C(n - r, m - 1) / C(n, m)`: the other
//! `m - 1` are among the `n - r` that are worse. This is exact, without bias, and needs no dice (Tang
//! et al., "Showing Your Work Doesn't Always Work", ACL 2020, who correct Dodge et al., "Show Your
//! Work", EMNLP 2019).

use crate::app::num::{float, whole};

/// The distribution of the best of some draws, in the unit of the values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BestOf {
    /// The number of draws.
    pub draws: usize,
    /// The expectation of the best, if any of the draws has a value.
    pub mean: f64,
    /// The 2.5 percentile; infinite, as the next may be, if too few draws have a value.
    pub low: f64,
    /// The 97.5 percentile.
    pub high: f64,
}

/// Returns the best (least) of `draws` of the sorted values, without replacement (Tang et al.
/// 2020); `None` unless `1 <= draws <= n` and some value is finite.
///
/// An infinite value is a draw that found nothing: it counts as a draw, and is the best only if all
/// are infinite. The expectation is over the choices that found something.
#[must_use]
pub fn best_of(sorted: &[f64], draws: usize) -> Option<BestOf> {
    const TAIL: f64 = 0.025;
    let n = sorted.len();
    if draws == 0 || draws > n {
        return None;
    }
    // C(n-r, m-1) / C(n, m) for r = 1 is m / n; each further rank multiplies by what is left.
    let mut weight = float(draws) / float(n);
    let (mut sum, mut found, mut mean) = (0.0, 0.0, 0.0);
    let (mut low, mut high) = (None, None);
    for (before, &value) in sorted.iter().enumerate().take(n - draws + 1) {
        sum += weight;
        if value.is_finite() {
            found += weight;
            mean += weight * value;
        }
        if sum >= TAIL - 1e-12 {
            low.get_or_insert(value);
        }
        if sum >= 1.0 - TAIL - 1e-12 {
            high.get_or_insert(value);
        }
        let worse = n - before - 1;
        weight *= (float(worse) - float(draws - 1)) / float(worse).max(1.0);
        if weight < f64::MIN_POSITIVE {
            break;
        }
    }
    let last = sorted[n - draws];
    let mean = (found > 0.0).then(|| mean / found)?;
    Some(BestOf { draws, mean, low: low.unwrap_or(last), high: high.unwrap_or(last) })
}

/// Returns numbers of draws for a curve from 1 to `n`, evenly spaced by ratio.
#[must_use]
pub fn draw_counts(n: usize) -> Vec<usize> {
    const POINTS: i32 = 64;
    let mut counts: Vec<usize> = (0..=POINTS)
        .map(|i| whole::<usize>(float(n).powf(f64::from(i) / f64::from(POINTS)).round()))
        .filter(|&count| count >= 1 && count <= n)
        .collect();
    counts.dedup();
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_of_one_is_the_mean_and_of_all_the_least() {
        let sorted = [1.0, 2.0, 6.0];
        let mean = |draws| best_of(&sorted, draws).map(|best| best.mean);
        assert_eq!(mean(1).map(|m| (m * 1e9).round()), Some(3e9));
        assert_eq!(mean(3), Some(1.0));
        assert_eq!((mean(0), mean(4)), (None, None));
    }

    #[test]
    fn of_two_of_three_all_three_pairs_count_the_same() {
        // {1,2} {1,6} {2,6}: the best is 1, 1, 2.
        let best = best_of(&[1.0, 2.0, 6.0], 2).expect("two of three");
        assert!((best.mean - 4.0 / 3.0).abs() < 1e-12, "{best:?}");
        assert_eq!((best.low, best.high), (1.0, 2.0));
    }

    #[test]
    fn a_draw_that_found_nothing_is_a_draw_all_the_same() {
        // {1,inf} {1,inf} {inf,inf}, of two of three: the best is 1, 1, and nothing.
        let sorted = [1.0, f64::INFINITY, f64::INFINITY];
        let best = best_of(&sorted, 2).expect("two of three");
        assert!((best.mean - 1.0).abs() < 1e-12, "{best:?}");
        assert_eq!((best.low, best.high), (1.0, f64::INFINITY));
        assert_eq!(best_of(&sorted[1..], 1), None);
    }

    #[test]
    fn the_expectation_of_uniform_draws_is_the_closed_form() {
        // The best of m of 1..=n is (n + 1) / (m + 1) on average.
        let sorted: Vec<f64> = (1..=1000).map(f64::from).collect();
        for draws in [1, 2, 10, 100, 999] {
            let expected = 1001.0 / (float(draws) + 1.0);
            let best = best_of(&sorted, draws).expect("fewer than all");
            assert!((best.mean - expected).abs() < 1e-9 * expected, "{draws}: {}", best.mean);
        }
    }

    #[test]
    fn a_curve_goes_from_one_to_all() {
        assert_eq!(draw_counts(3), [1, 2, 3]);
        let counts = draw_counts(100_000);
        assert_eq!((counts.first(), counts.last()), (Some(&1), Some(&100_000)));
        assert!(counts.len() <= 65 && counts.is_sorted());
        assert!(draw_counts(0).is_empty());
    }
}
