//! Histograms whose bars stand for ranges of numbers.

use super::histogram::{HistogramBar, HistogramLabel, PreviewHistogram};
use crate::app::num::{float, saturated, whole};
use crate::page::number::{number, significant};
use crate::page::{AxisScale, AxisTick, ticks};

/// The number of bars that a panel has room for.
pub(super) const MOST_BARS: u64 = 24;
/// The number of labels that are enough for a panel.
const MOST_TICKS: usize = 5;
/// The number of characters that fit below a panel, two between labels included.
pub(super) const ROOM: usize = 44;

/// Returns bars for ranges of equally many steps: `steps` is the number of steps from the least to the
/// greatest number, both included.
pub(super) fn by_steps(sorted: &[f64], step: f64, steps: u64) -> PreviewHistogram {
    let each = steps.div_ceil(wanted(sorted.len()));
    let bins = steps.div_ceil(each);
    let low = sorted[0];
    let counts = counts(sorted, bins, |value| float(nth(value, low, step) / each));
    let label = |bin: usize| {
        let first = low + float(bin as u64 * each) * step;
        between(first, first + float(each - 1) * step)
    };
    let edges = (low - step / 2.0, low + (float(bins * each) - 0.5) * step);
    PreviewHistogram {
        bars: HistogramBar::row(&counts, label),
        labels: labels(AxisScale::Linear, edges),
        by_ratio: false,
    }
}

/// Returns bars for ranges of equal width.
pub(super) fn by_width(sorted: &[f64]) -> PreviewHistogram {
    let (low, high) = (sorted[0], sorted[sorted.len() - 1]);
    let bins = wanted(sorted.len());
    // Halves, for the difference of two floats may be none.
    let share = |value: f64| (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
    let counts = counts(sorted, bins, |value| share(value) * float(bins));
    let edge = |bin: usize| {
        let share = float(bin as u64) / float(bins);
        low * (1.0 - share) + high * share
    };
    let label = |bin: usize| between(edge(bin), edge(bin + 1));
    let labels = labels(AxisScale::Linear, (low, high));
    PreviewHistogram { bars: HistogramBar::row(&counts, label), labels, by_ratio: false }
}

/// Returns bars for ranges of one ratio, none so narrow that it holds no multiple of `step`.
pub(super) fn by_ratio(sorted: &[f64], step: f64) -> PreviewHistogram {
    let (low, high) = (sorted[0], sorted[sorted.len() - 1]);
    let (from, width) = (libm::log(low), libm::log(high) - libm::log(low));
    let narrowest = libm::log1p(step / low);
    let most = if narrowest > 0.0 { whole::<u64>(width / narrowest).max(1) } else { MOST_BARS };
    let bins = wanted(sorted.len()).min(most);
    let share = |value: f64| (libm::log(value) - from) / width;
    // A number that is the edge of two bins belongs to the upper one, whatever its logarithm's last
    // digit is.
    let counts = counts(sorted, bins, |value| share(value) * float(bins) + 1e-9);
    let edge = |bin: usize| libm::exp(from + width * float(bin as u64) / float(bins));
    let label = |bin: usize| between(edge(bin), edge(bin + 1));
    let labels = labels(AxisScale::Log10, (low, high));
    PreviewHistogram { bars: HistogramBar::row(&counts, label), labels, by_ratio: true }
}

/// Returns the number of ranges for so many numbers: twice their cube root (the Rice rule; Lane, Online
/// Statistics Education, "Histograms").
fn wanted(numbers: usize) -> u64 {
    let eightfold = 8 * numbers as u64;
    (1..MOST_BARS).find(|bins| bins.pow(3) >= eightfold).unwrap_or(MOST_BARS)
}

/// Counts the numbers in each bin; the whole part of `place` is the number of the bin.
fn counts(sorted: &[f64], bins: u64, place: impl Fn(f64) -> f64) -> Vec<usize> {
    let mut counts = vec![0; saturated::<usize>(bins)];
    for &value in sorted {
        // A number at the upper end belongs to the last bin.
        counts[saturated::<usize>(whole::<u64>(place(value)).min(bins - 1))] += 1;
    }
    counts
}

/// Returns the labels of an axis from the first to the second number: its ends, where no others can be
/// told apart.
fn labels(scale: AxisScale, (low, high): (f64, f64)) -> Vec<HistogramLabel> {
    let width = high - low;
    let is_narrow = width < 1e-9 * low.abs().max(high.abs()) || width < 1e-280;
    if is_narrow || !width.is_finite() || (scale == AxisScale::Log10 && low < 1e-280) {
        let ends = [(0.0, low), (1.0, high)];
        return ends.map(|(at, value)| HistogramLabel { at, text: number(value) }).to_vec();
    }
    let share = |value: f64| match scale {
        AxisScale::Linear => (value - low) / width,
        AxisScale::Log10 | AxisScale::Log2 => libm::log(value / low) / libm::log(high / low),
    };
    let label = |tick: AxisTick| HistogramLabel { at: share(tick.value), text: tick.text };
    let fits = |ticks: &Vec<AxisTick>| {
        ticks.iter().map(|tick| tick.text.chars().count() + 2).sum::<usize>() <= ROOM
    };
    let mut choices = (2..=MOST_TICKS).rev().map(|most| ticks(scale, (low, high), most));
    choices.find(fits).unwrap_or_default().into_iter().map(label).collect()
}

/// Returns a range as text: `8 to 15`, or `8`.
fn between(low: f64, high: f64) -> String {
    let [low, high] = [low, high].map(|value| significant(value, 6));
    if low == high { low } else { format!("{low} to {high}") }
}

/// Returns the number of steps that a number is above the least.
pub(super) fn nth(value: f64, low: f64, step: f64) -> u64 {
    whole(((value - low) / step).round())
}
