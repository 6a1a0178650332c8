//! Axes: which part of a metric they show, where their ticks are, and how numbers are written.

use crate::analyze::stats::Span;

/// An axis, linear or logarithmic.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What it measures.
    pub label: String,
    log: bool,
    /// The range in plot units (the decimal logarithm on a logarithmic axis).
    range: (f64, f64),
}

/// How many ticks are aimed at.
const TICKS: f64 = 5.0;
/// The share of the range that is added at either end, so that no point sits on the frame.
const MARGIN: f64 = 0.04;

impl Axis {
    /// An axis that shows a range with a margin; a logarithmic one needs a range above 0.
    #[must_use]
    pub fn new(label: &str, log: bool, span: Span) -> Self {
        let place = |v: f64| if log { v.log10() } else { v };
        let (low, high) = (place(span.low), place(span.high));
        let width = if high > low { high - low } else { high.abs().max(1.0) * 0.1 };
        let margin = if high > low { width * MARGIN } else { width };
        Self { label: label.to_owned(), log, range: (low - margin, high + margin) }
    }

    /// A linear axis that shows exactly this range.
    #[must_use]
    pub fn exact(label: &str, low: f64, high: f64) -> Self {
        Self { label: label.to_owned(), log: false, range: (low, high) }
    }

    /// The range in plot units.
    pub(super) fn range(&self) -> (f64, f64) {
        self.range
    }

    /// A value in plot units.
    #[must_use]
    pub fn place(&self, value: f64) -> f64 {
        if self.log { value.log10() } else { value }
    }

    /// The ends of the axis as values.
    #[must_use]
    pub fn ends(&self) -> (f64, f64) {
        let value = |place: f64| if self.log { 10_f64.powf(place) } else { place };
        (value(self.range.0), value(self.range.1))
    }

    /// Where the ticks are, in plot units, and what stands at them.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        let decades = self.range.1 - self.range.0;
        if !self.log || decades < 0.7 {
            return self.linear_ticks();
        }
        let steps: &[f64] = if decades < 2.5 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        #[expect(clippy::cast_possible_truncation, reason = "exponents of floats are small")]
        let exponents = self.range.0.floor() as i32..=self.range.1.ceil() as i32;
        let every = ((decades / 7.0).ceil()).max(1.0);
        exponents
            .filter(|exponent| f64::from(*exponent).rem_euclid(every) < 0.5)
            .flat_map(|exponent| steps.iter().map(move |step| step * 10_f64.powi(exponent)))
            .map(|value| (value.log10(), short(value)))
            .filter(|(place, _)| self.range.0 <= *place && *place <= self.range.1)
            .collect()
    }

    /// Ticks at multiples of 1, 2 or 5 times a power of ten.
    fn linear_ticks(&self) -> Vec<(f64, String)> {
        let (low, high) = self.ends();
        let rough = (high - low) / TICKS;
        let magnitude = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|s| s * magnitude).into_iter().find(|s| *s >= rough);
        let step = step.unwrap_or(rough);
        let first = (low / step).ceil();
        (0..=20_u32)
            .map(|i| (first + f64::from(i)) * step)
            .take_while(|value| *value <= high)
            .map(|value| if value.abs() < step / 2.0 { 0.0 } else { value })
            .map(|value| (self.place(value), short(value)))
            .collect()
    }
}

/// A number in at most four significant digits, as a person writes it: `0.05`, `12`, `1.5e-5`.
#[must_use]
pub fn short(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    if (1e-3..1e5).contains(&rounded.abs()) { format!("{rounded}") } else { format!("{rounded:e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(log: bool, low: f64, high: f64) -> String {
        let axis = Axis::new("x", log, Span { low, high });
        axis.ticks().into_iter().map(|(_, label)| label).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ticks_stand_at_round_numbers() {
        assert_eq!(labels(false, 0.0, 1.0), "0 0.5 1");
        assert_eq!(labels(false, 3.0, 97.0), "0 20 40 60 80 100");
        assert_eq!(labels(false, -0.02, 0.021), "-0.02 -0.01 0 0.01 0.02");
        assert_eq!(labels(true, 1e-5, 10.0), "1e-5 1e-4 0.001 0.01 0.1 1 10");
        assert_eq!(labels(true, 0.25, 5.0), "0.5 1 2 5");
        assert_eq!(labels(true, 1e6, 1.5e6), "1e6 1.2e6 1.4e6");
    }

    #[test]
    fn an_axis_over_a_single_value_has_room_around_it() {
        let (low, high) = Axis::new("x", false, Span { low: 5.0, high: 5.0 }).ends();
        assert!(low < 5.0 && 5.0 < high);
        let (low, high) = Axis::new("x", true, Span { low: 1.0, high: 1.0 }).ends();
        assert!(low < 1.0 && 1.0 < high);
    }

    #[test]
    fn numbers_are_written_short() {
        let written = [0.0, 0.05, 12.0, 1.0 / 3.0, 123_456.0, 1.5e-5].map(short);
        assert_eq!(written, ["0", "0.05", "12", "0.3333", "1.235e5", "1.5e-5"]);
    }
}
