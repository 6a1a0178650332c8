//! Corrects p-values for their number.

use crate::app::num::float;

/// Returns the p-values corrected so that among all of them a false one below 5 % comes up in 5 % of cases, whichever are
/// true (Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979).
#[must_use]
pub fn holm(ps: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..ps.len()).collect();
    order.sort_by(|&a, &b| ps[a].total_cmp(&ps[b]).then(a.cmp(&b)));
    let (mut corrected, mut greatest) = (vec![1.0; ps.len()], 0.0f64);
    for (before, at) in order.into_iter().enumerate() {
        greatest = greatest.max((ps[at] * float(ps.len() - before)).min(1.0));
        corrected[at] = greatest;
    }
    corrected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_counts_for_all_and_none_falls_below_a_lesser_one() {
        let corrected = holm(&[0.04, 0.01, 0.03]);
        let expected = [0.06, 0.03, 0.06];
        assert!(
            corrected.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12),
            "{corrected:?}"
        );
        assert!(holm(&[]).is_empty());
    }
}
