//! The mean of the middle half: more of the sample than the median, and no more disturbed by outliers.
//!
//! Agarwal et al. ("Deep Reinforcement Learning at the Edge of the Statistical Precipice", `NeurIPS` 2021) recommend this
//! interquartile mean, with the percentiles of a bootstrap (Efron 1979), in whose place the normal law stands for many values. Theirs is stratified: runs are drawn anew within each of
//! a fixed set of tasks. A sweep has no such set: its configs are themselves drawn from the design space, so that they are what
//! is drawn anew, each with the mean over its seeds, in one stratum. Seeds drawn anew within each config would tell how
//! well these configs are known, not the space.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use rayon::prelude::*;

use super::band::Z;
use super::{CONFIDENCE, quantile};
use crate::app::num::{float, saturated, whole};

/// The least number of values, of which a quarter is cut off at each end.
const LEAST: usize = 4;
/// The number of values from which on their law is as good as resamples of them.
const MANY: usize = 2000;
/// The greatest and the least number of resamples, and of draws for them all between these.
const RESAMPLES: (usize, usize) = (2000, 1000);
const DRAWS: usize = 10_000_000;

/// An interquartile mean with its interval, in the unit of the values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MiddleMean {
    /// The mean; infinite if more than a quarter of the values are.
    pub mean: f64,
    /// Its 95 % interval.
    pub interval: (f64, f64),
}

impl MiddleMean {
    /// Returns that of values, of which some may be infinite; `None` for fewer than four. The same values give the same
    /// interval with any number of threads.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        if values.len() < LEAST {
            return None;
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let interval = normal(&sorted).or_else(|| percentiles(&sorted))?;
        Some(Self { mean: interquartile_mean(&sorted), interval })
    }
}

/// Returns the interval by the law that the trimmed mean of many values has, whose variance is that of the winsorised values
/// by `(1/2)^2 n` (Tukey and `McLaughlin`, "Less Vulnerable Confidence and Significance Procedures for Location", Sankhya A 25,
/// 1963); `None` of few values, and where a sample may have an infinite one in its middle half.
fn normal(sorted: &[f64]) -> Option<(f64, f64)> {
    /// Four standard deviations of the number of values beyond a quartile, in roots of the number of values.
    const SURE: f64 = 4.0 * 0.433;
    let n = float(sorted.len());
    let worst = sorted.iter().rev().take_while(|value| value.is_infinite()).count();
    let best = sorted.iter().take_while(|value| value.is_infinite()).count();
    let most = float(worst.max(best));
    if sorted.len() < MANY || most > n / 4.0 - SURE * n.sqrt() {
        return None;
    }
    let cut = quarter(sorted.len());
    let (low, high) = (sorted[cut], sorted[sorted.len() - cut - 1]);
    let kept = || sorted.iter().map(|value| value.clamp(low, high));
    let mean = kept().sum::<f64>() / n;
    let variance = kept().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let half = Z * (variance / n).sqrt() / 0.5;
    let middle = interquartile_mean(sorted);
    Some((middle - half, middle + half))
}

/// Returns the percentiles of the bootstrap.
fn percentiles(sorted: &[f64]) -> Option<(f64, f64)> {
    let (most, fewest) = RESAMPLES;
    let resamples = (DRAWS / sorted.len()).clamp(fewest, most);
    let mut means: Vec<f64> =
        (0..resamples as u64).into_par_iter().map(|number| resampled(sorted, number)).collect();
    means.sort_by(f64::total_cmp);
    let tail = (1.0 - CONFIDENCE) / 2.0;
    Some((quantile(&means, tail)?, quantile(&means, 1.0 - tail)?))
}

/// Returns the mean of the middle half of sorted values: without a quarter of them, rounded down, at each end.
#[must_use]
pub fn interquartile_mean(sorted: &[f64]) -> f64 {
    let cut = quarter(sorted.len());
    let middle = &sorted[cut..sorted.len() - cut];
    middle.iter().sum::<f64>() / float(middle.len())
}

fn quarter(n: usize) -> usize {
    whole::<usize>((float(n) / 4.0).floor())
}

/// Returns the interquartile mean of one resample. How often each value is drawn is counted, so that nothing has to be sorted.
fn resampled(sorted: &[f64], number: u64) -> f64 {
    let mut dice = ChaCha8Rng::seed_from_u64(1);
    dice.set_stream(number);
    let n = sorted.len();
    let mut counts = vec![0u32; n];
    // Half the words of the generator, and half the time of numbers of the machine's size.
    let most = saturated::<u32>(n);
    for _ in 0..most {
        counts[dice.random_range(0..most) as usize] += 1;
    }
    let cut = quarter(n);
    let (mut passed, mut sum, kept) = (0usize, 0.0, n - 2 * cut);
    for (value, count) in sorted.iter().zip(counts) {
        let from = passed.max(cut);
        passed += count as usize;
        let shown = passed.min(cut + kept).saturating_sub(from);
        // Nothing of an infinite value is nothing.
        if shown > 0 {
            sum += value * float(shown);
        }
        if passed >= cut + kept {
            break;
        }
    }
    sum / float(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_outliers_at_each_end_changes_nothing() {
        let sorted = [-1e9, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, f64::INFINITY];
        assert!((interquartile_mean(&sorted) - 3.5).abs() < 1e-12);
        let found = MiddleMean::of(&sorted).expect("enough");
        assert!((found.mean - 3.5).abs() < 1e-12);
        // Three of eight draws are often the one that is infinite.
        assert_eq!(found.interval.1, f64::INFINITY);
        assert!(MiddleMean::of(&[f64::INFINITY; 4]).is_some_and(|found| found.mean.is_infinite()));
        assert_eq!(MiddleMean::of(&sorted[..3]), None);
    }

    #[test]
    fn the_interval_is_as_wide_as_the_theory_of_trimmed_means_says() {
        let values: Vec<f64> = (0..1000).map(|i| (f64::from(i) + 0.5) / 1000.0).collect();
        let found = MiddleMean::of(&values).expect("enough");
        // Winsorised: a half at the quartiles, the middle uniform: 1/2 * 1/16 + 1/2 * 1/48 = 1/24; by (1 - 1/2)^2 n.
        let error = (1.0f64 / 24.0 / 0.25 / 1000.0).sqrt();
        let width = (found.interval.1 - found.interval.0) / (2.0 * 1.96 * error);
        assert!((width - 1.0).abs() < 0.05, "{width}");
        assert_eq!(MiddleMean::of(&values), Some(found));
    }

    #[test]
    fn of_many_values_the_law_and_the_resamples_give_one_interval() {
        let mut dice = ChaCha8Rng::seed_from_u64(5);
        let mut values: Vec<f64> = (0..3000).map(|_| dice.random::<f64>().powi(3)).collect();
        // A fifth is lost.
        values.extend([f64::INFINITY; 600]);
        values.sort_by(f64::total_cmp);
        let (law, drawn) = (normal(&values).expect("many"), percentiles(&values).expect("some"));
        let width = drawn.1 - drawn.0;
        assert!((law.0 - drawn.0).abs() < 0.08 * width, "{law:?} {drawn:?}");
        assert!((law.1 - drawn.1).abs() < 0.08 * width, "{law:?} {drawn:?}");
        // Of a quarter that is lost nobody knows on which side of the quartile it lies.
        values.extend([f64::INFINITY; 350]);
        assert_eq!(normal(&values), None);
    }
}
