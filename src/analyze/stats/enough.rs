//! Estimates if a sample is large enough: how far its distribution function is from the true one.
//!
//! "On Network Design Spaces for Visual Recognition" (Radosavovic et al., ICCV 2019, section 3.4)
//! draws the mean Kolmogorov-Smirnov distance between a subsample and the truth over the size of the
//! subsample. It needs no trials: the distance of `m` draws from their distribution follows
//! Kolmogorov's law, whose mean is `sqrt(pi / 2) ln 2 / sqrt(m)`; Stephens ("Use of the Kolmogorov-
//! Smirnov, Cramér-von Mises and related statistics without extensive tables", JRSS B 32, 1970)
//! makes it good for small `m` by `sqrt(m) + 0.12 + 0.11 / sqrt(m)` in place of `sqrt(m)`.

use crate::app::num::float;

/// Returns the mean Kolmogorov-Smirnov distance, from 0 to 1, between the distribution function of
/// `m` draws and the true one (Stephens 1970); 1 for no draws.
#[must_use]
pub fn mean_distance(m: usize) -> f64 {
    if m == 0 {
        return 1.0;
    }
    let root = float(m).sqrt();
    let mean = (std::f64::consts::PI / 2.0).sqrt() * std::f64::consts::LN_2;
    (mean / (root + 0.12 + 0.11 / root)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt as _, SeedableRng as _, rngs::ChaCha8Rng};

    /// Measures it as the paper does: by trials of uniform draws.
    fn by_trials(m: usize) -> f64 {
        const TRIALS: usize = 4000;
        let mut dice = ChaCha8Rng::seed_from_u64(1);
        let trial = |_| {
            let mut draws: Vec<f64> = (0..m).map(|_| dice.random()).collect();
            draws.sort_by(f64::total_cmp);
            let gap =
                |(i, x): (usize, &f64)| (float(i + 1) / float(m) - x).max(x - float(i) / float(m));
            draws.iter().enumerate().map(gap).fold(0.0, f64::max)
        };
        (0..TRIALS).map(trial).sum::<f64>() / float(TRIALS)
    }

    #[test]
    fn the_formula_is_what_trials_measure() {
        for m in [5, 20, 64, 500] {
            let (formula, measured) = (mean_distance(m), by_trials(m));
            assert!((formula / measured - 1.0).abs() < 0.03, "{m}: {formula} against {measured}");
        }
    }
}
