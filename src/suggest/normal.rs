//! The standard normal distribution, in software (`libm`), so that every host has the same bits.

use std::f64::consts::PI;

use crate::app::num::{float, normal_below};

/// The greatest quantile that is looked for, and the halvings that find one.
const GREATEST: f64 = 9.0;
const HALVINGS: usize = 50;

/// The logarithm of a mean below this number of deviations is that of a series.
const TAIL: f64 = -20.0;

/// Returns the normal score of each value: the quantile of the normal distribution at its rank. Equal values share theirs.
pub(super) fn normal_scores(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut scores = vec![0.0; values.len()];
    let mut before = 0;
    for same in order.chunk_by(|a, b| values[*a].total_cmp(&values[*b]).is_eq()) {
        let middle = float(2 * before + same.len()) / 2.0;
        let score = quantile(middle / float(values.len()));
        for at in same {
            scores[*at] = score;
        }
        before += same.len();
    }
    scores
}

/// Returns the quantile at a share between 0 and 1.
fn quantile(share: f64) -> f64 {
    let (mut low, mut high) = (-GREATEST, GREATEST);
    for _ in 0..HALVINGS {
        let half = f64::midpoint(low, high);
        if normal_below(half) < share {
            low = half;
        } else {
            high = half;
        }
    }
    f64::midpoint(low, high)
}

/// Returns the logarithm of the mean of `max(0, z + x)` over a standard normal `x`, also where the mean is too small for a float.
pub(super) fn log_mean_above(z: f64) -> f64 {
    let log_density = -0.5 * (z * z + libm::log(2.0 * PI));
    if z > TAIL {
        return libm::log(z * normal_below(z) + libm::exp(log_density));
    }
    let square = z * z;
    log_density - libm::log(square) + libm::log1p(-3.0 / square + 15.0 / (square * square))
}
