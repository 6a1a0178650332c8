//! Finds the range that an axis shows, so that one diverged job does not flatten a figure.
//!
//! Values beyond Tukey's outer fences (three interquartile ranges outside the quartiles;
//! "Exploratory Data Analysis", 1977, section 2D: "far out") are left to be marked at the edge.
//! Fences hide nothing where they would save little or where the middle half is one value.

use super::quantile;

/// Tukey's outer fences, in interquartile ranges.
const FENCE: f64 = 3.0;
/// The least ratio of the full range to the fenced one at which values are hidden.
const WORTHWHILE: f64 = 1.5;

/// A closed range of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueSpan {
    /// The least.
    pub low: f64,
    /// The greatest.
    pub high: f64,
}

impl ValueSpan {
    /// Returns the least range that holds all values; `None` if there are none.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        values
            .into_iter()
            .map(|value| Self { low: value, high: value })
            .reduce(|a, b| Self { low: a.low.min(b.low), high: a.high.max(b.high) })
    }

    /// Returns the least range that holds both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// Returns the difference of its ends.
    #[must_use]
    pub fn width(self) -> f64 {
        self.high - self.low
    }
}

/// The ends of an axis at which values may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutlierEnds {
    /// The high end only: the low values of an error are the ones sought, however far out.
    High,
    /// Both ends.
    Both,
}

/// Returns the range to show of values that are all numbers, by Tukey's outer fences; `None` if
/// there are no values.
#[must_use]
pub fn robust_span(values: &[f64], edges: OutlierEnds) -> Option<ValueSpan> {
    let full = ValueSpan::of(values.iter().copied())?;
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (q1, q3) = (quantile(&sorted, 0.25)?, quantile(&sorted, 0.75)?);
    let reach = FENCE * (q3 - q1);
    if reach <= 0.0 {
        return Some(full);
    }
    let low = if edges == OutlierEnds::Both { q1 - reach } else { full.low };
    let inside = sorted.iter().copied().filter(|&v| low <= v && v <= q3 + reach);
    let fenced = ValueSpan::of(inside)?;
    Some(if full.width() >= WORTHWHILE * fenced.width() { fenced } else { full })
}

/// Returns the range to show of values by group: what any group shows of its own, so that a narrow group hides nothing of
/// a wide one; `None` if there are no values.
#[must_use]
pub fn robust_spans(groups: &[Vec<f64>], edges: OutlierEnds) -> Option<ValueSpan> {
    groups.iter().filter_map(|values| robust_span(values, edges)).reduce(ValueSpan::join)
}

/// Counts the values below and above a range.
#[must_use]
pub fn beyond(values: &[f64], span: ValueSpan) -> (usize, usize) {
    let below = values.iter().filter(|&&v| v < span.low).count();
    let above = values.iter().filter(|&&v| v > span.high).count();
    (below, above)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(values: &[f64], edges: OutlierEnds) -> (f64, f64) {
        let span = robust_span(values, edges).expect("not empty");
        (span.low, span.high)
    }

    #[test]
    fn one_diverged_job_is_left_out_and_counted() {
        let values = [4.0, 5.0, 6.0, 7.0, 8.0, 90.0];
        assert_eq!(span(&values, OutlierEnds::High), (4.0, 8.0));
        assert_eq!(beyond(&values, ValueSpan { low: 4.0, high: 8.0 }), (0, 1));
    }

    #[test]
    fn a_far_better_job_is_never_left_out_of_an_error_axis() {
        let values = [-90.0, 4.0, 5.0, 6.0, 7.0, 8.0];
        assert_eq!(span(&values, OutlierEnds::High), (-90.0, 8.0));
        assert_eq!(span(&values, OutlierEnds::Both), (4.0, 8.0));
    }

    #[test]
    fn the_few_good_jobs_among_many_that_diverged_alike_are_shown() {
        let values = [90.0, 90.0, 90.0, 90.0, 90.0, 90.0, 90.0, 5.0];
        assert_eq!(span(&values, OutlierEnds::Both), (5.0, 90.0));
    }

    #[test]
    fn a_narrow_group_hides_nothing_of_a_wide_one() {
        let groups = [vec![5.0; 90], (0..10).map(f64::from).map(|i| i * 10.0).collect()];
        let span = robust_spans(&groups, OutlierEnds::Both).expect("not empty");
        assert_eq!((span.low, span.high), (0.0, 90.0));
    }

    #[test]
    fn a_range_that_would_gain_little_is_shown_whole() {
        let values = [0.0, 1.0, 2.0, 3.0, 4.0, 10.5, 11.0];
        assert_eq!(span(&values, OutlierEnds::Both), (0.0, 11.0));
        assert_eq!(robust_span(&[], OutlierEnds::Both), None);
    }
}
