//! Two samples compared: how far apart their distributions are, and which tends to be less.
//!
//! - The Kolmogorov-Smirnov distance, the greatest difference of the two distribution functions, and
//!   its p-value: exact by counting lattice paths (Hodges, "The significance probability of the
//!   Smirnov two-sample test", Arkiv för Matematik 3, 1958), or Kolmogorov's limit for large samples.
//! - The probability that a draw of A is less than one of B, ties counted half (the effect size of
//!   Mann and Whitney's U, "common language effect size"), with the interval of Brunner and Munzel
//!   ("The nonparametric Behrens-Fisher problem", Biometrical Journal 42, 2000), which does not
//!   suppose that the spreads are equal.
//! - The p-value of Mann and Whitney's test by the normal limit, corrected for ties and continuity.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use super::{CONFIDENCE, Edf, float, ranks};

/// How two samples differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// The Kolmogorov-Smirnov distance, from 0 (the same curve) to 1.
    pub distance: f64,
    /// How probable a distance of at least this is if both came from one distribution.
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
pub fn compare(a: &[f64], b: &[f64]) -> Option<Comparison> {
    if a.len() < 2 || b.len() < 2 {
        return None;
    }
    let [a, b] = [a, b].map(one_zero);
    let (a, b) = (a.as_slice(), b.as_slice());
    let distance = ks_distance(a, b);
    let (less, interval) = brunner_munzel(a, b)?;
    let less_p = mann_whitney_p(a, b, less)?;
    Some(Comparison {
        distance,
        distance_p: ks_p(distance, a.len(), b.len()),
        less,
        interval,
        less_p,
    })
}

/// The values with a single zero: the negative one is no less than the other.
fn one_zero(values: &[f64]) -> Vec<f64> {
    values.iter().map(|value| value + 0.0).collect()
}

/// The greatest difference of the two distribution functions.
fn ks_distance(a: &[f64], b: &[f64]) -> f64 {
    let edfs = (Edf::of(a.to_vec()), Edf::of(b.to_vec()));
    let (mut i, mut j, mut greatest) = (0, 0, 0.0f64);
    let (xs, ys) = (edfs.0.sorted(), edfs.1.sorted());
    while i < xs.len() && j < ys.len() {
        let here = if xs[i].total_cmp(&ys[j]).is_le() { xs[i] } else { ys[j] };
        i += xs[i..].iter().take_while(|value| **value <= here).count();
        j += ys[j..].iter().take_while(|value| **value <= here).count();
        greatest = greatest.max((float(i) / float(xs.len()) - float(j) / float(ys.len())).abs());
    }
    greatest
}

/// The probability of a distance of at least `distance` between samples of one distribution.
fn ks_p(distance: f64, n: usize, m: usize) -> f64 {
    /// Up to so many lattice points the count is exact.
    const EXACT: usize = 4_000_000;
    if n * m <= EXACT {
        return ks_exact_p(distance, n.min(m), n.max(m));
    }
    let effective = (float(n) * float(m) / float(n + m)).sqrt();
    kolmogorov_tail(effective * distance)
}

/// One minus the share of the lattice paths that stay nearer to the diagonal than the distance,
/// with `n <= m`; the recursion's values are shares, so that none grows beyond a number.
fn ks_exact_p(distance: f64, n: usize, m: usize) -> f64 {
    let (rows, columns) = (float(n), float(m));
    let edge = (0.5 + (distance * rows * columns - 1e-7).floor()) / (rows * columns);
    let inside = |i: usize, j: usize| (float(i) / rows - float(j) / columns).abs() <= edge;
    let mut shares: Vec<f64> = (0..=m).map(|j| f64::from(u8::from(inside(0, j)))).collect();
    for i in 1..=n {
        let shrink = float(i) / (float(i) + columns);
        shares[0] = if inside(i, 0) { shrink * shares[0] } else { 0.0 };
        for j in 1..=m {
            shares[j] = if inside(i, j) { shrink * shares[j] + shares[j - 1] } else { 0.0 };
        }
    }
    (1.0 - shares[m]).clamp(0.0, 1.0)
}

/// The tail of Kolmogorov's limit distribution: `2 sum (-1)^(k-1) exp(-2 k^2 x^2)`.
fn kolmogorov_tail(x: f64) -> f64 {
    if x < 0.2 {
        return 1.0;
    }
    let term = |k: i32| {
        let sign = if k % 2 == 1 { 2.0 } else { -2.0 };
        sign * (-2.0 * f64::from(k * k) * x * x).exp()
    };
    (1..=100).map(term).sum::<f64>().clamp(0.0, 1.0)
}

/// The probability that a draw of `a` is less than one of `b`, and its interval.
fn brunner_munzel(first: &[f64], second: &[f64]) -> Option<(f64, (f64, f64))> {
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
    let (v_a, v_b) = (s_a / (n * m * m), s_b / (m * n * n));
    let error = (v_a + v_b).sqrt();
    if error <= 0.0 {
        return Some((less, (less, less)));
    }
    let freedom = (n * s_a + m * s_b).powi(2)
        / ((n * s_a).powi(2) / (n - 1.0) + (m * s_b).powi(2) / (m - 1.0));
    let t = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(f64::midpoint(1.0, CONFIDENCE));
    Some((less, ((less - t * error).max(0.0), (less + t * error).min(1.0))))
}

/// The two-sided p-value of the rank sum, from the share of pairs in which `a` is less.
fn mann_whitney_p(first: &[f64], second: &[f64], less: f64) -> Option<f64> {
    let (n, m) = (float(first.len()), float(second.len()));
    let mut all: Vec<f64> = first.iter().chain(second).copied().collect();
    all.sort_by(f64::total_cmp);
    let runs = all.chunk_by(|x, y| x.total_cmp(y).is_eq()).map(|run| float(run.len()));
    let ties: f64 = runs.map(|t| t.powi(3) - t).sum();
    let total = n + m;
    let variance = n * m / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)));
    if variance <= 0.0 {
        return Some(1.0);
    }
    let u = (less * n * m - n * m / 2.0).abs() - 0.5;
    let normal = Normal::new(0.0, 1.0).ok()?;
    Some((2.0 * normal.sf(u / variance.sqrt())).clamp(0.0, 1.0))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / float(values.len())
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
        assert_eq!(c.interval, (1.0, 1.0));
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
