//! Summarises a sample by its size, its least value and its mean, for the legend of an EDF.

use crate::app::num::float;

/// The summary of a sample, in the unit of its values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleSummary {
    /// The number of values.
    pub n: usize,
    /// The least.
    pub min: f64,
    /// The arithmetic mean.
    pub mean: f64,
}

impl SampleSummary {
    /// Summarises values that are all numbers; `None` if there are none.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        let n = values.len();
        let min = values.iter().copied().reduce(f64::min)?;
        let mean = values.iter().sum::<f64>() / float(n);
        Some(Self { n, min, mean })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_of_nothing_is_nothing() {
        assert_eq!(SampleSummary::of(&[]), None);
        assert_eq!(
            SampleSummary::of(&[3.0, 1.0]),
            Some(SampleSummary { n: 2, min: 1.0, mean: 2.0 })
        );
    }
}
