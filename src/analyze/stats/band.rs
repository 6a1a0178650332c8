//! Confidence bands of an empirical distribution function: how far the true one may be from it.
//!
//! Two bands around an empirical distribution function `F` of `n` draws:
//!
//! - the *simultaneous* one of Dvoretzky, Kiefer and Wolfowitz with Massart's constant ("The tight
//!   constant in the Dvoretzky-Kiefer-Wolfowitz inequality", Annals of Probability 18, 1990): with
//!   confidence `1 - a` the whole true curve lies within `sqrt(ln(2 / a) / (2 n))` of `F`;
//! - the *pointwise* one of Clopper and Pearson ("The use of confidence or fiducial limits illustrated in the case of the
//!   binomial", Biometrika 26, 1934): at each place for itself the true height lies within it with confidence of at least
//!   `1 - a`, however near to 0 or 1 it is. The bootstrap's and Wilson's intervals do not keep that promise where the good
//!   jobs are: of 64 draws the bootstrap's holds a true height of 0.02 in 72 % of cases, of 16 draws Wilson's one of 0.034 in
//!   90 %.

use statrs::distribution::{Beta, ContinuousCDF};

use crate::app::num::{float, whole};

/// The confidence of all bands and intervals.
pub const CONFIDENCE: f64 = 0.95;

/// The percentile of the standard normal distribution that goes with it, the 97.5th.
pub(super) const Z: f64 = 1.959_963_984_540_054;

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

/// Returns the 95 % interval of a probability of which `k` of `n` draws came true (Clopper and Pearson 1934): all between 0
/// and 1 for no draws.
#[must_use]
pub fn clopper_pearson(k: usize, n: usize) -> (f64, f64) {
    share_interval(float(k), float(n))
}

/// Returns the interval of Clopper and Pearson for numbers that need not be whole: of `n` draws, `true_draws` came true
/// (Korn and Graubard, "Confidence Intervals for Proportions with Small Expected Number of Positive Counts Estimated from
/// Survey Data", Survey Methodology 24, 1998).
pub(super) fn share_interval(true_draws: f64, n: f64) -> (f64, f64) {
    let tail = (1.0 - CONFIDENCE) / 2.0;
    let quantile = |successes: f64, failures: f64, p: f64| {
        Beta::new(successes, failures).map(|beta| beta.inverse_cdf(p))
    };
    let false_draws = n - true_draws;
    let low =
        if true_draws <= 0.0 { Ok(0.0) } else { quantile(true_draws, false_draws + 1.0, tail) };
    let high = if false_draws <= 0.0 {
        Ok(1.0)
    } else {
        quantile(true_draws + 1.0, false_draws, 1.0 - tail)
    };
    (low.unwrap_or(0.0), high.unwrap_or(1.0))
}

/// The pointwise band of a curve of `n` draws, by the number of draws below.
#[derive(Debug)]
pub struct PointwiseBand {
    n: usize,
    /// The numbers of draws at which the interval is known, from 0 to `n`, with it.
    known: Vec<(usize, (f64, f64))>,
}

impl PointwiseBand {
    /// Computes the intervals at up to 257 heights. Between those of larger samples the band is drawn as a line, which no eye
    /// tells from it.
    #[must_use]
    pub fn new(n: usize) -> Self {
        const STEPS: usize = 256;
        let steps = n.clamp(1, STEPS);
        let mut at: Vec<usize> = (0..=steps).map(|step| step * n / steps).collect();
        at.dedup();
        Self { n, known: at.into_iter().map(|k| (k, clopper_pearson(k, n))).collect() }
    }

    /// Returns the interval where the curve has this height, from 0 to 1.
    #[must_use]
    pub fn at(&self, height: f64) -> (f64, f64) {
        let k = height * float(self.n);
        let above = self.known.partition_point(|known| float(known.0) < k - 1e-9);
        let (right, high) = self.known[above.min(self.known.len() - 1)];
        let (left, low) = self.known[above.saturating_sub(1)];
        if right == left {
            return high;
        }
        let part = ((k - float(left)) / float(right - left)).clamp(0.0, 1.0);
        let between = |a: f64, b: f64| a + (b - a) * part;
        (between(low.0, high.0), between(low.1, high.1))
    }
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
    fn the_pointwise_band_is_that_of_each_count() {
        // scipy.stats.binomtest(k, n).proportion_ci(method="exact").
        let (low, high) = clopper_pearson(30, 100);
        assert!(
            (low - 0.212_406_4).abs() < 1e-6 && (high - 0.399_814_7).abs() < 1e-6,
            "{low} {high}"
        );
        assert_eq!((clopper_pearson(0, 20).0, clopper_pearson(20, 20).1), (0.0, 1.0));
        let band = PointwiseBand::new(100);
        assert_eq!(band.at(0.3), (low, high));
        let (low, high) = PointwiseBand::new(100_000).at(0.5);
        assert!((low - 0.4969).abs() < 1e-4 && (high - 0.5031).abs() < 1e-4, "{low} {high}");
    }
}
