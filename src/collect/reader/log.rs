//! All that one job logged, by type.

use super::once::OnceFields;
use super::once_shape::ShapedFields;
use super::record::{LogRecord, PlaceSource, RESERVED};
use super::row::RowPlace;
use super::series::LogSeries;
use crate::collect::diagnostic::{DiagnosticKind, DiagnosticPlace, Diagnostics};
use crate::collect::log_value::LogValue;
use crate::collect::odd_cells::OddCells;

/// The type whose second instance shows that the program was started anew.
const HEADER: &str = "cfg";

/// The records of one type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum LoggedType<'a> {
    /// The first instance of a type without epochs.
    Once(&'a OnceFields),
    /// All epochs of a type with epochs.
    Series(&'a LogSeries),
}

/// All records of a program, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct JobLog {
    /// The types, sorted by name.
    pub(super) types: Vec<LogType>,
    pub(super) run: u32,
    /// The cells that are no numbers, of a log that is settled.
    pub(crate) odd_cells: Vec<OddCells>,
}

/// The records of one type, and how they were logged.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct LogType {
    pub(crate) name: String,
    pub(crate) once: Option<OnceFields>,
    /// The number of records without an epoch, and the line of the first.
    pub(crate) untimed: usize,
    pub(crate) untimed_line: u64,
    pub(crate) series: LogSeries,
}

impl JobLog {
    /// Restores a log from the cache; the types are sorted by name.
    pub(crate) fn from_parts(types: Vec<LogType>, run: u32) -> Self {
        Self { types, run, odd_cells: Vec::new() }
    }

    /// Returns the parts that [`JobLog::from_parts`] takes.
    pub(crate) fn parts(&self) -> (&[LogType], u32) {
        (&self.types, self.run)
    }

