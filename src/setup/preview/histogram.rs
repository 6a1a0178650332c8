//! The bars of a distribution and the labels below them. Places are shares of the axis, from 0 to 1.

use crate::app::num::float;

/// The greatest share of the axis that a bar of one number has.
const WIDEST: f64 = 0.18;
/// The share of its place that such a bar leaves free on either side, at least.
const FREE: f64 = 0.1;

/// A bar of a histogram.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HistogramBar {
    /// Where it begins, as a share of the axis.
    pub(super) from: f64,
    /// Where it ends, as a share of the axis.
    pub(super) to: f64,
    /// The numbers that it stands for, as text.
    pub(super) label: String,
    /// The number of values that it counts.
    pub(super) count: usize,
}

/// A label below the axis of a histogram.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HistogramLabel {
    /// Where it stands, as a share of the axis.
    pub(super) at: f64,
    /// Its text.
    pub(super) text: String,
}

impl HistogramBar {
    /// Returns bars of one width beside each other, from end to end.
    pub(super) fn row(counts: &[usize], label: impl Fn(usize) -> String) -> Vec<Self> {
        let place = |i: usize| float(i) / float(counts.len());
        let bar = |(i, &count)| Self { from: place(i), to: place(i + 1), label: label(i), count };
        counts.iter().enumerate().map(bar).collect()
    }

    /// Leaves room on both sides of a bar that stands for one number, not for all up to the next bar.
    pub(super) fn set_apart(&mut self) {
        let place = self.to - self.from;
        let free = (place * FREE).max((place - WIDEST) / 2.0);
        (self.from, self.to) = (self.from + free, self.to - free);
    }
}

/// The histogram of a distribution.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PreviewHistogram {
    /// From left to right; some may count nothing.
    pub(super) bars: Vec<HistogramBar>,
    /// The labels below them, from left to right.
    pub(super) labels: Vec<HistogramLabel>,
    /// True if places go by ratio.
    pub(super) by_ratio: bool,
}
