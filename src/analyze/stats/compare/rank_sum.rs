//! The p-value of Mann and Whitney's test ("On a test of whether one of two random variables is
//! stochastically larger than the other", Annals of Mathematical Statistics 18, 1947): exact by their
//! recursion where samples are small and without ties, else by the normal limit, corrected for ties and
//! continuity.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::app::num::{float, whole};

/// The greatest number of pairs, `n m`, for which the distribution is counted out.
const EXACT: usize = 2500;

/// Returns the two-sided p-value, from the share `less` of pairs in which the first is less, ties
/// counted half; `None` if the limit has no distribution.
pub(super) fn p_value(first: &[f64], second: &[f64], less: f64) -> Option<f64> {
    let (n, m) = (float(first.len()), float(second.len()));
    let mut all: Vec<f64> = first.iter().chain(second).copied().collect();
    all.sort_by(f64::total_cmp);
    let runs = all.chunk_by(|x, y| x.total_cmp(y).is_eq()).map(|run| float(run.len()));
    let ties: f64 = runs.map(|t| t.powi(3) - t).sum();
    if ties <= 0.0 && first.len() * second.len() <= EXACT {
        return Some(exact(first.len(), second.len(), less));
    }
    let total = n + m;
    let variance = n * m / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)));
    if variance <= 0.0 {
        return Some(1.0);
    }
    let u = (less * n * m - n * m / 2.0).abs() - 0.5;
    let normal = Normal::new(0.0, 1.0).ok()?;
    Some((2.0 * normal.sf(u / variance.sqrt())).clamp(0.0, 1.0))
}

/// Returns the least p-value that samples of these sizes can have: that of one that is wholly less than the other, twice one
/// over the number of choices of `n` of `n + m`.
#[must_use]
pub fn least_p(n: usize, m: usize) -> f64 {
    (1..=n).fold(2.0, |p, i| p * float(i) / float(m + i)).min(1.0)
}

/// Returns twice the probability that U is at least as far from its middle, `n m / 2`, on the same
/// side (Mann and Whitney 1947, recursion).
fn exact(n: usize, m: usize, less: f64) -> f64 {
    let pairs = n * m;
    let u: usize = whole((less.max(1.0 - less) * float(pairs)).round());
    // `rows[j][u]`: the probability of u with i draws of the first and j of the second. The last of all
    // of them is the first's with the probability i / (i + j), and above all j then.
    let mut none = vec![0.0; pairs + 1];
    none[0] = 1.0;
    let mut rows: Vec<Vec<f64>> = vec![none; m + 1];
    for i in 1..=n {
        for j in 1..=m {
            let (before, after) = rows.split_at_mut(j);
            let (fewer, row) = (&before[j - 1], &mut after[0]);
            let share = float(i) / float(i + j);
            for u in (0..=i * j).rev() {
                let above = if u >= j { row[u - j] } else { 0.0 };
                row[u] = share * above + (1.0 - share) * fewer[u];
            }
        }
    }
    (2.0 * rows[m][u..].iter().sum::<f64>()).min(1.0)
}
