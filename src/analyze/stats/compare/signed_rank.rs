//! Compares pairs: Wilcoxon's signed rank test ("Individual comparisons by ranking methods", Biometrics Bulletin 1,
//! 1945), and Hodges and Lehmann's estimate of the difference with the interval that belongs to the test ("Estimates of
//! location based on rank tests", Annals of Mathematical Statistics 34, 1963).
//!
//! Pairs without a difference are set aside, as Wilcoxon did. Equal differences share their mean rank, and the
//! distribution is counted out over all signs of these very ranks, so that it is exact with ties, too.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::analyze::stats::{CONFIDENCE, clopper_pearson, ranks};
use crate::app::num::{float, whole};

/// The greatest number of pairs for which the distribution is counted out.
const EXACT: usize = 100;
/// The greatest number of differences whose averages are all looked at; of more, so many of their quantiles.
const MOST: usize = 1000;

/// The differences of pairs of values, of which the second is taken from the first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedComparison {
    /// The number of pairs whose first value is less.
    pub less: usize,
    /// The number of pairs of equal values.
    pub equal: usize,
    /// The number of pairs whose first value is greater.
    pub greater: usize,
    /// The share of the pairs that differ whose first value is less, with its exact 95 % interval.
    pub share: (f64, (f64, f64)),
    /// The two-sided p-value of Wilcoxon's test.
    pub p: f64,
    /// How much less the first value is in the middle, in the unit of the values, with its 95 % interval; `None` with fewer than
    /// six pairs of finite values.
    pub gain: Option<(f64, (f64, f64))>,
}

/// Compares `(first, second)` pairs that are all numbers; infinities are greatest, and equal to each other. `None` without
/// a pair.
#[must_use]
pub fn compare_pairs(pairs: &[(f64, f64)]) -> Option<PairedComparison> {
    if pairs.is_empty() {
        return None;
    }
    let difference = |&(a, b): &(f64, f64)| if a.total_cmp(&b).is_eq() { 0.0 } else { b - a };
    let all: Vec<f64> = pairs.iter().map(difference).map(|d| d + 0.0).collect();
    let less = all.iter().filter(|d| **d > 0.0).count();
    let greater = all.iter().filter(|d| **d < 0.0).count();
    let different = less + greater;
    let share = if different == 0 { 0.5 } else { float(less) / float(different) };
    Some(PairedComparison {
        less,
        equal: all.len() - different,
        greater,
        share: (share, clopper_pearson(less, different)),
        p: p_value(&all),
        gain: gain(pairs),
    })
}

/// Returns the two-sided p-value of the sum of the ranks of the positive differences.
fn p_value(differences: &[f64]) -> f64 {
    let different: Vec<f64> = differences.iter().copied().filter(|d| d.abs() > 0.0).collect();
    let n = different.len();
    let sizes: Vec<f64> = different.iter().map(|d| d.abs()).collect();
    let ranks = ranks(&sizes);
    let positive: f64 = different.iter().zip(&ranks).filter(|(d, _)| **d > 0.0).map(|p| p.1).sum();
    let all: f64 = ranks.iter().sum();
    let (far, middle) = (positive.max(all - positive), all / 2.0);
    if n <= EXACT {
        // Mean ranks are halves: twice of them are whole.
        let doubled: Vec<usize> = ranks.iter().map(|rank| whole(2.0 * rank)).collect();
        let from: usize = whole(2.0 * far);
        let chances = sign_chances(&doubled);
        return (2.0 * chances[from..].iter().sum::<f64>()).min(1.0);
    }
    let variance: f64 = ranks.iter().map(|rank| rank * rank).sum::<f64>() / 4.0;
    let z = (far - middle - 0.5).max(0.0) / variance.sqrt();
    Normal::new(0.0, 1.0).map_or(1.0, |normal| (2.0 * normal.sf(z)).min(1.0))
}

/// Returns the probability of each sum of some of the numbers, each of which is taken or not by the fall of a coin.
fn sign_chances(numbers: &[usize]) -> Vec<f64> {
    let all: usize = numbers.iter().sum();
    let mut chances = vec![0.0; all + 1];
    chances[0] = 1.0;
    let mut most = 0;
    for &number in numbers {
        most += number;
        for sum in (0..=most).rev() {
            let with = if sum >= number { chances[sum - number] } else { 0.0 };
            chances[sum] = f64::midpoint(chances[sum], with);
        }
    }
    chances
}

