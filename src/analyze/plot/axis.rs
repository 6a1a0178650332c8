//! An axis: its label, its range, its scale and its ticks.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged};

use super::sizes::TICK_TEXT;
use crate::analyze::metrics::MeasureUnit;
use crate::analyze::stats::ValueSpan;
use crate::app::num::{float, whole};
use crate::page::figure::text_width;
use crate::page::number::number;
use crate::page::{AxisScale, AxisTick, ticks};

/// The share of the shown span that is added at either end, so that no point sits on the frame.
const PADDING: f64 = 0.04;

/// An axis of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartAxis {
    /// Its name; empty if it has none.
    pub label: String,
    unit: MeasureUnit,
    scale: AxisScale,
    /// Returns the values at its ends.
    span: ValueSpan,
    ticks: Vec<AxisTick>,
    /// The names that its whole numbers from 0 on stand for; empty if it is an axis of numbers.
    names: Vec<String>,
}

impl ChartAxis {
    /// Creates an axis that shows `span` and a little more, with up to `most` labels.
    ///
    /// The span must be of positive numbers if the scale is logarithmic.
    pub fn new(label: impl Into<String>, scale: AxisScale, span: ValueSpan, most: usize) -> Self {
        let (low, high) = (scaled(scale, span.low), scaled(scale, span.high));
        let pad = if high > low { (high - low) * PADDING } else { half_width(scale, low) };
        let span = ValueSpan { low: unscaled(scale, low - pad), high: unscaled(scale, high + pad) };
        Self::exact(label, scale, span, most)
    }

    /// Creates an axis that ends where `span` does.
    pub fn exact(label: impl Into<String>, scale: AxisScale, span: ValueSpan, most: usize) -> Self {
        let ticks = ticks(scale, (span.low, span.high), most);
        let unit = MeasureUnit::Unknown;
        Self { label: label.into(), unit, scale, span, ticks, names: Vec::new() }
    }

