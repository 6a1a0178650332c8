//! Sinks that gather the cells of a column.

use super::cells::PageCell;
use super::column::{ScalarValue, SharedValue};
use super::pages::CellSink;

/// Returns a number as columns have it: infinities and not-a-numbers, which nothing can be drawn by, are missing, and
/// a negative zero is a zero.
fn tidy(number: f64) -> Option<f64> {
    number.is_finite().then_some(number + 0.0)
}

/// Gathers numbers.
pub(super) struct NumberSink(pub(super) Vec<Option<f64>>);

impl CellSink for NumberSink {
    fn put(&mut self, cell: Option<PageCell<'_>>, times: usize) {
        let number = match cell {
            Some(PageCell::Number(number)) => tidy(number),
            Some(PageCell::Truth(truth)) => Some(f64::from(u8::from(truth))),
            Some(PageCell::Text(_)) | None => None,
        };
        self.0.extend(std::iter::repeat_n(number, times));
    }
}

/// Gathers infinities; all other cells are missing.
pub(super) struct InfinitySink(pub(super) Vec<Option<f64>>);

impl CellSink for InfinitySink {
    fn put(&mut self, cell: Option<PageCell<'_>>, times: usize) {
        let number = match cell {
            Some(PageCell::Number(number)) => Some(number).filter(|number| number.is_infinite()),
            _ => None,
        };
        self.0.extend(std::iter::repeat_n(number, times));
    }
}

/// Gathers texts.
pub(super) struct TextSink(pub(super) Vec<Option<String>>);

impl CellSink for TextSink {
    fn put(&mut self, cell: Option<PageCell<'_>>, times: usize) {
        let text = match cell {
            Some(PageCell::Text(text)) => Some(text),
            _ => None,
        };
        self.0.extend(std::iter::repeat_n(text, times).map(|text| text.map(str::to_owned)));
    }
}

/// Gathers the values as they are, numbers that are not finite among them.
pub(super) struct ValueSink(pub(super) Vec<Option<ScalarValue>>);

impl CellSink for ValueSink {
    fn put(&mut self, cell: Option<PageCell<'_>>, times: usize) {
        let value = cell.map(|cell| match cell {
            PageCell::Number(number) => ScalarValue::Number(number),
            PageCell::Truth(truth) => ScalarValue::Truth(truth),
            PageCell::Text(text) => ScalarValue::Text(text.to_owned()),
        });
        self.0.extend(std::iter::repeat_n(value, times));
    }
}

/// Finds the value that all rows share.
#[derive(Default)]
pub(super) struct SharedSink {
    value: Option<ScalarValue>,
    /// How many rows follow each other that have it, or lack it.
    runs: Vec<(bool, usize)>,
    has_several: bool,
}

impl SharedSink {
    /// Returns the value, unless there are several or none.
    pub(super) fn finish(self) -> Option<SharedValue> {
        let value = self.value.filter(|_| !self.has_several)?;
        let is_everywhere = self.runs.iter().all(|(is, _)| *is);
        let rows = || self.runs.iter().flat_map(|&(is, n)| std::iter::repeat_n(is, n)).collect();
        Some(SharedValue { value, present: (!is_everywhere).then(rows) })
    }
}

impl CellSink for SharedSink {
    fn put(&mut self, cell: Option<PageCell<'_>>, times: usize) {
        let cell = cell.and_then(|cell| match cell {
            PageCell::Number(number) => tidy(number).map(PageCell::Number),
            cell => Some(cell),
        });
        match (&self.value, cell) {
            (_, None) => {}
            (None, Some(PageCell::Number(number))) => {
                self.value = Some(ScalarValue::Number(number));
            }
            (None, Some(PageCell::Truth(truth))) => self.value = Some(ScalarValue::Truth(truth)),
            (None, Some(PageCell::Text(text))) => {
                self.value = Some(ScalarValue::Text(text.to_owned()));
            }
            (Some(ScalarValue::Number(known)), Some(PageCell::Number(number))) => {
                // Numbers that are finite, and no negative zero: equal if and only if the same.
                self.has_several |= known.total_cmp(&number).is_ne();
            }
            (Some(ScalarValue::Truth(known)), Some(PageCell::Truth(truth))) => {
                self.has_several |= *known != truth;
            }
            (Some(ScalarValue::Text(known)), Some(PageCell::Text(text))) => {
                self.has_several |= known != text;
            }
            // A column has one type.
            (Some(_), Some(_)) => self.has_several = true,
        }
        match self.runs.last_mut() {
            Some((is, n)) if *is == cell.is_some() => *n += times,
            _ => self.runs.push((cell.is_some(), times)),
        }
    }

    fn is_full(&self) -> bool {
        self.has_several
    }
}