/// Returns the median of the averages of all two differences (and of each with itself), and the interval between those that
/// as many are beyond as ranks may be by chance.
fn gain(pairs: &[(f64, f64)]) -> Option<(f64, (f64, f64))> {
    const FEWEST: usize = 6;
    // Two that are lost differ by nothing that has a size.
    let are_finite = |(a, b): &&(f64, f64)| a.is_finite() && b.is_finite();
    let mut finite: Vec<f64> = pairs.iter().filter(are_finite).map(|(a, b)| b - a).collect();
    let n = finite.len();
    if n < FEWEST {
        return None;
    }
    finite.sort_by(f64::total_cmp);
    let shown = thinned(&finite);
    let mut averages = Vec::with_capacity(shown.len() * (shown.len() + 1) / 2);
    for (i, &a) in shown.iter().enumerate() {
        averages.extend(shown[i..].iter().map(|&b| f64::midpoint(a, b)));
    }
    averages.sort_unstable_by(f64::total_cmp);
    let beyond = ranks_beyond(n) / (float(n) * float(n + 1) / 2.0);
    let last = averages.len() - 1;
    let outer: usize = whole((beyond * float(averages.len())).round());
    let outer = outer.saturating_sub(1).min(last / 2);
    let median = f64::midpoint(averages[last / 2], averages[last.div_ceil(2)]);
    Some((median, (averages[outer], averages[last - outer])))
}

/// Returns the number of the least sums of ranks of which one comes up with a probability of at most 2.5 %.
fn ranks_beyond(n: usize) -> f64 {
    let tail = (1.0 - CONFIDENCE) / 2.0;
    if n <= EXACT {
        let chances = sign_chances(&(1..=n).collect::<Vec<_>>());
        let mut sum = 0.0;
        let within = chances.iter().take_while(|chance| {
            sum += **chance;
            sum <= tail
        });
        return float(within.count());
    }
    let n = float(n);
    let z = Normal::new(0.0, 1.0).map_or(2.0, |normal| normal.inverse_cdf(1.0 - tail));
    n * (n + 1.0) / 4.0 - z * (n * (n + 1.0) * (2.0 * n + 1.0) / 24.0).sqrt()
}

/// Returns all sorted values, or as many as are looked at, evenly spaced.
fn thinned(sorted: &[f64]) -> Vec<f64> {
    let n = sorted.len();
    if n <= MOST {
        return sorted.to_vec();
    }
    (0..MOST).map(|i| sorted[(2 * i + 1) * n / (2 * MOST)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_pairs_of_one_mind_are_the_fewest_that_show_a_difference() {
        let of = |n: u32| (0..n).map(|i| (f64::from(i), f64::from(2 * i + 1))).collect::<Vec<_>>();
        let p = |n| compare_pairs(&of(n)).expect("pairs").p;
        assert!((p(6) - 2.0 / 64.0).abs() < 1e-12, "{}", p(6));
        assert!((p(5) - 2.0 / 32.0).abs() < 1e-12, "{}", p(5));
    }

    #[test]
    fn a_lost_partner_is_the_greatest_difference_and_two_are_none() {
        let inf = f64::INFINITY;
        let found =
            compare_pairs(&[(1.0, inf), (inf, inf), (2.0, 1.0), (3.0, 3.0)]).expect("pairs");
        assert_eq!((found.less, found.equal, found.greater), (1, 2, 1));
        // Of the ranks 1 and 2, the lost one has 2: sums of at least 2 come with half of the signs.
        assert!((found.p - 1.0).abs() < 1e-12, "{}", found.p);
        assert_eq!(found.gain, None);
        assert_eq!(compare_pairs(&[]), None);
        let mut lost = vec![(inf, inf); 6];
        lost.extend((0..6).map(|i| (f64::from(i), f64::from(i) + 2.0)));
        let gain = compare_pairs(&lost).expect("pairs").gain.expect("six with a size");
        assert_eq!(gain, (2.0, (2.0, 2.0)));
        let same = compare_pairs(&[(1.0, 1.0)]).expect("a pair");
        assert!((same.p - 1.0).abs() < 1e-12);
    }
}