    /// Creates an axis of names: the first at 0, the next at 1, and so on.
    pub fn of_names(names: &[&str]) -> Self {
        /// The number of characters that fit below a small figure, and of those that a name has at least.
        const ROOM: usize = 38;
        const LEAST: usize = 6;
        // With more names than there is room for, every second one has a label, or every third, ….
        let step = (names.len() * LEAST).div_ceil(ROOM).max(1);
        let tick = |(i, name): (usize, &&str)| AxisTick {
            value: float(i),
            text: shortened(name, ROOM * step / names.len().max(1)),
        };
        let last = float(names.len()) - 0.5;
        Self {
            label: String::new(),
            unit: MeasureUnit::Unknown,
            scale: AxisScale::Linear,
            span: ValueSpan { low: -0.5, high: last },
            ticks: names.iter().enumerate().step_by(step).map(tick).collect(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    /// Creates an upright axis of names: the first at the top, the last at 0. Long names are cut in the middle.
    pub fn of_rows(names: &[&str]) -> Self {
        /// The width that names may take, in CSS pixels.
        const ROOM: f64 = 116.0;
        let tick = |(i, name): (usize, &&str)| AxisTick {
            value: float(i),
            text: fitting(name, |text| text_width(text, TICK_TEXT) <= ROOM),
        };
        Self {
            label: String::new(),
            unit: MeasureUnit::Unknown,
            scale: AxisScale::Linear,
            span: ValueSpan { low: -0.5, high: float(names.len()) - 0.5 },
            ticks: names.iter().rev().enumerate().map(tick).collect(),
            names: names.iter().rev().map(|name| (*name).to_owned()).collect(),
        }
    }

    /// Returns the axis without its name, for a figure whose heading has it.
    #[must_use]
    pub fn unnamed(self) -> Self {
        Self { label: String::new(), ..self }
    }

    /// Returns the axis of values in a unit.
    #[must_use]
    pub fn measured(self, unit: MeasureUnit) -> Self {
        Self { unit, ..self }
    }

    /// Returns its name with the unit, as it is drawn; empty if it has no name.
    pub(super) fn title(&self) -> String {
        if self.label.is_empty() { String::new() } else { self.unit.named(&self.label) }
    }

    /// Returns its unit.
    pub(super) fn unit(&self) -> MeasureUnit {
        self.unit
    }

    /// Returns a value in words, with the unit.
    pub fn said(&self, value: f64) -> String {
        self.unit.behind(number(value))
    }

    /// Returns the names that its whole numbers stand for; empty if it is an axis of numbers.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns its labelled places.
    pub(super) fn ticks(&self) -> &[AxisTick] {
        &self.ticks
    }

    /// Returns how values are spaced on it.
    pub fn scale(&self) -> AxisScale {
        self.scale
    }

    /// Returns the value at its low end.
    pub fn low(&self) -> f64 {
        self.span.low
    }

    /// Returns the value at its high end.
    pub fn high(&self) -> f64 {
        self.span.high
    }

    /// Returns true if the value lies between its ends, or at one.
    pub fn shows(&self, value: f64) -> bool {
        self.span.low <= value && value <= self.span.high
    }

    /// Returns where a value lies: from 0 at the low end to 1 at the high end, less or more if beyond them.
    pub(super) fn share(&self, value: f64) -> f64 {
        let [low, high, value] =
            [self.span.low, self.span.high, value].map(|value| scaled(self.scale, value));
        (value - low) / (high - low)
    }

    /// Returns the value at a share of its length: the reverse of [`share`](Self::share).
    pub(super) fn at(&self, share: f64) -> f64 {
        let [low, high] = [self.span.low, self.span.high].map(|value| scaled(self.scale, value));
        unscaled(self.scale, low + (high - low) * share)
    }

    /// Returns the value, or the end of the axis that it lies beyond.
    pub(super) fn clamp(&self, value: f64) -> f64 {
        value.clamp(self.span.low, self.span.high)
    }

    /// Returns the values at its ends.
    pub(super) fn span(&self) -> ValueSpan {
        self.span
    }
}

/// Tells plotters where a value lies and where the labels are.
impl Ranged for ChartAxis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let length = f64::from(limit.1 - limit.0);
        limit.0 + whole::<i32>((self.share(*value) * length).round())
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.iter().map(|tick| tick.value).collect()
    }

    fn range(&self) -> Range<f64> {
        self.span.low..self.span.high
    }
}

/// Returns a name in at most `room` characters, cut with an ellipsis.
pub(super) fn shortened(name: &str, room: usize) -> String {
    if name.chars().count() <= room {
        return name.to_owned();
    }
    name.chars().take(room.saturating_sub(1)).chain(['…']).collect()
}

/// Returns a name that fits, cut in the middle where the whole does not: names that begin alike often end otherwise.
fn fitting(name: &str, fits: impl Fn(&str) -> bool) -> String {
    let letters: Vec<char> = name.chars().collect();
    let cut = |kept: usize| -> String {
        let end = letters.len() - kept / 2;
        letters[..kept.div_ceil(2)].iter().chain(&['…']).chain(&letters[end..]).collect()
    };
    if fits(name) {
        return name.to_owned();
    }
    (1..letters.len()).rev().map(cut).find(|text| fits(text)).unwrap_or_else(|| "…".to_owned())
}

/// Returns the value, or its logarithm where the axis goes by ratio.
fn scaled(scale: AxisScale, value: f64) -> f64 {
    match scale {
        AxisScale::Linear => value,
        AxisScale::Log10 => value.log10(),
        AxisScale::Log2 => value.log2(),
    }
}

/// Reverses [`scaled`].
fn unscaled(scale: AxisScale, scaled: f64) -> f64 {
    match scale {
        AxisScale::Linear => scaled,
        AxisScale::Log10 => 10f64.powf(scaled),
        AxisScale::Log2 => scaled.exp2(),
    }
}

/// Returns half the width of an axis that has one value to show: a tenth of it, or the logarithm of a factor.
fn half_width(scale: AxisScale, scaled: f64) -> f64 {
    match scale {
        AxisScale::Linear if scaled == 0.0 => 0.5,
        AxisScale::Linear => scaled.abs() / 10.0,
        AxisScale::Log10 => 0.3,
        AxisScale::Log2 => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_its_place_between_the_ends() {
        let axis = ChartAxis::exact("lr", AxisScale::Log10, ValueSpan { low: 0.01, high: 1.0 }, 6);
        assert!((axis.share(0.1) - 0.5).abs() < 1e-12);
        assert!(axis.share(10.0) > 1.0);
        assert!((axis.clamp(10.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn an_axis_of_one_value_has_a_width() {
        for (scale, value) in
            [(AxisScale::Linear, 0.0), (AxisScale::Linear, -5.0), (AxisScale::Log2, 4.0)]
        {
            let axis = ChartAxis::new("x", scale, ValueSpan { low: value, high: value }, 6);
            assert!(axis.span().width() > 0.0, "{axis:?}");
            assert!(!axis.ticks.is_empty(), "{axis:?}");
        }
    }
}