    /// Returns the records by type, in the order of the names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, LoggedType<'_>)> {
        self.types.iter().filter_map(|kind| Some((kind.name.as_str(), kind.logged()?)))
    }

    /// Returns the records of a type.
    pub(crate) fn get(&self, name: &str) -> Option<LoggedType<'_>> {
        let at = self.types.binary_search_by(|kind| kind.name.as_str().cmp(name)).ok()?;
        self.types[at].logged()
    }

    /// True if nothing was logged.
    pub(crate) fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Returns the index of a type with epochs.
    pub(super) fn series_at(&self, name: &[u8]) -> Option<usize> {
        let at = self.types.iter().position(|kind| kind.name.as_bytes() == name)?;
        (!self.types[at].series.rows().is_empty()).then_some(at)
    }

    /// Returns the series at an index.
    pub(super) fn series(&self, at: usize) -> &LogSeries {
        &self.types[at].series
    }

    /// Adds a record of pycls's to the series at an index, its values in the order of the names; false,
    /// and nothing was done, where they name no epoch.
    pub(super) fn add_values(
        &mut self,
        at: usize,
        values: Vec<Option<LogValue>>,
        line: u64,
        diagnostics: &mut Diagnostics,
    ) -> bool {
        let Some(place) = self.types[at].series.place_of(&values) else { return false };
        self.add_at(at, values, place, line, diagnostics);
        true
    }

    /// Adds the record of a line.
    pub(super) fn add(&mut self, record: LogRecord<'_>, line: u64, diagnostics: &mut Diagnostics) {
        if RESERVED.contains(&record.kind.as_ref()) {
            diagnostics.add(DiagnosticKind::ReservedType, DiagnosticPlace::Line(line));
            return;
        }
        let at = self.type_of_record(&record.kind);
        self.types[at].series.is_sparse |= record.place != PlaceSource::Fields;
        let is_timed = match record.place {
            PlaceSource::Fields => record.fields.iter().any(|(name, _)| name == "epoch"),
            PlaceSource::Once => false,
            PlaceSource::At(_) | PlaceSource::Step(_) | PlaceSource::Line(_) => true,
        };
        if !is_timed {
            let named = record.fields.into_iter().map(|(name, value)| (name.into_owned(), value));
            return self.add_untimed(at, line, || named.collect());
        }
        let Some(place) = RowPlace::of(&record) else {
            diagnostics.add(DiagnosticKind::BadEpoch, DiagnosticPlace::Line(line));
            return;
        };
        let values = self.types[at].series.values(record.fields.into_iter());
        self.add_at(at, values, place, line, diagnostics);
    }

    /// Adds the record of a line that names no epoch.
    pub(super) fn add_shaped(&mut self, fields: ShapedFields, line: u64) {
        let at = self.type_of_record(fields.kind());
        self.add_untimed(at, line, || OnceFields::Shaped(fields));
    }

    /// Returns the index of the type of a record, which may show that the program was started anew.
    fn type_of_record(&mut self, kind: &str) -> usize {
        let at = self.type_at(kind);
        if self.types[at].name == HEADER && !self.types[at].series.rows().is_empty() {
            self.begin_run();
        }
        at
    }

    /// Adds the record of a line whose values take the place of those that its place has.
    pub(super) fn add_latest(
        &mut self,
        record: LogRecord<'_>,
        line: u64,
        diagnostics: &mut Diagnostics,
    ) {
        if RESERVED.contains(&record.kind.as_ref()) {
            return diagnostics.add(DiagnosticKind::ReservedType, DiagnosticPlace::Line(line));
        }
        let at = self.type_at(&record.kind);
        let Some(place) = RowPlace::of(&record) else {
            let named = record.fields.into_iter().map(|(name, value)| (name.into_owned(), value));
            return self.types[at].once.get_or_insert_default().extend(named);
        };
        let values = self.types[at].series.values(record.fields.into_iter());
        self.types[at].series.set(values, place, line);
    }

    /// Gathers what was logged so far at the place of a record: of each metric the last value.
    pub(super) fn gather_at(&mut self, record: &LogRecord<'_>) {
        let Some(place) = RowPlace::of(record) else { return };
        for kind in &mut self.types {
            kind.series.gather_at(place);
        }
    }

    /// Removes the rows beyond an epoch; returns how many there were.
    pub(super) fn drop_after(&mut self, epoch: i64) -> usize {
        self.types.iter_mut().map(|kind| kind.series.drop_after(epoch)).sum()
    }

    /// Notes that the program was started anew, or its log begun anew.
    pub(super) fn begin_run(&mut self) {
        self.run += 1;
    }

    /// Reports what only the whole log shows.
    pub(super) fn report_gaps(&self, diagnostics: &mut Diagnostics) {
        for kind in self.types.iter().filter(|kind| !kind.series.rows().is_empty()) {
            if !kind.series.is_sparse {
                let (lacking, first) = kind.series.incomplete();
                diagnostics.add_times(
                    DiagnosticKind::MissingMetric,
                    lacking,
                    DiagnosticPlace::Line(first.unwrap_or(0)),
                );
            }
            diagnostics.add_times(
                DiagnosticKind::BadEpoch,
                kind.untimed,
                DiagnosticPlace::Line(kind.untimed_line),
            );
        }
    }

    pub(super) fn type_at(&mut self, name: &str) -> usize {
        self.types.binary_search_by(|kind| kind.name.as_str().cmp(name)).unwrap_or_else(|at| {
            self.types.insert(at, LogType { name: name.to_owned(), ..LogType::default() });
            at
        })
    }

    fn add_untimed(&mut self, at: usize, line: u64, fields: impl FnOnce() -> OnceFields) {
        let kind = &mut self.types[at];
        kind.untimed += 1;
        if kind.once.is_some() {
            self.run += u32::from(kind.name == HEADER);
            return;
        }
        kind.untimed_line = line;
        kind.once = Some(fields());
    }

    /// Adds a record with an epoch.
    ///
    /// After a restart the first record of an epoch also takes out what the *other* types had
    /// logged after its first instance, so that no epoch mixes two runs where the second one
    /// stopped half-way.
    fn add_at(
        &mut self,
        at: usize,
        values: Vec<Option<LogValue>>,
        place: RowPlace,
        line: u64,
        diagnostics: &mut Diagnostics,
    ) {
        if self.types[at].series.is_sparse {
            return self.types[at].series.add_row(values, place, self.run, line);
        }
        let added = self.types[at].series.add(values, place, self.run, line);
        let mut superseded = added.superseded;
        if self.run > 0 {
            let others = self.types.iter_mut().enumerate().filter(|(other, _)| *other != at);
            for (_, kind) in others.filter(|(_, kind)| !kind.series.is_sparse) {
                superseded += kind.series.rewind(place.at.epoch, self.run, added.earlier);
            }
        }
        diagnostics.add_times(DiagnosticKind::Superseded, superseded, DiagnosticPlace::Line(line));
    }
}

