//! The records of one type over the epochs, without those that a restart superseded.

use std::borrow::Cow;

use sweep_config::table::{EPOCH_IND, EPOCH_MAX};

use super::record::EpochIter;
use super::row::{RowPlace, SeriesRow};
use super::row_keys::is_part;
use crate::collect::log_value::LogValue;

/// Fields of a record that say where it was logged, and are no metrics.
const POSITIONS: [&str; 7] =
    ["epoch", "iter", "step", EPOCH_IND, EPOCH_MAX, "iter_ind", "iter_max"];

/// The records of one type, by epoch; every epoch (and iteration) once.
///
/// The rows of a program that knows nothing of us are first in the order of the file, since only the whole file shows
/// where they belong; [`LogSeries::settle`] orders them. Several may be of one place.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct LogSeries {
    /// The metrics of any record, in the order of their first mention.
    pub(crate) names: Vec<String>,
    pub(super) rows: Vec<SeriesRow>,
    /// True if a record names its iteration.
    pub(crate) has_iter: bool,
    /// The number that counts as the epoch is a step or the number of a row.
    pub(crate) is_by_step: bool,
    /// Its records need not have all metrics.
    pub(crate) is_sparse: bool,
    /// Where the last ascending part of its rows begins, while they are in the order of the file.
    tail: usize,
}

/// The effect of a new row on the older ones of its type.
pub(crate) struct RowAddition {
    /// The number of older rows that it superseded.
    pub(crate) superseded: usize,
    /// The line of the older row of the same position and an earlier run.
    pub(crate) earlier: Option<u64>,
}

impl LogSeries {
    /// Returns the rows by epoch.
    pub(crate) fn rows(&self) -> &[SeriesRow] {
        &self.rows
    }

    /// Returns the last value that a metric was given.
    pub(crate) fn last(&self, metric: usize) -> Option<&LogValue> {
        self.rows.iter().rev().find_map(|row| row.given(metric))
    }

    /// Returns the values of a metric, by epoch.
    pub(crate) fn column(&self, metric: usize) -> impl Iterator<Item = &LogValue> {
        self.rows.iter().map(move |row| row.value(metric))
    }

    /// Restores a series from the cache.
    pub(crate) fn from_parts(names: Vec<String>, rows: Vec<SeriesRow>, flags: [bool; 3]) -> Self {
        let [has_iter, is_by_step, is_sparse] = flags;
        let descent = |pair: &[SeriesRow]| pair[0].is_before(&pair[1]);
        let ascending = rows.windows(2).rev().take_while(|pair| descent(pair)).count();
        let tail = rows.len().saturating_sub(ascending + 1);
        Self { names, rows, has_iter, is_by_step, is_sparse, tail }
    }

    /// Finds the place of values that are in the order of the names.
    pub(crate) fn place_of(&self, values: &[Option<LogValue>]) -> Option<RowPlace> {
        let named = |name: &str| {
            let at = self.names.iter().position(|known| known == name)?;
            values.get(at)?.as_ref()
        };
        RowPlace::of_fields(named("epoch")?, named("iter"))
    }

    /// Adds a record at its place.
    ///
    /// If its epoch was logged before, that row and all later epochs are superseded: the program went on
    /// from there. Rows of an earlier run that lie beyond it are superseded in any case. Only
    /// a record of other metrics than the row has is put to it.
    pub(crate) fn add(
        &mut self,
        values: Vec<Option<LogValue>>,
        place: RowPlace,
        run: u32,
        line: u64,
    ) -> RowAddition {
        let RowPlace { at, epoch_max, iter_max, is_step } = place;
        self.has_iter |= at.iter != 0 || iter_max.is_some();
        self.is_by_step |= is_step;
        if self.rows.last().is_none_or(|last| last.at < at) {
            self.rows.push(SeriesRow { at, epoch_max, iter_max, run, line, values });
            return RowAddition { superseded: 0, earlier: None };
        }
        let from = self.rows.partition_point(|row| row.at < at);
        if self.complements(from, at, run, &values) {
            self.rows[from].complement(values);
            return RowAddition { superseded: 0, earlier: None };
        }
        let same = self.rows.get(from).filter(|row| row.at == at);
        let again = same.is_some();
        let earlier = same.filter(|row| row.run < run).map(|row| row.line);
        let superseded = self.drop_from(from, |row| again || row.run < run);
        self.rows.insert(from, SeriesRow { at, epoch_max, iter_max, run, line, values });
        RowAddition { superseded, earlier }
    }

