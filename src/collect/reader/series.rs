//! The records of one type over the epochs, with what a restart superseded taken out.

use super::record::Record;
use crate::collect::datum::Datum;

/// Where in the training a record was logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At {
    pub(crate) epoch: i64,
    /// The iteration; 0 for a type without.
    pub(crate) iter: i64,
}

/// One record of a series.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) at: At,
    pub(crate) epoch_max: Option<i64>,
    pub(crate) iter_max: Option<i64>,
    /// How often the program had been started anew before it.
    pub(crate) run: u32,
    /// The line it stands on.
    pub(crate) line: u64,
    /// In the order of the names; what lies beyond its end is absent too.
    values: Vec<Option<Datum>>,
}

/// The records of one type, by epoch; every epoch (and iteration) once.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Series {
    /// The metrics of any record, in the order of their first mention.
    pub(crate) names: Vec<String>,
    rows: Vec<Row>,
    /// True if and only if a record names its iteration.
    pub(crate) has_iter: bool,
}

impl Row {
    /// The position of a record; `None` where its `epoch` (or `iter`) does not name one.
    pub(crate) fn position(record: &Record<'_>) -> Option<(At, Option<i64>, Option<i64>)> {
        let field = |name: &str| record.fields.iter().rev().find(|f| f.0 == name).map(|f| &f.1);
        let (epoch, epoch_max) = fraction(field("epoch")?)?;
        let (iter, iter_max) = match field("iter") {
            Some(iter) => fraction(iter)?,
            None => (0, None),
        };
        Some((At { epoch, iter }, epoch_max, iter_max))
    }

    /// The value of a metric; null where the row has none.
    pub(crate) fn value(&self, metric: usize) -> &Datum {
        self.values.get(metric).and_then(Option::as_ref).unwrap_or(&Datum::Null)
    }

    fn has_all(&self, metrics: usize) -> bool {
        self.values.len() == metrics && self.values.iter().all(Option::is_some)
    }
}

/// `"3/10"` is 3 of 10; a bare `3` is 3 of who knows how many.
fn fraction(datum: &Datum) -> Option<(i64, Option<i64>)> {
    match datum {
        Datum::Int(i) => Some((*i, None)),
        Datum::Text(text) => match text.split_once('/') {
            Some((i, n)) => Some((i.trim().parse().ok()?, Some(n.trim().parse().ok()?))),
            None => Some((text.trim().parse().ok()?, None)),
        },
        _ => None,
    }
}

/// What a new row did to the older ones of its type.
pub(crate) struct Added {
    /// How many older rows it superseded.
    pub(crate) superseded: usize,
    /// The line of the older row of the same position and an earlier run.
    pub(crate) earlier: Option<u64>,
}

impl Series {
    /// The rows by epoch.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The values of a metric, by epoch.
    pub(crate) fn column(&self, metric: usize) -> impl Iterator<Item = &Datum> {
        self.rows.iter().map(move |row| row.value(metric))
    }