impl LogType {
    fn logged(&self) -> Option<LoggedType<'_>> {
        if self.series.rows().is_empty() {
            return self.once.as_ref().map(LoggedType::Once);
        }
        Some(LoggedType::Series(&self.series))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::reader::record::parse;

    fn assemble(lines: &[&str]) -> (JobLog, Diagnostics) {
        let (mut log, mut diagnostics) = (JobLog::default(), Diagnostics::default());
        for (number, line) in (1..).zip(lines) {
            let (kind, epoch) = line.split_once(' ').unwrap_or((line, ""));
            let epoch =
                if epoch.is_empty() { String::new() } else { format!(", \"epoch\": {epoch}") };
            let text = format!(r#"{{"_type": "{kind}"{epoch}, "line": {number}}}"#);
            log.add(parse(text.as_bytes()).unwrap(), number, &mut diagnostics);
        }
        log.report_gaps(&mut diagnostics);
        (log, diagnostics)
    }

    fn lines(log: &JobLog, kind: &str) -> Vec<u64> {
        match log.get(kind) {
            Some(LoggedType::Series(series)) => series.rows().iter().map(|row| row.line).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn of_a_type_without_epochs_the_first_instance_counts() {
        let (log, diagnostics) = assemble(&["cfg", "cfg", "note", "note"]);
        for (kind, line) in [("cfg", 1), ("note", 3)] {
            let Some(LoggedType::Once(once)) = log.get(kind) else {
                panic!("{kind} has no epochs")
            };
            assert_eq!(once.int_at(&["line"]), Some(line));
        }
        assert_eq!(diagnostics, Diagnostics::default());
    }

    #[test]
    fn a_restart_that_stops_half_way_leaves_no_row_of_two_runs() {
        let (log, diagnostics) =
            assemble(&["cfg", "train 1", "test 1", "train 2", "test 2", "cfg", "train 1"]);
        assert_eq!(lines(&log, "train"), [7]);
        assert_eq!(lines(&log, "test"), [0; 0]);
        assert_eq!(
            diagnostics.kinds(),
            [(DiagnosticKind::Superseded, 4, DiagnosticPlace::Line(7))]
        );
    }

    #[test]
    fn a_resume_that_tests_first_keeps_the_training_before_it() {
        let (log, _) = assemble(&[
            "cfg", "train 1", "test 1", "train 2", "cfg", "test 1", "train 2", "test 2",
        ]);
        assert_eq!(lines(&log, "train"), [2, 7]);
        assert_eq!(lines(&log, "test"), [6, 8]);
    }

    #[test]
    fn a_record_without_an_epoch_among_others_with_one_is_left_out() {
        let (log, diagnostics) = assemble(&["test 1", "test", "test \"x\"", "state"]);
        assert_eq!(lines(&log, "test"), [1]);
        assert_eq!(
            diagnostics.kinds(),
            [
                (DiagnosticKind::BadEpoch, 2, DiagnosticPlace::Line(3)),
                (DiagnosticKind::ReservedType, 1, DiagnosticPlace::Line(4))
            ]
        );
    }
}