    /// Puts values at a place, over those that it has.
    pub(super) fn set(&mut self, values: Vec<Option<LogValue>>, place: RowPlace, line: u64) {
        let RowPlace { at, epoch_max, iter_max, is_step } = place;
        self.has_iter |= at.iter != 0 || iter_max.is_some();
        self.is_by_step = is_step;
        self.is_sparse = true;
        let from = self.rows.partition_point(|row| row.at < at);
        match self.rows.get_mut(from).filter(|row| row.at == at) {
            Some(row) => row.complement(values),
            None => {
                self.rows.insert(from, SeriesRow { at, epoch_max, iter_max, run: 0, line, values });
            }
        }
    }

    /// Puts the last value of each metric at a place, and removes the rows.
    pub(super) fn gather_at(&mut self, place: RowPlace) {
        let Some(line) = self.rows.first().map(|row| row.line) else { return };
        let last = (0..self.names.len()).map(|metric| self.last(metric).cloned()).collect();
        self.rows.clear();
        self.set(last, place, line);
    }

    /// Removes the rows beyond an epoch; returns how many there were.
    pub(super) fn drop_after(&mut self, epoch: i64) -> usize {
        let from = self.rows.partition_point(|row| row.at.epoch <= epoch);
        self.rows.drain(from..).count()
    }

    /// True if the row at an index is of that place and run, and has none of the metrics.
    fn complements(
        &self,
        index: usize,
        at: EpochIter,
        run: u32,
        values: &[Option<LogValue>],
    ) -> bool {
        let is_metric = |i: usize, _: &LogValue, _: &LogValue| !is_position(&self.names[i]);
        let same = self.rows.get(index).filter(|row| row.at == at && row.run == run);
        same.is_some_and(|row| !row.contradicts(values, is_metric))
    }

    /// Adds a row of a program that knows nothing of us, in the order of the file. It is put to a row of its place, if
    /// that tells nothing else.
    pub(super) fn add_row(
        &mut self,
        values: Vec<Option<LogValue>>,
        place: RowPlace,
        run: u32,
        line: u64,
    ) {
        let RowPlace { at, epoch_max, iter_max, .. } = place;
        // What was not measured takes nothing from what was.
        let is_given = |value: &LogValue| *value != LogValue::Null;
        let values = values.into_iter().map(|value| value.filter(is_given)).collect();
        let row = SeriesRow { at, epoch_max, iter_max, run, line, values };
        let Some(last) = self.rows.last() else { return self.rows.push(row) };
        if row.run == last.run && at <= last.at {
            let end = self.tail + self.rows[self.tail..].partition_point(|row| row.at <= at);
            if end > self.tail && self.can_join(end - 1, &row) {
                return self.rows[end - 1].complement(row.values);
            }
        }
        if !last.is_before(&row) {
            self.tail = self.rows.len();
        }
        self.rows.push(row);
    }

    /// True if a row may be put to the one at an index: they are of one place, and tell nothing twice.
    pub(super) fn can_join(&self, index: usize, row: &SeriesRow) -> bool {
        let mine = &self.rows[index];
        mine.at == row.at
            && !mine.contradicts(&row.values, |i, a, b| tells_apart(&self.names[i], a, b))
    }

    /// Merges another series of the same type into this one; of two values for one place the other's counts.
    pub(crate) fn merge(&mut self, other: Self) {
        let mut at = 0;
        for mut row in other.rows {
            let named = other.names.iter().cloned().map(Cow::Owned).zip(row.values);
            let given = named.filter_map(|(name, value)| Some((name, value?)));
            row.values = self.values(given);
            // Rows of one place are paired in their order.
            let from = at.max(self.rows.partition_point(|mine| mine.at < row.at));
            match self.rows.get_mut(from).filter(|mine| mine.at == row.at) {
                Some(mine) => mine.complement(row.values),
                None => self.rows.insert(from, row),
            }
            at = from + 1;
        }
        self.has_iter |= other.has_iter;
        self.is_by_step |= other.is_by_step;
        self.is_sparse = true;
    }