    /// Adds a record.
    ///
    /// Where its epoch was logged before, that row and all later epochs are superseded: the program
    /// went on from there. Rows of an earlier run that lie beyond it are superseded in any case.
    pub(crate) fn add(&mut self, record: Record<'_>, run: u32, line: u64) -> Option<Added> {
        let (at, epoch_max, iter_max) = Row::position(&record)?;
        self.has_iter |= at.iter != 0 || iter_max.is_some();
        let from = self.rows.partition_point(|row| row.at < at);
        let same = self.rows.get(from).filter(|row| row.at == at);
        let again = same.is_some();
        let earlier = same.filter(|row| row.run < run).map(|row| row.line);
        let superseded = self.drop_from(from, |row| again || row.run < run);
        let values = self.values(record);
        self.rows.insert(from, Row { at, epoch_max, iter_max, run, line, values });
        Some(Added { superseded, earlier })
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

    fn drop_from(&mut self, from: usize, drop: impl Fn(&Row) -> bool) -> usize {
        let before = self.rows.len();
        if from < before {
            let tail = self.rows.split_off(from);
            self.rows.extend(tail.into_iter().filter(|row| !drop(row)));
        }
        before - self.rows.len()
    }

    /// The record's values in the order of the names. Lines of a type have the same keys in the
    /// same order, so that the next name is nearly always the right one.
    fn values(&mut self, record: Record<'_>) -> Vec<Option<Datum>> {
        let mut values = Vec::with_capacity(self.names.len().max(record.fields.len()));
        let mut next = 0;
        for (name, value) in record.fields {
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

    fn add(series: &mut Series, epoch: &str, run: u32, line: u64) -> usize {
        let text = format!(r#"{{"_type": "t", "epoch": "{epoch}", "line": {line}}}"#);
        series.add(parse(text.as_bytes()).unwrap(), run, line).unwrap().superseded
    }

    fn lines(series: &Series) -> Vec<(i64, u64)> {
        series.rows().iter().map(|row| (row.at.epoch, row.line)).collect()
    }

    #[test]
    fn a_restart_from_scratch_supersedes_the_whole_first_run() {
        let mut series = Series::default();
        for line in 1..=8 {
            add(&mut series, &format!("{line}/50"), 0, line);
        }
        assert_eq!(add(&mut series, "1/50", 0, 9), 8);
        assert_eq!(add(&mut series, "2/50", 0, 10), 0);
        assert_eq!(lines(&series), [(1, 9), (2, 10)]);
    }

    #[test]
    fn a_resume_keeps_what_was_before_it() {
        let mut series = Series::default();
        for line in 1..=25 {
            add(&mut series, &format!("{line}/50"), 0, line);
        }
        assert_eq!(add(&mut series, "21/50", 1, 26), 5);
        assert_eq!(lines(&series).last(), Some(&(21, 26)));
        assert_eq!(series.rows().len(), 21);
    }

    #[test]
    fn a_resume_whose_first_epoch_had_been_torn_supersedes_what_follows_it() {
        let mut series = Series::default();
        add(&mut series, "1/4", 0, 1);
        add(&mut series, "3/4", 0, 2);
        assert_eq!(add(&mut series, "2/4", 1, 3), 1);
        assert_eq!(lines(&series), [(1, 1), (2, 3)]);
    }

    #[test]
    fn epochs_out_of_order_within_a_run_are_sorted() {
        let mut series = Series::default();
        for (line, epoch) in (1..).zip(["1/4", "3/4", "2/4", "4/4"]) {
            assert_eq!(add(&mut series, epoch, 0, line), 0);
        }
        assert_eq!(lines(&series), [(1, 1), (2, 3), (3, 2), (4, 4)]);
    }

    #[test]
    fn a_metric_that_a_record_lacks_is_null_there() {
        let mut series = Series::default();
        for (line, fields) in (1..).zip([r#""a": 1"#, r#""b": 2, "a": 3"#, r#""b": null"#]) {
            let text = format!(r#"{{"_type": "t", "epoch": {line}, {fields}}}"#);
            series.add(parse(text.as_bytes()).unwrap(), 0, line).unwrap();
        }
        assert_eq!(series.names, ["epoch", "a", "b"]);
        let column = |i| series.column(i).cloned().collect::<Vec<_>>();
        assert_eq!(column(1), [Datum::Int(1), Datum::Int(3), Datum::Null]);
        assert_eq!(column(2), [Datum::Null, Datum::Int(2), Datum::Null]);
        assert_eq!(series.incomplete(), (2, Some(1)));
    }

    #[test]
    fn an_epoch_is_a_fraction_or_a_number() {
        assert_eq!(fraction(&Datum::text("3/10")), Some((3, Some(10))));
        assert_eq!(fraction(&Datum::Int(3)), Some((3, None)));
        assert_eq!(fraction(&Datum::text("3")), Some((3, None)));
        for odd in [Datum::text("a/10"), Datum::text("3/"), Datum::Float(1.5), Datum::Null] {
            assert_eq!(fraction(&odd), None);
        }
    }
}
