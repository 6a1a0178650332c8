//! Compares two searches by their ends: how many results of the one are better than every result of the other.
//!
//! If the `n` results of the one and the `m` of the other are draws from one law, the best `j` of all are of the one with
//! probability `C(n, j) / C(n + m, j)`, whatever that law is (Rosenbaum, "Tables for a nonparametric test of location", Annals
//! of Mathematical Statistics 25, 1954). So a search that is no better than random draws is called better in at most 2.5 % of
//! cases, and worse in as many. The interval holds the shifts of the one's results that this test does not refuse.

use super::CONFIDENCE;
use crate::app::num::float;

/// Two searches compared by their best results.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BestLead {
    /// The least loss of each.
    pub best: (f64, f64),
    /// The number of results of the first that are better than all of the second, and the reverse: one of them is 0.
    pub ahead: (usize, usize),
    /// How much less the first one's least loss is.
    pub gain: f64,
    /// Its 95 % interval; infinite ends lie among what is lost.
    pub interval: (f64, f64),
    /// The two-sided p-value.
    pub p: f64,
}

impl BestLead {
    /// Compares losses, of which those of lost draws are infinite; `None` if one found nothing, or so few could show no
    /// difference.
    #[must_use]
    pub fn of(first: &[f64], second: &[f64]) -> Option<Self> {
        let [a, b] = [first, second].map(|losses| {
            let mut sorted = losses.to_vec();
            sorted.sort_by(f64::total_cmp);
            sorted
        });
        let (best_a, best_b) = (*a.first()?, *b.first()?);
        if !(best_a.is_finite() && best_b.is_finite()) {
            return None;
        }
        // So many results ahead of all others show a difference.
        let (of_a, of_b) = (enough(a.len(), b.len())?, enough(b.len(), a.len())?);
        let ahead =
            (a.partition_point(|&loss| loss < best_b), b.partition_point(|&loss| loss < best_a));
        let p = match ahead {
            (0, 0) => 1.0,
            (0, j) => all_of_one(j, b.len(), a.len()),
            (j, _) => all_of_one(j, a.len(), b.len()),
        };
        let interval = (best_b - a[of_a - 1], b[of_b - 1] - best_a);
        let gain = best_b - best_a;
        Some(Self { best: (best_a, best_b), ahead, gain, interval, p: (2.0 * p).min(1.0) })
    }
}

/// Returns the probability that the best `j` of `n + m` draws from one law are all among the `n`.
fn all_of_one(j: usize, n: usize, m: usize) -> f64 {
    (0..j).map(|before| float(n.saturating_sub(before)) / float(n + m - before)).product()
}

/// Returns the least number of the best that are all of the `n` in at most 2.5 % of cases; `None` if `n` are too few.
fn enough(n: usize, m: usize) -> Option<usize> {
    (1..=n).find(|&j| all_of_one(j, n, m) <= f64::midpoint(0.0, 1.0 - CONFIDENCE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt as _, SeedableRng as _, rngs::ChaCha8Rng};

    #[test]
    fn the_probability_is_that_of_all_orders() {
        // Of the 70 ways to lay 4 among 8, 15 have the first two, and one has all four first.
        assert!((all_of_one(2, 4, 4) - 15.0 / 70.0).abs() < 1e-12);
        assert!((all_of_one(4, 4, 4) - 1.0 / 70.0).abs() < 1e-12);
        assert_eq!((enough(4, 4), enough(3, 3), enough(64, 64)), (Some(4), None, Some(6)));
    }

    #[test]
    fn who_is_ahead_has_an_interval_on_one_side_of_zero() {
        let random: Vec<f64> = (0..16).map(|i| 10.0 + f64::from(i)).collect();
        let ahead = |n: u32| -> Vec<f64> {
            (0..16).map(|i| if i < n { 5.0 + f64::from(i) / 10.0 } else { 40.0 }).collect()
        };
        // C(16, 5) / C(32, 5) is 0.0217, C(16, 4) / C(32, 4) is 0.0506.
        let found = BestLead::of(&ahead(5), &random).unwrap();
        assert_eq!((found.ahead, found.best, found.gain), ((5, 0), (5.0, 10.0), 5.0));
        assert!((found.p - 0.0434).abs() < 1e-4 && found.interval == (4.6, 9.0), "{found:?}");
        let reverse = BestLead::of(&random, &ahead(5)).unwrap();
        assert_eq!((reverse.ahead, reverse.gain, reverse.interval), ((0, 5), -5.0, (-9.0, -4.6)));
        let found = BestLead::of(&ahead(4), &random).unwrap();
        assert!(found.p > 0.05 && found.interval.0 < 0.0, "{found:?}");
    }

    #[test]
    fn equals_are_ahead_of_nobody_and_what_is_lost_comes_last() {
        let found = BestLead::of(&[1.0; 8], &[1.0; 8]).unwrap();
        assert_eq!((found.ahead, found.gain, found.p), ((0, 0), 0.0, 1.0));
        let mut lost = vec![f64::INFINITY; 8];
        assert_eq!(BestLead::of(&lost, &[1.0; 8]), None);
        lost[0] = 0.5;
        let found = BestLead::of(&lost, &[1.0; 8]).unwrap();
        assert_eq!((found.ahead, found.interval), ((1, 0), (f64::NEG_INFINITY, 0.5)));
        assert_eq!(BestLead::of(&[0.0; 3], &[1.0; 3]), None, "too few");
    }

    #[test]
    fn of_two_random_searches_one_is_called_better_in_at_most_a_twentieth_of_cases() {
        let mut dice = ChaCha8Rng::seed_from_u64(0);
        let mut draw = |n: usize| (0..n).map(|_| dice.random::<f64>()).collect::<Vec<_>>();
        for (n, m) in [(16, 16), (64, 64), (20, 50)] {
            let called = |_| BestLead::of(&draw(n), &draw(m)).unwrap().p < 0.05;
            let called = (0..4000).map(called).filter(|called| *called).count();
            // Three standard errors above 200.
            assert!(called <= 241, "{n} against {m}: {called}");
        }
    }

    #[test]
    fn the_interval_holds_the_shift() {
        let mut dice = ChaCha8Rng::seed_from_u64(1);
        let mut missed = 0;
        for _ in 0..4000 {
            let a: Vec<f64> = (0..32).map(|_| dice.random::<f64>() - 0.3).collect();
            let b: Vec<f64> = (0..32).map(|_| dice.random::<f64>()).collect();
            let (low, high) = BestLead::of(&a, &b).unwrap().interval;
            missed += usize::from(!(low <= 0.3 && 0.3 <= high));
        }
        assert!(missed <= 241, "{missed} of 4000");
    }
}
