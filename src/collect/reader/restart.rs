//! Finds out which rows of a file a restart of the program superseded (pure).
//!
//! A place that is logged again proves nothing: validation rows may all name the same iteration, and a program may log
//! an epoch in several rows. A restart shows by a new header, by as many repetitions as the journal has further
//! attempts, or by rows that go on from an earlier place as they did before. Then all that was logged since that place
//! counts no more, whatever its type.

use std::collections::BTreeMap;
use std::ops::{Bound, Range};

use super::record::EpochIter;

/// A row as far as restarts go.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowTrace {
    pub(super) line: u64,
    pub(super) at: EpochIter,
    /// The number of headers before it.
    pub(super) run: u32,
    /// The number of what it measures: rows of one group have a metric in common.
    pub(super) group: usize,
}

/// Returns the lines whose rows were superseded, as ranges in order; `trace` is in the order of the file, and
/// `restarts` is how many the journal knows.
pub(super) fn superseded(trace: &[RowTrace], restarts: usize) -> Vec<Range<u64>> {
    let mut search = RestartSearch::new(trace, restarts);
    for row in 0..trace.len() {
        search.visit(row);
    }
    search.ranges
}

/// The rows of one group that were visited.
#[derive(Default)]
struct GroupHistory {
    /// The last one.
    last: Option<usize>,
    /// The last line of each place.
    places: BTreeMap<EpochIter, u64>,
    /// How often a row is of the place of the one before it, in the whole file.
    repeated: usize,
}

struct RestartSearch<'a> {
    trace: &'a [RowTrace],
    groups: Vec<GroupHistory>,
    /// The next row of the group of each row.
    next: Vec<Option<usize>>,
    /// True of a row that is no later than the one before it of its group.
    is_back: Vec<bool>,
    /// The restarts of the journal that are not explained yet.
    left: usize,
    restarts: usize,
    /// The first line of the last restart that was found.
    start: Option<u64>,
    ranges: Vec<Range<u64>>,
}

impl<'a> RestartSearch<'a> {
    fn new(trace: &'a [RowTrace], restarts: usize) -> Self {
        let count = trace.iter().map(|row| row.group + 1).max().unwrap_or(0);
        let mut groups: Vec<GroupHistory> = Vec::new();
        groups.resize_with(count, GroupHistory::default);
        let (mut next, mut is_back) = (vec![None; trace.len()], vec![false; trace.len()]);
        let mut last: Vec<Option<usize>> = vec![None; count];
        for (row, traced) in trace.iter().enumerate() {
            if let Some(before) = last[traced.group].replace(row) {
                next[before] = Some(row);
                is_back[row] = traced.at <= trace[before].at;
                groups[traced.group].repeated += usize::from(traced.at == trace[before].at);
            }
        }
        Self { trace, groups, next, is_back, left: restarts, restarts, start: None, ranges: vec![] }
    }

    fn visit(&mut self, row: usize) {
        let traced = self.trace[row];
        if let Some(last) = self.groups[traced.group].last
            && (self.is_back[row] || traced.run > self.trace[last].run)
        {
            self.back(row, last);
        }
        let group = &mut self.groups[traced.group];
        group.last = Some(row);
        group.places.insert(traced.at, traced.line);
    }

    /// Looks at a row that is no later than the last one of its group, or of another run.
    fn back(&mut self, row: usize, last: usize) {
        let (traced, before) = (self.trace[row], self.trace[last]);
        let known = self.start.filter(|start| *start > before.line);
        let start = if known.is_some() {
            known
        } else if traced.run > before.run {
            let first = self.trace.partition_point(|other| other.run < traced.run);
            self.trace.get(first).map(|other| other.line)
        } else if self.goes_on(row) {
            Some(self.first_line(row))
        } else if self.is_in_journal(row, last) {
            self.left -= 1;
            Some(self.first_line(row))
        } else {
            None
        };
        let Some(start) = start else { return };
        let beyond = self.groups[traced.group].places.split_off(&traced.at);
        let beyond = beyond.into_values().filter(|line| *line < start && !self.is_lost(*line));
        if let Some(first) = beyond.min() {
            self.start = Some(start);
            self.lose(first..start);
        }
    }

    /// True if this row and the next one of its group are of places that follow each other, and both were there.
    fn goes_on(&self, row: usize) -> bool {
        let (at, places) = (self.trace[row].at, &self.groups[self.trace[row].group].places);
        let is_there = |line: &u64| !self.is_lost(*line);
        let second = self.next[row].map(|next| self.trace[next].at);
        let mut later = places.range((Bound::Excluded(at), Bound::Unbounded));
        places.get(&at).is_some_and(is_there)
            && second.is_some()
            && later.find(|(_, line)| is_there(line)).map(|(at, _)| *at) == second
    }

