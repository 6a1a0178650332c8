//! The median with its exact interval, whatever the distribution.
//!
//! The true median lies between the order statistics of ranks `l` and `n + 1 - l` unless fewer than `l` of `n` draws lie on one side of
//! it, which has probability `2 P(Bin(n, 1/2) < l)`; `l` is the greatest for which that is at most 5 % (Thompson, "On confidence ranges for
//! the median and other expectation distributions", Annals of Mathematical Statistics 7, 1936). Of fewer than six draws
//! there is none.

use statrs::distribution::{Binomial, DiscreteCDF};

use super::{CONFIDENCE, quantile};
use crate::app::num::saturated;

/// A median with its 95 % interval, in the unit of the values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MedianInterval {
    /// The median; halfway between the two middle ones of an even number of values.
    pub median: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl MedianInterval {
    /// Returns that of values, of which some may be infinite; `None` of fewer than six. The values are sorted.
    #[must_use]
    pub fn of(values: &mut [f64]) -> Option<Self> {
        values.sort_unstable_by(f64::total_cmp);
        let below = draws_below(values.len())?;
        let (low, high) = (values[below], values[values.len() - 1 - below]);
        Some(Self { median: quantile(values, 0.5)?, low, high })
    }
}

/// Returns the number of draws that lie below the interval; `None` if it would need more draws.
fn draws_below(n: usize) -> Option<usize> {
    let law = Binomial::new(0.5, saturated(n)).ok()?;
    let is_rare = |below: usize| law.cdf(saturated(below)) <= (1.0 - CONFIDENCE) / 2.0;
    let (mut rare, mut often) = (is_rare(0).then_some(0)?, n / 2 + 1);
    while rare + 1 < often {
        let middle = usize::midpoint(rare, often);
        if is_rare(middle) { rare = middle } else { often = middle }
    }
    Some(rare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ranks_are_those_of_the_tables() {
        // Conover, "Practical Nonparametric Statistics", by the binomial law: of 6 draws the least and the greatest, of 20 the
        // sixth and the fifteenth.
        assert_eq!(
            [5, 6, 8, 9, 20, 100].map(draws_below),
            [None, Some(0), Some(0), Some(1), Some(5), Some(39)]
        );
        let mut values: Vec<f64> = (1..=20).rev().map(f64::from).collect();
        let found = MedianInterval::of(&mut values).expect("enough");
        assert_eq!(found, MedianInterval { median: 10.5, low: 6.0, high: 15.0 });
        assert_eq!(MedianInterval::of(&mut [1.0; 5]), None);
    }

    #[test]
    fn what_is_lost_is_at_the_end() {
        let mut values = [1.0, 2.0, f64::INFINITY, 3.0, f64::INFINITY, 4.0, f64::INFINITY];
        let found = MedianInterval::of(&mut values).expect("enough");
        assert_eq!(found, MedianInterval { median: 4.0, low: 1.0, high: f64::INFINITY });
    }
}
