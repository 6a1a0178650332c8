//! One row of a series: the place of a record in the training, and its values.

use std::borrow::Cow;

use super::record::{EpochIter, LogRecord, PlaceSource};
use super::row_keys::{is_part, take_phase};
use crate::collect::log_value::LogValue;

/// One record of a series.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SeriesRow {
    pub(crate) at: EpochIter,
    pub(crate) epoch_max: Option<i64>,
    pub(crate) iter_max: Option<i64>,
    /// The number of restarts of the program before it.
    pub(crate) run: u32,
    /// The line it stands on.
    pub(crate) line: u64,
    pub(super) values: Vec<Option<LogValue>>,
}

impl SeriesRow {
    /// Restores a row from the cache.
    pub(crate) fn from_parts(
        place: RowPlace,
        run: u32,
        line: u64,
        values: Vec<Option<LogValue>>,
    ) -> Self {
        let RowPlace { at, epoch_max, iter_max, .. } = place;
        Self { at, epoch_max, iter_max, run, line, values }
    }

    /// True if the next row of a file is of the same run and no earlier place.
    pub(super) fn is_before(&self, next: &Self) -> bool {
        self.at <= next.at && self.run == next.run
    }

    /// Overwrites the values that the other row has.
    pub(super) fn complement(&mut self, values: Vec<Option<LogValue>>) {
        if self.values.len() < values.len() {
            self.values.resize(values.len(), None);
        }
        for (mine, new) in self.values.iter_mut().zip(values) {
            *mine = new.or_else(|| mine.take());
        }
    }

    /// Returns the value of a metric; null if the row has none.
    pub(crate) fn value(&self, metric: usize) -> &LogValue {
        self.given(metric).unwrap_or(&LogValue::Null)
    }

    /// Returns the value of a metric, if the row has one.
    pub(crate) fn given(&self, metric: usize) -> Option<&LogValue> {
        self.values.get(metric).and_then(Option::as_ref)
    }

    /// Returns the values in the order of the names; those beyond the end are absent.
    pub(crate) fn values(&self) -> &[Option<LogValue>] {
        &self.values
    }

    /// True if the row has a value of every metric that another one has.
    pub(super) fn has_as_many(&self, other: &Self) -> bool {
        let mut theirs = other.values.iter().enumerate();
        theirs.all(|(metric, value)| value.is_none() || self.given(metric).is_some())
    }

    pub(super) fn has_all(&self, metrics: usize) -> bool {
        self.values.len() == metrics && self.values.iter().all(Option::is_some)
    }

    /// True if the row and the values tell two things of a metric that `tells_apart` takes for one by its two values.
    pub(super) fn contradicts(
        &self,
        values: &[Option<LogValue>],
        tells_apart: impl Fn(usize, &LogValue, &LogValue) -> bool,
    ) -> bool {
        let mut both = self.values.iter().zip(values).enumerate();
        both.any(|(i, pair)| match pair {
            (Some(mine), Some(new)) => tells_apart(i, mine, new),
            _ => false,
        })
    }
}

/// Sees to it that a record of pycls's form which names its phase, fold or task supersedes none of another one.
pub(super) fn mark_apart(record: &mut LogRecord<'_>) {
    if record.place != PlaceSource::Fields {
        return;
    }
    let Some(place) = RowPlace::of(record) else { return };
    if let Some(phase) = take_phase(&mut record.fields) {
        record.kind = Cow::Owned(format!("{}.{phase}", record.kind));
    }
    if record.fields.iter().any(|(name, _)| is_part(name)) {
        record.place = PlaceSource::At(place.at);
    }
}

/// The place where a record was logged, and the totals that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowPlace {
    pub(crate) at: EpochIter,
    pub(crate) epoch_max: Option<i64>,
    pub(crate) iter_max: Option<i64>,
    pub(crate) is_step: bool,
}

impl RowPlace {
    /// Finds the place of a record; `None` if its `epoch` (or `iter`) does not name one.
    pub(crate) fn of(record: &LogRecord<'_>) -> Option<Self> {
        let (at, is_step) = match record.place {
            PlaceSource::At(at) => (at, false),
            PlaceSource::Step(step) => (EpochIter { epoch: step, iter: 0 }, true),
            // No step is at the same place.
            PlaceSource::Line(line) => (EpochIter { epoch: line, iter: -1 }, true),
            PlaceSource::Fields => {
                let named = |name: &str| {
                    record.fields.iter().rev().find(|field| field.0 == name).map(|field| &field.1)
                };
                return Self::of_fields(named("epoch")?, named("iter"));
            }
            PlaceSource::Once => return None,
        };
        Some(Self { at, epoch_max: None, iter_max: None, is_step })
    }

    pub(super) fn of_fields(epoch: &LogValue, iter: Option<&LogValue>) -> Option<Self> {
        let (epoch, epoch_max) = fraction(epoch)?;
        let (iter, iter_max) = match iter {
            Some(iter) => fraction(iter)?,
            None => (0, None),
        };
        Some(Self { at: EpochIter { epoch, iter }, epoch_max, iter_max, is_step: false })
    }
}

/// Parses `"3/10"` as 3 of 10, and a bare `3` as 3 of an unknown number.
pub(super) fn fraction(log_value: &LogValue) -> Option<(i64, Option<i64>)> {
    match log_value {
        LogValue::Int(i) => Some((*i, None)),
        LogValue::Text(text) => match text.split_once('/') {
            Some((i, n)) => Some((i.trim().parse().ok()?, Some(n.trim().parse().ok()?))),
            None => Some((text.trim().parse().ok()?, None)),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_is_a_fraction_or_a_number() {
        assert_eq!(fraction(&LogValue::text("3/10")), Some((3, Some(10))));
        assert_eq!(fraction(&LogValue::Int(3)), Some((3, None)));
        assert_eq!(fraction(&LogValue::text("3")), Some((3, None)));
        for odd in
            [LogValue::text("a/10"), LogValue::text("3/"), LogValue::Float(1.5), LogValue::Null]
        {
            assert_eq!(fraction(&odd), None);
        }
    }
}