    /// True if another series has another number for a metric at some place.
    pub(super) fn conflicts_with(&self, other: &Self) -> bool {
        let theirs = |name: &String| other.names.iter().position(|known| known == name);
        let shared: Vec<(usize, usize)> = (0..)
            .zip(&self.names)
            .filter(|(_, name)| !is_position(name))
            .filter_map(|(mine, name)| Some((mine, theirs(name)?)))
            .collect();
        let differ = |a: &SeriesRow, b: &SeriesRow| {
            let numbers = |(mine, theirs): &(usize, usize)| {
                let number = |row: &SeriesRow, metric| row.given(metric)?.number();
                number(a, *mine).zip(number(b, *theirs))
            };
            let mut both = shared.iter().filter_map(numbers);
            both.any(|(a, b)| a.to_bits() != b.to_bits())
        };
        let same = |row: &SeriesRow| {
            let from = self.rows.partition_point(|mine| mine.at < row.at);
            self.rows.get(from).filter(|mine| mine.at == row.at)
        };
        other.rows.iter().any(|row| same(row).is_some_and(|mine| differ(mine, row)))
    }

    /// Removes the rows from the first place of another series on; returns how many there were.
    pub(super) fn cut_before(&mut self, other: &Self) -> usize {
        let Some(first) = other.rows.first() else { return 0 };
        let from = self.rows.partition_point(|row| row.at < first.at);
        self.drop_from(from, |_| true)
    }

    /// Removes what an earlier run logged after a record that was now logged once more.
    ///
    /// `earlier` is the line of that record's first instance; without one, what lies beyond its
    /// epoch goes.
    pub(crate) fn rewind(&mut self, epoch: i64, run: u32, earlier: Option<u64>) -> usize {
        let from = self.rows.partition_point(|row| row.at.epoch < epoch);
        self.drop_from(from, |row| {
            let after = earlier.map_or(row.at.epoch > epoch, |line| row.line >= line);
            row.run < run && after
        })
    }

    /// Counts the rows that lack a metric which another row has; with the line of the first one.
    pub(crate) fn incomplete(&self) -> (usize, Option<u64>) {
        let mut lacking = self.rows.iter().filter(|row| !row.has_all(self.names.len()));
        let first = lacking.next();
        (usize::from(first.is_some()) + lacking.count(), first.map(|row| row.line))
    }

    fn drop_from(&mut self, from: usize, drop: impl Fn(&SeriesRow) -> bool) -> usize {
        let before = self.rows.len();
        if from < before {
            let tail = self.rows.split_off(from);
            self.rows.extend(tail.into_iter().filter(|row| !drop(row)));
        }
        before - self.rows.len()
    }

    /// Returns a record's values in the order of the names. Lines of a type have the same keys in the
    /// same order, so that the next name is nearly always the right one.
    pub(crate) fn values<'f>(
        &mut self,
        fields: impl Iterator<Item = (Cow<'f, str>, LogValue)>,
    ) -> Vec<Option<LogValue>> {
        let mut values = Vec::with_capacity(self.names.len());
        let mut next = 0;
        for (name, value) in fields {
            let at = match self.names.get(next) {
                Some(guess) if *guess == name => next,
                _ => self.names.iter().position(|n| *n == name).unwrap_or_else(|| {
                    self.names.push(name.into_owned());
                    self.names.len() - 1
                }),
            };
            next = at + 1;
            if values.len() < next {
                values.resize(next, None);
            }
            values[at] = Some(value);
        }
        values
    }
}

/// True if a field of that name is no metric.
pub(crate) fn is_position(name: &str) -> bool {
    POSITIONS.iter().any(|position| position.eq_ignore_ascii_case(name))
}

/// True if two values of one place cannot be of one row: two numbers, or the texts of two folds.
fn tells_apart(name: &str, a: &LogValue, b: &LogValue) -> bool {
    if is_position(name) {
        return false;
    }
    match (a, b) {
        (LogValue::Text(a), LogValue::Text(b)) => a != b && (is_part(name) || is_like_number(a)),
        _ => match (a.number(), b.number()) {
            (Some(a), Some(b)) => a.to_bits() != b.to_bits(),
            (a, b) => is_part(name) && (a.is_some() != b.is_some()),
        },
    }
}

fn is_like_number(text: &str) -> bool {
    text.trim_start_matches(['+', '-', '.']).starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests;
