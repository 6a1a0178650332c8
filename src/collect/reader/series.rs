//! The records of one type over the epochs, with what a restart superseded taken out.

use std::borrow::Cow;

use sweep_config::table::{EPOCH_IND, EPOCH_MAX};

use super::record::{LogRecord, PlaceSource};
use crate::collect::log_value::LogValue;

/// Where in the training a record was logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EpochIter {
    pub(crate) epoch: i64,
    /// The iteration; 0 for a type without.
    pub(crate) iter: i64,
}

/// One record of a series.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SeriesRow {
    pub(crate) at: EpochIter,
    pub(crate) epoch_max: Option<i64>,
    pub(crate) iter_max: Option<i64>,
    /// How often the program had been started anew before it.
    pub(crate) run: u32,
    /// The line it stands on.
    pub(crate) line: u64,
    values: Vec<Option<LogValue>>,
}

/// Fields of a record that say where it was logged, and are no metrics.
pub(crate) const POSITIONS: [&str; 7] =
    ["epoch", "iter", "step", EPOCH_IND, EPOCH_MAX, "iter_ind", "iter_max"];

/// The records of one type, by epoch; every epoch (and iteration) once.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct LogSeries {
    /// The metrics of any record, in the order of their first mention.
    pub(crate) names: Vec<String>,
    rows: Vec<SeriesRow>,
    /// True if and only if a record names its iteration.
    pub(crate) has_iter: bool,
    /// What counts as the epoch is a step or the number of a row.
    pub(crate) is_by_step: bool,
    /// Its records need not have all metrics.
    pub(crate) is_sparse: bool,
}

impl SeriesRow {
    /// The row of a cache.
    pub(crate) fn from_parts(
        place: RowPlace,
        run: u32,
        line: u64,
        values: Vec<Option<LogValue>>,
    ) -> Self {
        let RowPlace { at, epoch_max, iter_max, .. } = place;
        Self { at, epoch_max, iter_max, run, line, values }
    }

    /// Takes the values that are given.
    fn complement(&mut self, values: Vec<Option<LogValue>>) {
        if self.values.len() < values.len() {
            self.values.resize(values.len(), None);
        }
        for (mine, new) in self.values.iter_mut().zip(values) {
            *mine = new.or_else(|| mine.take());
        }
    }

    /// The value of a metric; null where the row has none.
    pub(crate) fn value(&self, metric: usize) -> &LogValue {
        self.given(metric).unwrap_or(&LogValue::Null)
    }

    /// The value of a metric, if the row has one.
    pub(crate) fn given(&self, metric: usize) -> Option<&LogValue> {
        self.values.get(metric).and_then(Option::as_ref)
    }

    /// The values in the order of the names; what lies beyond their end is absent too.
    pub(crate) fn values(&self) -> &[Option<LogValue>] {
        &self.values
    }

    fn has_all(&self, metrics: usize) -> bool {
        self.values.len() == metrics && self.values.iter().all(Option::is_some)
    }

    /// True if and only if the row and the values tell two things of one metric: for records that need
    /// not have all metrics, two numbers; for others, any two values.
    fn contradicts(
        &self,
        values: &[Option<LogValue>],
        is_sparse: bool,
        is_position: impl Fn(usize) -> bool,
    ) -> bool {
        let mut both = self.values.iter().zip(values).enumerate();
        both.any(|(i, pair)| match pair {
            (Some(mine), Some(new)) if !is_position(i) => !is_sparse || are_two_numbers(mine, new),
            _ => false,
        })
    }
}

fn are_two_numbers(a: &LogValue, b: &LogValue) -> bool {
    match (a.number(), b.number()) {
        (Some(a), Some(b)) => a.to_bits() != b.to_bits(),
        _ => false,
    }
}

/// Where a record was logged, and of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowPlace {
    pub(crate) at: EpochIter,
    pub(crate) epoch_max: Option<i64>,
    pub(crate) iter_max: Option<i64>,
    pub(crate) is_step: bool,
}

