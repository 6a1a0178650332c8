//! Estimates the probability that a draw of A is less than one of B, ties counted half: the effect
//! size of Mann and Whitney's U ("common language effect size").
//!
//! Its interval is that of Brunner and Munzel ("The nonparametric Behrens-Fisher problem", Biometrical
//! Journal 42, 2000), which does not suppose that the spreads are equal. Where it reaches 0 or 1 its
//! normal limit does not hold (of samples that do not overlap it has no width at all, be they of three):
//! there it is Newcombe's ("Confidence intervals for an effect size measure based on the Mann-Whitney
//! statistic. Part 2", Statistics in Medicine 25, 2006, method 5), which stays sensible.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::CONFIDENCE;
use crate::analyze::stats::band::Z;
use crate::analyze::stats::ranks;
use crate::app::num::float;

/// Returns the probability that a draw of the first sample is less than one of the second, and its
/// 95 % interval, by the module's sources; `None` if an interval has no distribution.
pub(super) fn probability_of_less(first: &[f64], second: &[f64]) -> Option<(f64, (f64, f64))> {
    let (n, m) = (float(first.len()), float(second.len()));
    let joint: Vec<f64> = first.iter().chain(second).copied().collect();
    let joint = ranks(&joint);
    let (in_a, in_b) = joint.split_at(first.len());
    let (mean_a, mean_b) = (mean(in_a), mean(in_b));
    let less = (mean_b - f64::midpoint(m, 1.0)) / n;
    // The placements: how many of the other sample each value is above.
    let spread = |joint: &[f64], own: &[f64], mean: f64| {
        let middle = f64::midpoint(float(own.len()), 1.0);
        let squares = joint.iter().zip(ranks(own)).map(|(j, r)| (j - r - mean + middle).powi(2));
        squares.sum::<f64>() / (float(own.len()) - 1.0)
    };
    let (s_a, s_b) = (spread(in_a, first, mean_a), spread(in_b, second, mean_b));
    let (low, high) = brunner_munzel(less, (n, s_a), (m, s_b))?;
    let is_inside = 0.0 < low && low < high && high < 1.0;
    Some((less, if is_inside { (low, high) } else { newcombe(less, n, m) }))
}

/// Returns the interval of Brunner and Munzel (2000) from the sizes of the samples, `n` and `m`,
/// and the variances of their placements, `s_a` and `s_b`; it has no width if both are 0.
fn brunner_munzel(less: f64, (n, s_a): (f64, f64), (m, s_b): (f64, f64)) -> Option<(f64, f64)> {
    let error = (s_a / (n * m * m) + s_b / (m * n * n)).sqrt();
    if error <= 0.0 {
        return Some((less, less));
    }
    let freedom = (n * s_a + m * s_b).powi(2)
        / ((n * s_a).powi(2) / (n - 1.0) + (m * s_b).powi(2) / (m - 1.0));
    let t = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(f64::midpoint(1.0, CONFIDENCE));
    Some((less - t * error, less + t * error))
}

/// Returns the probabilities that are at most `z` of their own standard errors from `less`
/// (Newcombe 2006, method 5). Such an error does not vanish where all of one sample is less than
/// all of the other.
fn newcombe(less: f64, n: f64, m: f64) -> (f64, f64) {
    let half = f64::midpoint(n, m) - 1.0;
    let is_far = |p: f64| {
        let placements = (1.0 - p) / (2.0 - p) + p / (1.0 + p);
        let variance = p * (1.0 - p) * (1.0 + half * placements) / (n * m);
        (p - less).abs() > Z * variance.sqrt()
    };
    // From where it is near to the end, where it is far: the edge between them by bisection.
    let edge = |end: f64| {
        let (mut near, mut far) = (less, end);
        for _ in 0..60 {
            let middle = f64::midpoint(near, far);
            if is_far(middle) { far = middle } else { near = middle }
        }
        near
    };
    (edge(0.0), edge(1.0))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / float(values.len())
}

#[cfg(test)]
mod tests {
    use rand::{RngExt as _, SeedableRng as _, rngs::ChaCha8Rng};

    use super::*;

    #[test]
    fn three_jobs_that_are_all_better_than_three_others_are_not_certainly_better() {
        let (less, (low, high)) =
            probability_of_less(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]).expect("a probability");
        assert!((less - 1.0).abs() < 1e-12 && (high - 1.0).abs() < 1e-12);
        // Half of the orders of three and three that are so far apart are on the other side: 1 in 10.
        assert!((0.45..0.55).contains(&low), "{low}");
        let many: Vec<f64> = (0..30).map(f64::from).collect();
        let others: Vec<f64> = (30..60).map(f64::from).collect();
        let (_, (low, _)) = probability_of_less(&many, &others).expect("a probability");
        assert!((0.85..0.95).contains(&low), "{low}");
    }

    /// Exponential draws of rate r are greater than those of rate 1 with probability 1 / (1 + r).
    #[test]
    fn the_interval_holds_the_truth_in_about_19_of_20_cases_or_more_also_of_small_samples() {
        const TRIALS: usize = 4000;
        let mut dice = ChaCha8Rng::seed_from_u64(5);
        for (n, m, rate) in [(5, 5, 1.0), (8, 5, 0.25), (10, 20, 0.1), (30, 30, 0.5)] {
            let truth = 1.0 / (1.0 + rate);
            let mut draw = |n: usize, rate: f64| -> Vec<f64> {
                (0..n).map(|_| -(1.0 - dice.random::<f64>()).ln() / rate).collect()
            };
            let holds = |(a, b): (Vec<f64>, Vec<f64>)| {
                let (_, (low, high)) = probability_of_less(&a, &b).expect("a probability");
                low <= truth && truth <= high
            };
            let held = (0..TRIALS).filter(|_| holds((draw(n, 1.0), draw(m, rate)))).count();
            let share = float(held) / float(TRIALS);
            assert!(share >= 0.925, "{n}, {m}, {rate}: {share}");
        }
    }
}
