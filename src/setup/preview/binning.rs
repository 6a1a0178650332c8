//! Chooses the bars of a distribution of numbers: one for each, or one for each range.

use super::histogram::{HistogramBar, HistogramLabel, PreviewHistogram};
use super::ranges::{MOST_BARS, ROOM, by_ratio, by_steps, by_width, nth};
use crate::app::num::{float, saturated, whole};
use crate::page::number::significant;

/// The greatest number of different numbers that have a bar each, however far apart they are.
const FEW: usize = 16;
/// The ratio of the greatest to the least of positive numbers from which they may be drawn by ratio, as in
/// the report.
const WIDE: f64 = 100.0;
/// The greatest whole number up to which a float tells halves apart: 2^52.
const MOST_WHOLE: f64 = 4_503_599_627_370_496.0;
/// The greatest number of millionths and the like for which a float's own errors are too small to matter.
const MOST_SCALED: f64 = 1e9;
/// The greatest number of different numbers that stand side by side where most between are missing.
const VERY_FEW: usize = 6;

/// Returns the bars of finite, sorted numbers, of which there is one at least.
///
/// Numbers a few even steps apart, and numbers of which few are different, have a bar each. In other
/// cases a bar stands for a range: by ratio if they are positive and that suits them, or is
/// asked for.
pub(super) fn histogram(sorted: &[f64], prefer_ratio: bool) -> PreviewHistogram {
    let different = different(sorted);
    let (low, high) = (sorted[0], sorted[sorted.len() - 1]);
    let step = step(&different);
    let steps = step.map(|step| nth(high, low, step) + 1);
    let few = different.len() <= FEW && sorted.len() >= 2 * different.len();
    match (step, steps) {
        _ if different.len() == 1 => one_each(&different),
        (Some(step), Some(steps)) if steps <= MOST_BARS && dense(&different, steps, few) => {
            one_each(&with_gaps(&different, step, steps))
        }
        _ if few => one_each(&different),
        _ if low > 0.0 && (prefer_ratio || suits_ratio(sorted)) => {
            by_ratio(sorted, step.unwrap_or(0.0))
        }
        (Some(step), Some(steps)) => by_steps(sorted, step, steps),
        _ => by_width(sorted),
    }
}

/// Returns true if sorted positive numbers span two decades and their median is nearer to the middle by ratio
/// than by difference: a uniform draw from 0 to 1 spans decades, too.
fn suits_ratio(sorted: &[f64]) -> bool {
    let (low, high) = (sorted[0], sorted[sorted.len() - 1]);
    let median = sorted[(sorted.len() - 1) / 2];
    let off_middle = |share: f64| (share - 0.5).abs();
    let by_ratio = libm::log(median / low) / libm::log(high / low);
    let by_difference = (median - low) / (high - low);
    high / low >= WIDE && off_middle(by_ratio) <= off_middle(by_difference)
}

/// Returns true if the numbers between get a place, too: not those between 32, 64, 128 and 256.
fn dense(different: &[(f64, usize)], steps: u64, few: bool) -> bool {
    !few || different.len() > VERY_FEW || different.len() as u64 * 2 > steps
}

/// Returns each number once, with how often it occurs.
fn different(sorted: &[f64]) -> Vec<(f64, usize)> {
    let mut different: Vec<(f64, usize)> = Vec::new();
    for &value in sorted {
        match different.last_mut() {
            Some((last, count)) if value <= *last => *count += 1,
            _ => different.push((value, 1)),
        }
    }
    different
}

/// Returns the greatest step of which all differences are multiples; `None` if all numbers are equal, or
/// six decimals are not enough to write them.
fn step(different: &[(f64, usize)]) -> Option<f64> {
    [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6].into_iter().find_map(|scale| step_at(scale, different))
}

