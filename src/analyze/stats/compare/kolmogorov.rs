//! The Kolmogorov-Smirnov distance, the greatest difference of two distribution functions, and its
//! p-value: exact by counting lattice paths (Hodges, "The significance probability of the Smirnov
//! two-sample test", Arkiv för Matematik 3, 1958), or Kolmogorov's limit for large samples.

use crate::analyze::stats::EmpiricalDistribution;
use crate::app::num::float;

/// Returns the greatest difference of the two distribution functions, from 0 to 1.
pub(super) fn distance(a: &[f64], b: &[f64]) -> f64 {
    let edfs = (EmpiricalDistribution::of(a.to_vec()), EmpiricalDistribution::of(b.to_vec()));
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

/// Returns the probability of a distance of at least `distance` between samples of one
/// distribution: exact (Hodges 1958) or, for large samples, by Kolmogorov's limit.
pub(super) fn p_value(distance: f64, n: usize, m: usize) -> f64 {
    /// The greatest number of lattice points that are counted out.
    const EXACT: usize = 4_000_000;
    if n * m <= EXACT {
        return exact_p(distance, n.min(m), n.max(m));
    }
    let effective = (float(n) * float(m) / float(n + m)).sqrt();
    kolmogorov_tail(effective * distance)
}

/// Returns one minus the share of the lattice paths that stay nearer to the diagonal than the
/// distance, with `n <= m` (Hodges 1958); the recursion's values are shares, so that none
/// overflows.
fn exact_p(distance: f64, n: usize, m: usize) -> f64 {
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

/// Returns the tail of Kolmogorov's limit distribution: `2 sum (-1)^(k-1) exp(-2 k^2 x^2)`
/// (Kolmogorov, "Sulla determinazione empirica di una legge di distribuzione", 1933).
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
