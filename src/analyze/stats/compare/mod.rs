//! Compares two samples: how far apart their distributions are, and which tends to be less.

mod effect;
mod kolmogorov;
mod rank_sum;
mod signed_rank;

use super::CONFIDENCE;
use effect::probability_of_less;
pub use rank_sum::least_p;
pub use signed_rank::{PairedComparison, compare_pairs};

/// The differences of two samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleComparison {
    /// The Kolmogorov-Smirnov distance, from 0 (the same curve) to 1.
    pub distance: f64,
    /// The probability of a distance of at least this if both came from one distribution.
    pub distance_p: f64,
    /// The probability that a draw of the first is less than one of the second, ties counted half.
    pub less: f64,
    /// The 95 % interval of [`Self::less`].
    pub interval: (f64, f64),
    /// The p-value of Mann and Whitney's test.
    pub less_p: f64,
}

/// Compares samples that are all numbers (infinities are greatest); `None` if one has fewer than two.
#[must_use]
pub fn compare(a: &[f64], b: &[f64]) -> Option<SampleComparison> {
    if a.len() < 2 || b.len() < 2 {
        return None;
    }
    let [a, b] = [a, b].map(one_zero);
    let distance = kolmogorov::distance(&a, &b);
    let (less, interval) = probability_of_less(&a, &b)?;
    Some(SampleComparison {
        distance,
        distance_p: kolmogorov::p_value(distance, a.len(), b.len()),
        less,
        interval,
        less_p: rank_sum::p_value(&a, &b, less)?,
    })
}

/// Returns the values with a single zero: the negative one is no less than the other.
fn one_zero(values: &[f64]) -> Vec<f64> {
    values.iter().map(|value| value + 0.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_apart_are_as_different_as_can_be() {
        let c = compare(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]).expect("enough");
        assert!((c.distance - 1.0).abs() < 1e-12 && (c.less - 1.0).abs() < 1e-12);
        // 2 of the 20 orders of three and three are this far apart.
        assert!((c.distance_p - 0.1).abs() < 1e-12, "{}", c.distance_p);
        assert!((c.less_p - 0.1).abs() < 1e-12, "{}", c.less_p);
        assert!(c.interval.0 < 0.51 && (c.interval.1 - 1.0).abs() < 1e-12, "{:?}", c.interval);
    }

    #[test]
    fn equal_samples_are_not_different() {
        let c = compare(&[1.0, 1.0, 1.0], &[1.0, 1.0]).expect("enough");
        assert!(c.distance.abs() < 1e-12 && (c.less - 0.5).abs() < 1e-12);
        assert!((c.less_p - 1.0).abs() < 1e-12 && (c.distance_p - 1.0).abs() < 1e-12);
        assert_eq!(compare(&[1.0], &[1.0, 2.0]), None);
    }

    #[test]
    fn a_negative_zero_is_a_zero() {
        let c = compare(&[0.0, -0.0, 0.0], &[-0.0, 0.0]).expect("enough");
        assert!((c.less - 0.5).abs() < 1e-12 && c.distance.abs() < 1e-12);
    }

    #[test]
    fn a_job_that_never_got_an_error_is_worse_than_any_that_did() {
        let c = compare(&[1.0, 2.0], &[1.5, f64::INFINITY]).expect("enough");
        assert!((c.less - 0.75).abs() < 1e-12);
    }
}
