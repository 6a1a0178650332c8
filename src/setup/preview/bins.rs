//! Distributions whose bars stand for ranges. Pure.

use super::histogram::{Bar, Histogram, Label};
use crate::app::num::{float, saturated, whole};
use crate::page::number::{number, significant};
use crate::page::{Scale, Tick, ticks};

/// No more bars than a panel has room for.
pub(super) const MOST_BARS: u64 = 24;
/// So many labels are enough for a panel.
const MOST_TICKS: usize = 5;
/// So many characters fit below a panel, two between labels included.
pub(super) const ROOM: usize = 44;

/// Ranges of as many steps each.
pub(super) fn by_steps(sorted: &[f64], step: f64, steps: u64) -> Histogram {
    let each = steps.div_ceil(wanted(sorted.len()));
    let bins = steps.div_ceil(each);
    let low = sorted[0];
    let counts = counts(sorted, bins, |value| float(nth(value, low, step) / each));
    let label = |bin: usize| {
        let first = low + float(bin as u64 * each) * step;
        between(first, first + float(each - 1) * step)
    };
    let edges = (low - step / 2.0, low + (float(bins * each) - 0.5) * step);
    Histogram {
        bars: Bar::row(&counts, label),
        labels: labels(Scale::Linear, edges),
        by_ratio: false,
    }
}

/// Ranges of one width.
pub(super) fn by_width(sorted: &[f64]) -> Histogram {
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
    let labels = labels(Scale::Linear, (low, high));
    Histogram { bars: Bar::row(&counts, label), labels, by_ratio: false }
}

/// Ranges of one ratio, none so narrow that it holds none of the numbers that are `step` apart.
pub(super) fn by_ratio(sorted: &[f64], step: f64) -> Histogram {
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
    let labels = labels(Scale::Log10, (low, high));
    Histogram { bars: Bar::row(&counts, label), labels, by_ratio: true }
}

/// How many ranges so many numbers are worth: twice their cube root (Rice's rule).
fn wanted(numbers: usize) -> u64 {
    let eightfold = 8 * numbers as u64;
    (1..MOST_BARS).find(|bins| bins.pow(3) >= eightfold).unwrap_or(MOST_BARS)
}

/// How many numbers each bin holds, if `place` gives the bin as the whole part.
fn counts(sorted: &[f64], bins: u64, place: impl Fn(f64) -> f64) -> Vec<usize> {
    let mut counts = vec![0; saturated::<usize>(bins)];
    for &value in sorted {
        // What lies at the upper end belongs to the last bin.
        counts[saturated::<usize>(whole::<u64>(place(value)).min(bins - 1))] += 1;
    }
    counts
}

/// Labels of an axis from the first to the second number; its ends, where no others can be told
/// apart.
fn labels(scale: Scale, (low, high): (f64, f64)) -> Vec<Label> {
    let width = high - low;
    let is_narrow = width < 1e-9 * low.abs().max(high.abs()) || width < 1e-280;
    if is_narrow || !width.is_finite() || (scale == Scale::Log10 && low < 1e-280) {
        let ends = [(0.0, low), (1.0, high)];
        return ends.map(|(at, value)| Label { at, text: number(value) }).to_vec();
    }
    let share = |value: f64| match scale {
        Scale::Linear => (value - low) / width,
        Scale::Log10 | Scale::Log2 => libm::log(value / low) / libm::log(high / low),
    };
    let label = |tick: Tick| Label { at: share(tick.value), text: tick.text };
    let fits = |ticks: &Vec<Tick>| {
        ticks.iter().map(|tick| tick.text.chars().count() + 2).sum::<usize>() <= ROOM
    };
    let mut choices = (2..=MOST_TICKS).rev().map(|most| ticks(scale, (low, high), most));
    choices.find(fits).unwrap_or_default().into_iter().map(label).collect()
}

/// `8 to 15`, or `8`.
fn between(low: f64, high: f64) -> String {
    let [low, high] = [low, high].map(|value| significant(value, 6));
    if low == high { low } else { format!("{low} to {high}") }
}

/// How many steps a number is above the least.
pub(super) fn nth(value: f64, low: f64, step: f64) -> u64 {
    whole(((value - low) / step).round())
}
