//! Ranks, and the correlation of ranks.

use super::float;

/// The rank of each value from 1, in the order given; equal values share their mean rank.
#[must_use]
pub fn ranks(values: &[f64]) -> Vec<f64> {
    // A negative zero is no less than a zero.
    let values: Vec<f64> = values.iter().map(|value| value + 0.0).collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for tied in order.chunk_by(|&a, &b| values[a].total_cmp(&values[b]).is_eq()) {
        let rank = float(before) + float(tied.len() + 1) / 2.0;
        for &i in tied {
            ranks[i] = rank;
        }
        before += tied.len();
    }
    ranks
}

/// Spearman's rank correlation of `(x, y)` pairs: Pearson's of their ranks, from -1 to 1.
///
/// `None` where it is undefined: fewer than three pairs, or one side all equal.
#[must_use]
pub fn spearman(pairs: &[(f64, f64)]) -> Option<f64> {
    if pairs.len() < 3 {
        return None;
    }
    let (xs, ys): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let (xs, ys) = (ranks(&xs), ranks(&ys));
    let mean = float(pairs.len() + 1) / 2.0;
    let product = |a: &[f64], b: &[f64]| -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum()
    };
    let spread = (product(&xs, &xs) * product(&ys, &ys)).sqrt();
    (spread > 0.0).then(|| product(&xs, &ys) / spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_their_mean_rank() {
        assert_eq!(ranks(&[30.0, 10.0, 30.0, 20.0]), [3.5, 1.0, 3.5, 2.0]);
    }

    #[test]
    fn any_rising_relation_correlates_fully() {
        let cubes: Vec<_> = (0..9).map(|i| (f64::from(i), f64::from(i).powi(3))).collect();
        assert_eq!(spearman(&cubes), Some(1.0));
        let falling: Vec<_> = cubes.iter().map(|&(x, y)| (x, -y)).collect();
        assert_eq!(spearman(&falling), Some(-1.0));
    }

    #[test]
    fn where_nothing_varies_there_is_no_correlation() {
        assert_eq!(spearman(&[(1.0, 2.0), (1.0, 3.0), (1.0, 4.0)]), None);
        assert_eq!(spearman(&[(1.0, 2.0), (2.0, 3.0)]), None);
    }
}