/// Returns the step of numbers that are whole when multiplied by `scale`; `None` if they are not.
fn step_at(scale: f64, different: &[(f64, usize)]) -> Option<f64> {
    let (most, tolerance) = if scale > 1.0 { (MOST_SCALED, 1e-6) } else { (MOST_WHOLE, 0.0) };
    let low = (different.first()?.0 * scale).round();
    let mut divisor = 0;
    for (value, _) in different {
        let scaled = value * scale;
        if scaled.abs() > most || (scaled - scaled.round()).abs() > tolerance {
            return None;
        }
        divisor = greatest_common_divisor(divisor, whole(scaled.round() - low));
    }
    (divisor > 0).then(|| float(divisor) / scale)
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Returns a bar for each number, evenly spaced.
fn one_each(numbers: &[(f64, usize)]) -> PreviewHistogram {
    let counts: Vec<usize> = numbers.iter().map(|(_, count)| *count).collect();
    let mut bars = HistogramBar::row(&counts, |i| significant(numbers[i].0, 6));
    bars.iter_mut().for_each(HistogramBar::set_apart);
    let longest = bars.iter().map(|bar| bar.label.chars().count()).max().unwrap_or(0);
    let every = (bars.len() * (longest + 2)).div_ceil(ROOM).max(1);
    let label = |bar: &HistogramBar| HistogramLabel {
        at: f64::midpoint(bar.from, bar.to),
        text: bar.label.clone(),
    };
    let labels = bars.iter().step_by(every).map(label).collect();
    PreviewHistogram { bars, labels, by_ratio: false }
}

/// Returns the numbers, and between them those that do not occur.
fn with_gaps(different: &[(f64, usize)], step: f64, steps: u64) -> Vec<(f64, usize)> {
    let low = different[0].0;
    let mut all: Vec<(f64, usize)> = (0..steps).map(|i| (low + float(i) * step, 0)).collect();
    for (value, count) in different {
        all[saturated::<usize>(nth(*value, low, step))].1 = *count;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the bars as `label: count`, for numbers in any order.
    fn bars(numbers: &[f64]) -> Vec<String> {
        let histogram = of(numbers);
        histogram.bars.iter().map(|bar| format!("{}: {}", bar.label, bar.count)).collect()
    }

    fn of(numbers: &[f64]) -> PreviewHistogram {
        let mut sorted = numbers.to_vec();
        sorted.sort_by(f64::total_cmp);
        let histogram = super::histogram(&sorted, false);
        let counted: usize = histogram.bars.iter().map(|bar| bar.count).sum();
        assert_eq!(counted, numbers.len(), "every number is in one bar: {histogram:?}");
        assert!(histogram.bars.len() as u64 <= MOST_BARS, "{histogram:?}");
        let places: Vec<f64> = histogram.bars.iter().flat_map(|bar| [bar.from, bar.to]).collect();
        assert!(places.is_sorted() && places[0] >= 0.0, "{histogram:?}");
        assert!(places[places.len() - 1] <= 1.0, "{histogram:?}");
        let within = |label: &HistogramLabel| (-1e-9..=1.0 + 1e-9).contains(&label.at);
        assert!(histogram.labels.iter().all(within), "{histogram:?}");
        assert!(!histogram.labels.is_empty(), "{histogram:?}");
        histogram
    }

    #[test]
    fn numbers_that_are_all_equal_are_one_bar() {
        assert_eq!(bars(&[0.3]), ["0.3: 1"]);
        assert_eq!(bars(&[0.0, -0.0, 0.0]), ["0: 3"]);
        assert_eq!(bars(&[f64::MAX; 3]).len(), 1);
    }

    #[test]
    fn whole_numbers_have_a_bar_each_and_gaps_show() {
        let expected = ["1: 1", "2: 2", "3: 0", "4: 1", "5: 1", "6: 1"];
        assert_eq!(bars(&[1.0, 2.0, 2.0, 4.0, 5.0, 6.0]), expected);
        assert_eq!(bars(&[16.0, 8.0, 32.0, 8.0]), ["8: 2", "16: 1", "24: 0", "32: 1"]);
    }

    #[test]
    fn decimals_that_are_evenly_spaced_have_a_bar_each_and_gaps_show() {
        let bars = bars(&[0.8, 0.83, 0.81, 0.83, 0.86]);
        assert_eq!(
            bars,
            ["0.8: 1", "0.81: 1", "0.82: 0", "0.83: 2", "0.84: 0", "0.85: 0", "0.86: 1"]
        );
        assert_eq!(of(&[0.1, 0.2, 0.1 + 0.2]).bars.len(), 3);
    }

    #[test]
    fn few_different_numbers_have_a_bar_each_however_far_apart_they_are() {
        let powers: Vec<f64> = (0..60).map(|i| f64::from(32 << (i % 6))).collect();
        let expected = ["32: 10", "64: 10", "128: 10", "256: 10", "512: 10", "1024: 10"];
        assert_eq!(bars(&powers), expected);
        let rates: Vec<f64> = (0..9).map(|i| [0.01, 0.1, 1.0][i % 3]).collect();
        assert_eq!(bars(&rates), ["0.01: 3", "0.1: 3", "1: 3"]);
    }

    #[test]
    fn many_whole_numbers_share_bars_that_hold_as_many_each() {
        let numbers: Vec<f64> = (0..1000).map(|i| f64::from(200 + 8 * (i % 100))).collect();
        let bars = bars(&numbers);
        assert_eq!(bars[0], "200 to 232: 50");
        assert!(bars.iter().all(|bar| bar.ends_with(": 50")), "{bars:?}");
    }

    #[test]
    fn numbers_over_two_decades_are_spaced_by_ratio() {
        let numbers: Vec<f64> = (0..=90).map(|i| 10f64.powf(f64::from(i) / 30.0 - 4.0)).collect();
        let histogram = of(&numbers);
        assert!(histogram.by_ratio);
        let counts: Vec<usize> = histogram.bars.iter().map(|bar| bar.count).collect();
        assert_eq!(counts.len(), 9);
        assert!(counts.iter().all(|count| (10..=11).contains(count)), "{counts:?}");
        assert!(!of(&[0.001, 0.01, 0.05, 0.02]).by_ratio);
        assert!(!of(&[0.0, 0.001, 3.0, 5.0]).by_ratio, "zero has no ratio");
        let even: Vec<f64> = (1..=1000).map(|i| f64::from(i) / 1001.0).collect();
        assert!(!of(&even).by_ratio, "a uniform draw is even by difference");
        assert!(super::histogram(&[1.5123, 2.5, 2.7], true).by_ratio, "where it is asked for");
    }

    #[test]
    fn whole_numbers_spaced_by_ratio_leave_no_bar_without_a_number() {
        let numbers: Vec<f64> =
            (0..400).map(|i| 1000f64.powf(f64::from(i) / 399.0).round()).collect();
        let histogram = of(&numbers);
        assert!(histogram.by_ratio && histogram.bars.iter().all(|bar| bar.count > 0));
    }

    #[test]
    fn spans_at_the_limits_of_floats_are_drawn() {
        for numbers in [
            [f64::MIN, 0.5, f64::MAX],
            [f64::MIN_POSITIVE, 1.5, f64::MAX],
            [0.0, 5e-324, 1e-323],
            [1e300, 1e300 * (1.0 + f64::EPSILON), 1e300 * (1.0 + 2.0 * f64::EPSILON)],
            [1e15, 1e15 + 0.125, 1e15 + 0.5],
            [-9e18, 0.0, 9e18],
            [-0.1, 0.1, 0.1 + 0.2],
        ] {
            let PreviewHistogram { bars, labels, .. } = of(&numbers);
            let mut texts = bars.iter().map(|bar| &bar.label).chain(labels.iter().map(|l| &l.text));
            assert!(
                texts.all(|text| !text.contains("NaN") && !text.contains("inf")),
                "{numbers:?}"
            );
        }
    }
}
