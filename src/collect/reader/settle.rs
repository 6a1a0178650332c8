//! Orders the rows of programs that know nothing of us, once a file is read as far as it goes: which are of a series of
//! their own, where they belong, and which a restart superseded. What was read stays as it is, for a later reading.

mod apart;
mod numbers;
mod places;

use super::log::{JobLog, LogType};
use super::restart::{self, RowTrace};
use super::row_keys::{RowKeys, is_part};
use super::series::{LogSeries, is_position};
use crate::collect::diagnostic::{DiagnosticKind, DiagnosticPlace, Diagnostics};

impl JobLog {
    /// Orders the rows, and reports what only the whole log shows. The journal of the job tells of so many restarts.
    pub(crate) fn settle(
        &mut self,
        keys: &RowKeys,
        restarts: usize,
        diagnostics: &mut Diagnostics,
    ) {
        if self.types.iter().any(|kind| kind.series.is_unsettled()) {
            self.part(keys);
            for kind in self.types.iter_mut().filter(|kind| kind.series.is_unsettled()) {
                self.odd_cells.extend(kind.series.read_numbers(&kind.name, keys));
            }
            let unsettled = self.types.iter_mut().filter(|kind| kind.series.is_unsettled());
            let fractions: Vec<bool> =
                unsettled.map(|kind| kind.series.find_places(keys)).collect();
            self.drop_superseded(keys, restarts, diagnostics);
            let unsettled = self.types.iter_mut().filter(|kind| kind.series.is_unsettled());
            for (kind, is_at_fractions) in unsettled.zip(fractions) {
                let (times, first) = kind.series.order(is_at_fractions);
                diagnostics.add_times(
                    DiagnosticKind::Repeated,
                    times,
                    DiagnosticPlace::Line(first),
                );
            }
        }
        self.report_gaps(diagnostics);
    }

    /// Gives the rows of each fold, seed or task a type of their own.
    fn part(&mut self, keys: &RowKeys) {
        for mut kind in std::mem::take(&mut self.types) {
            let parts = if kind.series.is_unsettled() { kind.series.part(keys) } else { vec![] };
            for (label, series) in parts {
                let at = self.type_at(&format!("{}.{label}", kind.name));
                self.types[at].series = series;
            }
            let at = self.type_at(&kind.name);
            self.types[at] = LogType { name: std::mem::take(&mut kind.name), ..kind };
        }
    }

    fn drop_superseded(&mut self, keys: &RowKeys, restarts: usize, diagnostics: &mut Diagnostics) {
        let unsettled = || self.types.iter().filter(|kind| kind.series.is_unsettled());
        if unsettled().all(|kind| kind.series.is_ascending()) {
            return;
        }
        let (mut trace, mut groups) = (Vec::new(), 0);
        for kind in unsettled() {
            kind.series.trace(keys, groups, &mut trace);
            groups += kind.series.names.len() + 1;
        }
        trace.sort_by_key(|row: &RowTrace| row.line);
        let ranges = restart::superseded(&trace, restarts);
        let Some(last) = ranges.last() else { return };
        let is_lost = |line: u64| {
            let at = ranges.partition_point(|range| range.end <= line);
            ranges.get(at).is_some_and(|range| range.contains(&line))
        };
        let mut times = 0;
        for kind in self.types.iter_mut().filter(|kind| kind.series.is_unsettled()) {
            let before = kind.series.rows.len();
            kind.series.rows.retain(|row| !is_lost(row.line));
            times += before - kind.series.rows.len();
        }
        let place = DiagnosticPlace::Line(last.end);
        diagnostics.add_times(DiagnosticKind::Superseded, times, place);
    }
}

impl LogSeries {
    /// True if its rows are in the order of the file.
    fn is_unsettled(&self) -> bool {
        self.is_sparse
    }

    fn is_ascending(&self) -> bool {
        self.rows.windows(2).all(|pair| pair[0].at < pair[1].at)
    }

    /// Adds its rows to a trace; its groups have the numbers from `first` on: the first number that a row has names
    /// its group.
    fn trace(&self, keys: &RowKeys, first: usize, trace: &mut Vec<RowTrace>) {
        let is_metric =
            |name: &String| !is_position(name) && !keys.is_place(name) && !is_part(name);
        let is_metric: Vec<bool> = self.names.iter().map(is_metric).collect();
        trace.extend(self.rows.iter().map(|row| {
            let has_number = |at: &usize| {
                is_metric[*at] && row.given(*at).is_some_and(|value| value.number().is_some())
            };
            let group = (0..self.names.len()).find(has_number).unwrap_or(self.names.len());
            RowTrace { line: row.line, at: row.at, run: row.run, group: first + group }
        }));
    }

    /// Orders the rows by place, and puts together those of one place that tell nothing twice. Returns how many tell
    /// again what a row of their place told, and the line of the first.
    fn order(&mut self, is_at_fractions: bool) -> (usize, u64) {
        let is_ordered = self.is_ascending();
        if !is_ordered {
            self.rows.sort_by_key(|row| row.at);
        }
        let (mut times, mut first) = (0, 0);
        if !is_ordered {
            for row in std::mem::take(&mut self.rows) {
                let last = self.rows.len().checked_sub(1);
                match last.filter(|last| self.rows[*last].at == row.at) {
                    Some(last) if self.can_join(last, &row) => {
                        self.rows[last].complement(row.values);
                        continue;
                    }
                    Some(last) if self.rows[last].has_as_many(&row) => {
                        first = if times == 0 { row.line } else { first };
                        times += 1;
                    }
                    _ => {}
                }
                self.rows.push(row);
            }
        }
        if is_at_fractions {
            self.number_fractions();
        }
        self.has_iter = self.rows.iter().any(|row| row.at.iter != 0 || row.iter_max.is_some());
        (times, first)
    }
}
