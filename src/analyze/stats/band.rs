//! Confidence bands of an empirical distribution function: how far the true one may be from it.
//!
//! Two bands around an empirical distribution function `F` of `n` draws:
//!
//! - the *simultaneous* one of Dvoretzky, Kiefer and Wolfowitz with Massart's constant ("The tight
//!   constant in the Dvoretzky-Kiefer-Wolfowitz inequality", Annals of Probability 18, 1990): with
//!   confidence `1 - a` the whole true curve lies within `sqrt(ln(2 / a) / (2 n))` of `F`;
//! - the *pointwise* one of the percentile bootstrap (Efron and Tibshirani, "An Introduction to the
//!   Bootstrap", 1993, chapter 13). A resample has at most `x` as often as a binomial variable of `n`
//!   trials with probability `F(x)`, so that the bootstrap's limit for infinitely many repetitions
//!   is known, and no dice are needed.

use crate::app::num::{float, whole};

/// The confidence of all bands and intervals.
pub const CONFIDENCE: f64 = 0.95;

/// Returns half the width of the simultaneous band of `n` draws, `sqrt(ln(2 / a) / (2 n))` (Massart
/// 1990), as a share from 0 to 1; 1 (no knowledge) for no draws.
#[must_use]
pub fn dkw(n: usize) -> f64 {
    if n == 0 {
        return 1.0;
    }
    ((2.0 / (1.0 - CONFIDENCE)).ln() / (2.0 * float(n))).sqrt().min(1.0)
}

/// Returns the number of draws for which half the width of the simultaneous band is at most
/// `half_width`: `ln(2 / a) / (2 half_width^2)`, rounded up (Massart 1990).
#[must_use]
pub fn draws_for_dkw(half_width: f64) -> usize {
    whole(((2.0 / (1.0 - CONFIDENCE)).ln() / (2.0 * half_width * half_width)).ceil())
}

/// Returns the pointwise band at a height of the curve, as shares from 0 to 1: the 2.5 and 97.5
/// percentiles of the bootstrap's heights (Efron and Tibshirani 1993, chapter 13) where `below` of
/// `n` draws are at most `x`.
#[must_use]
pub fn bootstrap(below: usize, n: usize) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let tail = (1.0 - CONFIDENCE) / 2.0;
    let [low, high] = binomial_quantiles(n, float(below) / float(n), [tail, 1.0 - tail]);
    (float(low) / float(n), float(high) / float(n))
}

/// Returns the quantiles `at` (each from 0 to 1) of the binomial distribution of `n` trials with
/// probability `p`, by adding up its probabilities in order.
fn binomial_quantiles<const K: usize>(n: usize, p: f64, at: [f64; K]) -> [usize; K] {
    /// The number of standard deviations beyond which there is less than a rounding error.
    const REACH: f64 = 9.0;
    if p <= 0.0 || p >= 1.0 {
        return [if p <= 0.0 { 0 } else { n }; K];
    }
    let deviation = (float(n) * p * (1.0 - p)).sqrt();
    let first = whole((float(n) * p - REACH * deviation - REACH).clamp(0.0, float(n)));
    let mut probability = log_binomial(n, first, p).exp();
    let (mut count, mut sum) = (first, probability);
    at.map(|quantile| {
        while sum < quantile && count < n {
            probability *= float(n - count) / float(count + 1) * p / (1.0 - p);
            count += 1;
            sum += probability;
        }
        count
    })
}

/// Returns the natural logarithm of the probability of `k` successes in `n` trials of probability
/// `p`: `ln C(n, k) + k ln p + (n - k) ln(1 - p)`.
fn log_binomial(n: usize, k: usize, p: f64) -> f64 {
    let choose =
        libm::lgamma(float(n + 1)) - libm::lgamma(float(k + 1)) - libm::lgamma(float(n - k + 1));
    choose + float(k) * p.ln() + float(n - k) * (1.0 - p).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simultaneous_band_narrows_with_the_root_of_the_draws() {
        assert!((dkw(100) - 0.135_810_151_574_062).abs() < 1e-12);
        assert!((dkw(400) * 2.0 - dkw(100)).abs() < 1e-12);
        assert!((dkw(0) - 1.0).abs() < f64::EPSILON);
        assert_eq!(draws_for_dkw(dkw(64)), 64);
    }

    #[test]
    fn the_pointwise_band_is_the_binomials() {
        // scipy.stats.binom.ppf([0.025, 0.975], 100, 0.3) and (…, 20, 0.05).
        assert_eq!(bootstrap(30, 100), (0.21, 0.39));
        assert_eq!(bootstrap(1, 20), (0.0, 0.15));
        assert_eq!(bootstrap(0, 20), (0.0, 0.0));
        assert_eq!(bootstrap(20, 20), (1.0, 1.0));
        let (low, high) = bootstrap(50_000, 100_000);
        assert!((low - 0.4969).abs() < 1e-4 && (high - 0.5031).abs() < 1e-4, "{low} {high}");
    }
}
