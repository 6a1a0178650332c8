//! An axis: what it shows, from where to where, by difference or by ratio.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use crate::analyze::stats::{Span, float};
use crate::page::{Scale, Tick, ticks};

/// The share of the shown span that is added at either end, so that no point sits on the frame.
const PADDING: f64 = 0.04;

/// An axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What it shows.
    pub label: String,
    scale: Scale,
    /// The values at its ends.
    span: Span,
    ticks: Vec<Tick>,
    /// What its whole numbers stand for, from 0 on; empty if for themselves.
    names: Vec<String>,
}

impl Axis {
    /// An axis that shows `span` and a little more, with up to `most` labels.
    ///
    /// The span must be of positive numbers if the scale is logarithmic.
    pub fn new(label: impl Into<String>, scale: Scale, span: Span, most: usize) -> Self {
        let (low, high) = (place(scale, span.low), place(scale, span.high));
        let pad = if high > low { (high - low) * PADDING } else { half_width(scale, low) };
        let span = Span { low: unplace(scale, low - pad), high: unplace(scale, high + pad) };
        Self::exact(label, scale, span, most)
    }

    /// An axis that ends where `span` does.
    pub fn exact(label: impl Into<String>, scale: Scale, span: Span, most: usize) -> Self {
        let ticks = ticks(scale, (span.low, span.high), most);
        Self { label: label.into(), scale, span, ticks, names: Vec::new() }
    }

    /// An axis of names: the first at 0, the next at 1, and so on.
    pub fn of_names(names: &[&str]) -> Self {
        /// So many characters fit below a small figure, and a name has at least so many of them.
        const ROOM: usize = 44;
        const LEAST: usize = 6;
        // Of more names than there is room for, every second one has a label, or every third, ….
        let step = (names.len() * LEAST).div_ceil(ROOM).max(1);
        let tick = |(i, name): (usize, &&str)| Tick {
            value: float(i),
            text: shortened(name, ROOM * step / names.len().max(1)),
        };
        let last = float(names.len()) - 0.5;
        Self {
            label: String::new(),
            scale: Scale::Linear,
            span: Span { low: -0.5, high: last },
            ticks: names.iter().enumerate().step_by(step).map(tick).collect(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    /// The same axis without its name, where the figure's heading has it.
    #[must_use]
    pub fn unnamed(self) -> Self {
        Self { label: String::new(), ..self }
    }

    /// What its whole numbers stand for; empty if for themselves.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// What stands beside it.
    pub(super) fn labels(&self) -> impl Iterator<Item = &str> {
        self.ticks.iter().map(|tick| tick.text.as_str())
    }

    /// How it is spaced.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// The value at its low end.
    pub fn low(&self) -> f64 {
        self.span.low
    }

    /// The value at its high end.
    pub fn high(&self) -> f64 {
        self.span.high
    }

    /// True if and only if the value lies between its ends.
    pub fn shows(&self, value: f64) -> bool {
        self.span.low <= value && value <= self.span.high
    }

    /// Where a value lies, from 0 at the low end to 1 at the high end; beyond for one beyond.
    pub(super) fn share(&self, value: f64) -> f64 {
        let [low, high, value] =
            [self.span.low, self.span.high, value].map(|value| place(self.scale, value));
        (value - low) / (high - low)
    }

    /// The value, or the end of the axis that it lies beyond.
    pub(super) fn clamp(&self, value: f64) -> f64 {
        value.clamp(self.span.low, self.span.high)
    }

    /// The values at its ends.
    pub(super) fn span(&self) -> Span {
        self.span
    }
}

/// plotters asks an axis where a value lies and where its labels are.
impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    #[expect(clippy::cast_possible_truncation, reason = "no figure has 2^31 units")]
    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let length = f64::from(limit.1 - limit.0);
        limit.0 + (self.share(*value) * length).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.iter().map(|tick| tick.value).collect()
    }

    fn range(&self) -> Range<f64> {
        self.span.low..self.span.high
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        let here = self.ticks.iter().find(|tick| tick.value.total_cmp(value).is_eq());
        here.map(|tick| tick.text.clone()).unwrap_or_default()
    }
}

/// A name in so many characters.
pub(super) fn shortened(name: &str, room: usize) -> String {
    if name.chars().count() <= room {
        return name.to_owned();
    }
    name.chars().take(room.saturating_sub(1)).chain(['…']).collect()
}

fn place(scale: Scale, value: f64) -> f64 {
    match scale {
        Scale::Linear => value,
        Scale::Log10 => value.log10(),
        Scale::Log2 => value.log2(),
    }
}

fn unplace(scale: Scale, place: f64) -> f64 {
    match scale {
        Scale::Linear => place,
        Scale::Log10 => 10f64.powf(place),
        Scale::Log2 => place.exp2(),
    }
}

/// Half the width of an axis that has one value to show: a tenth of it, or a factor.
fn half_width(scale: Scale, place: f64) -> f64 {
    match scale {
        Scale::Linear if place == 0.0 => 0.5,
        Scale::Linear => place.abs() / 10.0,
        Scale::Log10 => 0.3,
        Scale::Log2 => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_its_place_between_the_ends() {
        let axis = Axis::exact("lr", Scale::Log10, Span { low: 0.01, high: 1.0 }, 6);
        assert!((axis.share(0.1) - 0.5).abs() < 1e-12);
        assert!(axis.share(10.0) > 1.0);
        assert!((axis.clamp(10.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn an_axis_of_one_value_has_a_width() {
        for (scale, value) in [(Scale::Linear, 0.0), (Scale::Linear, -5.0), (Scale::Log2, 4.0)] {
            let axis = Axis::new("x", scale, Span { low: value, high: value }, 6);
            assert!(axis.span().width() > 0.0, "{axis:?}");
            assert!(!axis.ticks.is_empty(), "{axis:?}");
        }
    }
}