impl RowPlace {
    /// The place of a record; `None` where its `epoch` (or `iter`) does not name one.
    pub(crate) fn of(record: &LogRecord<'_>) -> Option<Self> {
        let (at, is_step) = match record.place {
            PlaceSource::At(at) => (at, false),
            PlaceSource::Step(step) => (EpochIter { epoch: step, iter: 0 }, true),
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

    fn of_fields(epoch: &LogValue, iter: Option<&LogValue>) -> Option<Self> {
        let (epoch, epoch_max) = fraction(epoch)?;
        let (iter, iter_max) = match iter {
            Some(iter) => fraction(iter)?,
            None => (0, None),
        };
        Some(Self { at: EpochIter { epoch, iter }, epoch_max, iter_max, is_step: false })
    }
}

/// `"3/10"` is 3 of 10; a bare `3` is 3 of who knows how many.
fn fraction(log_value: &LogValue) -> Option<(i64, Option<i64>)> {
    match log_value {
        LogValue::Int(i) => Some((*i, None)),
        LogValue::Text(text) => match text.split_once('/') {
            Some((i, n)) => Some((i.trim().parse().ok()?, Some(n.trim().parse().ok()?))),
            None => Some((text.trim().parse().ok()?, None)),
        },
        _ => None,
    }
}

/// What a new row did to the older ones of its type.
pub(crate) struct RowAddition {
    /// How many older rows it superseded.
    pub(crate) superseded: usize,
    /// The line of the older row of the same position and an earlier run.
    pub(crate) earlier: Option<u64>,
}

impl LogSeries {
    /// The rows by epoch.
    pub(crate) fn rows(&self) -> &[SeriesRow] {
        &self.rows
    }

    /// The last value that a metric was given.
    pub(crate) fn last(&self, metric: usize) -> Option<&LogValue> {
        self.rows.iter().rev().find_map(|row| row.given(metric))
    }

    /// The values of a metric, by epoch.
    pub(crate) fn column(&self, metric: usize) -> impl Iterator<Item = &LogValue> {
        self.rows.iter().map(move |row| row.value(metric))
    }

    /// The series of a cache.
    pub(crate) fn from_parts(names: Vec<String>, rows: Vec<SeriesRow>, flags: [bool; 3]) -> Self {
        let [has_iter, is_by_step, is_sparse] = flags;
        Self { names, rows, has_iter, is_by_step, is_sparse }
    }

    /// The place that values in the order of the names have.
    pub(crate) fn place_of(&self, values: &[Option<LogValue>]) -> Option<RowPlace> {
        let named = |name: &str| {
            let at = self.names.iter().position(|known| known == name)?;
            values.get(at)?.as_ref()
        };
        RowPlace::of_fields(named("epoch")?, named("iter"))
    }

    /// Adds a record at its place.
    ///
    /// Where its epoch was logged before, that row and all later epochs are superseded: the program
    /// went on from there. Rows of an earlier run that lie beyond it are superseded in any case. Only
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

    /// True if and only if the row at an index is of that place and run, and has none of the metrics.
    fn complements(
        &self,
        index: usize,
        at: EpochIter,
        run: u32,
        values: &[Option<LogValue>],
    ) -> bool {
        let is_position = |i: usize| POSITIONS.contains(&self.names[i].as_str());
        let same = self.rows.get(index).filter(|row| row.at == at && row.run == run);
        same.is_some_and(|row| !row.contradicts(values, self.is_sparse, is_position))
    }

    /// Puts another series of the same type to this one; of two values for one place the other's counts.
    pub(crate) fn merge(&mut self, other: Self) {
        for row in other.rows {
            let named = other.names.iter().cloned().map(Cow::Owned).zip(row.values);
            let given = named.filter_map(|(name, value)| Some((name, value?)));
            let values = self.values(given);
            let from = self.rows.partition_point(|mine| mine.at < row.at);
            match self.rows.get_mut(from).filter(|mine| mine.at == row.at) {
                Some(mine) => mine.complement(values),
                None => self.rows.insert(from, SeriesRow { values, ..row }),
            }
        }
        self.has_iter |= other.has_iter;
        self.is_by_step |= other.is_by_step;
        self.is_sparse = true;
    }

    /// Takes out what an earlier run logged after a record that was now logged once more.
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

    /// How many rows lack a metric that another row has, and the line of the first one.
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

    /// A record's values in the order of the names. Lines of a type have the same keys in the
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::reader::record::parse;

    fn add_text(series: &mut LogSeries, text: &str, run: u32, line: u64) -> usize {
        let record = parse(text.as_bytes()).unwrap();
        let place = RowPlace::of(&record).unwrap();
        let values = series.values(record.fields.into_iter());
        series.add(values, place, run, line).superseded
    }

    fn add(series: &mut LogSeries, epoch: &str, run: u32, line: u64) -> usize {
        let text = format!(r#"{{"_type": "t", "epoch": "{epoch}", "line": {line}}}"#);
        add_text(series, &text, run, line)
    }

    fn lines(series: &LogSeries) -> Vec<(i64, u64)> {
        series.rows().iter().map(|row| (row.at.epoch, row.line)).collect()
    }

    #[test]
    fn a_restart_from_scratch_supersedes_the_whole_first_run() {
        let mut series = LogSeries::default();
        for line in 1..=8 {
            add(&mut series, &format!("{line}/50"), 0, line);
        }
        assert_eq!(add(&mut series, "1/50", 0, 9), 8);
        assert_eq!(add(&mut series, "2/50", 0, 10), 0);
        assert_eq!(lines(&series), [(1, 9), (2, 10)]);
    }

    #[test]
    fn a_resume_keeps_what_was_before_it() {
        let mut series = LogSeries::default();
        for line in 1..=25 {
            add(&mut series, &format!("{line}/50"), 0, line);
        }
        assert_eq!(add(&mut series, "21/50", 1, 26), 5);
        assert_eq!(lines(&series).last(), Some(&(21, 26)));
        assert_eq!(series.rows().len(), 21);
    }

    #[test]
    fn a_resume_whose_first_epoch_had_been_torn_supersedes_what_follows_it() {
        let mut series = LogSeries::default();
        add(&mut series, "1/4", 0, 1);
        add(&mut series, "3/4", 0, 2);
        assert_eq!(add(&mut series, "2/4", 1, 3), 1);
        assert_eq!(lines(&series), [(1, 1), (2, 3)]);
    }

    #[test]
    fn epochs_out_of_order_within_a_run_are_sorted() {
        let mut series = LogSeries::default();
        for (line, epoch) in (1..).zip(["1/4", "3/4", "2/4", "4/4"]) {
            assert_eq!(add(&mut series, epoch, 0, line), 0);
        }
        assert_eq!(lines(&series), [(1, 1), (2, 3), (3, 2), (4, 4)]);
    }

    #[test]
    fn a_metric_that_a_record_lacks_is_null_there() {
        let mut series = LogSeries::default();
        for (line, fields) in (1..).zip([r#""a": 1"#, r#""b": 2, "a": 3"#, r#""b": null"#]) {
            let text = format!(r#"{{"_type": "t", "epoch": {line}, {fields}}}"#);
            add_text(&mut series, &text, 0, line);
        }
        assert_eq!(series.names, ["epoch", "a", "b"]);
        let column = |i| series.column(i).cloned().collect::<Vec<_>>();
        assert_eq!(column(1), [LogValue::Int(1), LogValue::Int(3), LogValue::Null]);
        assert_eq!(column(2), [LogValue::Null, LogValue::Int(2), LogValue::Null]);
        assert_eq!(series.incomplete(), (2, Some(1)));
    }

    #[test]
    fn a_record_of_other_metrics_is_put_to_the_row_of_its_place() {
        let mut series = LogSeries::default();
        let texts =
            [r#"{"_type": "t", "epoch": 1, "a": 1}"#, r#"{"_type": "t", "epoch": 1, "b": 2}"#];
        for text in texts.iter().chain(&texts[1..]) {
            add_text(&mut series, text, 0, 1);
        }
        assert_eq!(series.rows().len(), 1);
        assert_eq!(
            series.rows()[0].value(1),
            &LogValue::Null,
            "the second `b` began the epoch anew"
        );
        assert_eq!(series.rows()[0].value(2), &LogValue::Int(2));
    }

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
