//! Quantiles of samples and of weighted samples.

use crate::app::num::{float, whole};

/// Returns the quantile `p` (from 0 to 1) of sorted values by linear interpolation between order
/// statistics: type 7 of Hyndman and Fan ("Sample Quantiles in Statistical Packages", American
/// Statistician 50, 1996), numpy's default; `None` if there are no values.
#[must_use]
pub fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = p.clamp(0.0, 1.0) * float(last);
    let below: usize = whole(place.floor());
    let (low, high) = (sorted[below], sorted[last.min(below + 1)]);
    let part = place - float(below);
    // Beside an infinite value, nothing of the way to it is no number.
    Some(if part > 0.0 && low < high { low + (high - low) * part } else { low })
}

/// Returns the least value at or below which at least `p` of the weight of `(value, weight)` pairs
/// lies: the quantile by inversion of the distribution function (type 1 of Hyndman and Fan 1996) if
/// the weights add up to 1; `None` if there are no pairs.
///
/// numpy's interpolated percentile of b draws tends to it as b grows.
#[must_use]
pub fn weighted_quantile(pairs: &[(f64, f64)], p: f64) -> Option<f64> {
    weighted_quantiles(pairs, [p]).map(|[value]| value)
}

/// Returns several weighted quantiles at once, as [`weighted_quantile`] does.
#[must_use]
pub fn weighted_quantiles<const N: usize>(pairs: &[(f64, f64)], ps: [f64; N]) -> Option<[f64; N]> {
    /// The tolerance of sums of weights: those that should be equal differ in their last bits.
    const ROUNDING: f64 = 1e-12;
    let mut sorted = pairs.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let last = sorted.last()?.0;
    Some(ps.map(|p| {
        let mut weight = 0.0;
        let reaches = |(_, w): &&(f64, f64)| {
            weight += w;
            weight >= p - ROUNDING
        };
        sorted.iter().find(reaches).map_or(last, |pair| pair.0)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate_as_numpy_does() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        let at = |p| quantile(&sorted, p).expect("not empty");
        assert_eq!([0.0, 0.5, 0.75, 1.0].map(at), [1.0, 3.0, 5.0, 8.0]);
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn a_weighted_quantile_is_a_value_of_the_sample() {
        let pairs = [(3.0, 0.5), (1.0, 0.25), (2.0, 0.25)];
        let at = |p| weighted_quantile(&pairs, p).expect("not empty");
        assert_eq!([0.1, 0.25, 0.5, 0.6, 1.0].map(at), [1.0, 1.0, 2.0, 3.0, 3.0]);
        assert_eq!(weighted_quantile(&[], 0.5), None);
    }
}