    /// True if the journal has a restart that explains the row. One at the very place where the program had been is
    /// none if the program went on in between, or does so again and again.
    fn is_in_journal(&self, row: usize, last: usize) -> bool {
        let (traced, before) = (self.trace[row], self.trace[last]);
        let is_again = || {
            let between = &self.trace[last + 1..row];
            self.groups[traced.group].repeated <= self.restarts
                && between.iter().all(|other| other.at <= traced.at)
        };
        self.left > 0 && (traced.at < before.at || is_again())
    }

    /// Returns the first line of the run that shows by a row: other groups may have gone back just before.
    fn first_line(&self, row: usize) -> u64 {
        let rows = (0..=row).rev().take_while(|at| *at == row || self.is_back[*at]);
        rows.last().map_or(0, |at| self.trace[at].line)
    }

    fn is_lost(&self, line: u64) -> bool {
        let at = self.ranges.partition_point(|range| range.end <= line);
        self.ranges.get(at).is_some_and(|range| range.contains(&line))
    }

    fn lose(&mut self, mut range: Range<u64>) {
        while let Some(last) = self.ranges.pop_if(|last| last.end >= range.start) {
            range = last.start.min(range.start)..last.end.max(range.end);
        }
        self.ranges.push(range);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Rows `GROUP PLACE`, one a line; a bar is a header.
    fn lost(text: &str, restarts: usize) -> Vec<u64> {
        let (mut run, mut trace) = (0, Vec::new());
        for word in text.split_whitespace() {
            if word == "|" {
                run += 1;
                continue;
            }
            let (group, place) = word.split_at(1);
            let at = EpochIter { epoch: place.parse().unwrap(), iter: 0 };
            let group = usize::from(group.as_bytes()[0] - b'a');
            trace.push(RowTrace { line: trace.len() as u64, at, run, group });
        }
        superseded(&trace, restarts).into_iter().flatten().collect()
    }

    #[test]
    fn a_place_that_is_logged_again_proves_no_restart() {
        assert_eq!(lost("a200 b125 a400 b125 a600 b125", 0), [0; 0]);
        assert_eq!(lost("a1 a1 a1 a2 a2", 0), [0; 0]);
        assert_eq!(lost("a1 a2 a3 a4 a2", 0), [0; 0], "the best epoch once more");
        assert_eq!(lost("a1 a2 a3 a4 a2 a4", 0), [0; 0]);
    }

    #[test]
    fn rows_that_go_on_from_an_earlier_place_are_a_restart() {
        assert_eq!(lost("a1 a2 a3 a4 a2 a3", 0), [1, 2, 3]);
        assert_eq!(lost("a1 b1 a2 b2 a3 b3 a2 b2 a3 b3", 0), [2, 3, 4, 5]);
        assert_eq!(lost("a1 b1 a2 b2 a3 b3 b2 a2 b3 a3 b4", 0), [2, 3, 4, 5]);
        assert_eq!(lost("a1 a2 a3 b3 a1 a2", 0), [0, 1, 2, 3], "other types too");
    }

    #[test]
    fn a_header_and_the_journal_show_it_by_one_row() {
        assert_eq!(lost("a1 a2 a3 | a3 a4", 0), [2]);
        assert_eq!(lost("a1 a2 a3 | a4 a5", 0), [0; 0]);
        assert_eq!(lost("a1 a2 a3 a2", 1), [1, 2]);
        assert_eq!(lost("a1 b1 a2 b2 a2", 1), [2, 3]);
        assert_eq!(lost("a200 b125 a400 b125 a600", 1), [0; 0]);
    }

    proptest! {
        #[test]
        fn only_what_is_not_ascending_loses_rows(
            rows in proptest::collection::vec((0_usize..3, 0_i64..6, 0_u32..2), 0..40),
            restarts in 0_usize..3,
        ) {
            let mut run = 0;
            let row = |(line, (group, epoch, header)): (u64, &(usize, i64, u32))| {
                run += header;
                RowTrace { line, at: EpochIter { epoch: *epoch, iter: 0 }, run, group: *group }
            };
            let trace: Vec<RowTrace> = (0..).zip(&rows).map(row).collect();
            let ranges = superseded(&trace, restarts);
            prop_assert!(ranges.windows(2).all(|pair| pair[0].end < pair[1].start));
            let is_lost = |line: &u64| ranges.iter().any(|range| range.contains(line));
            prop_assert!(trace.last().is_none_or(|row| !is_lost(&row.line)));
            let mut one = trace.clone();
            one.sort_by_key(|row| (row.run, row.at));
            one.dedup_by_key(|row| row.at);
            one.retain(|row| row.run == 0);
            (0..).zip(&mut one).for_each(|(line, row)| row.line = line);
            prop_assert_eq!(superseded(&one, 0), Vec::<Range<u64>>::new());
        }
    }

    #[test]
    fn restarts_may_follow_each_other() {
        assert_eq!(lost("a1 a2 a3 a1 a2 a3 a2 a3 a4", 0), [0, 1, 2, 4, 5]);
    }
}
