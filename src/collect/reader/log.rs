//! The records of one log, by type.

use std::collections::BTreeMap;

use super::record::Record;
use super::series::Series;
use crate::collect::datum::Datum;
use crate::collect::remark::{Kind, Place, Remarks};

/// The type whose second instance shows that the program was started anew.
const HEADER: &str = "cfg";

/// Names that an entry of `sweep.json` has besides the types.
pub(crate) const RESERVED: [&str; 5] = ["err", "err_file", "job", "log_file", "state"];

/// A type that is logged once: its fields by name.
pub(crate) type Once = BTreeMap<String, Datum>;

/// What was logged of one type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Logged {
    /// The first instance of a type without epochs.
    Once(Once),
    /// All epochs of a type with epochs.
    Series(Series),
}

/// What a program logged, by type.
pub(crate) type Log = BTreeMap<String, Logged>;

/// Puts records together in the order of the file.
#[derive(Default)]
pub(crate) struct Assembler {
    types: Vec<Type>,
    run: u32,
}

struct Type {
    name: String,
    once: Option<Once>,
    /// How many records had no epoch, and the line of the first.
    untimed: usize,
    untimed_line: u64,
    series: Series,
}

impl Assembler {
    /// Adds the record of a line.
    pub(crate) fn add(&mut self, record: Record<'_>, line: u64, remarks: &mut Remarks) {
        if RESERVED.contains(&record.kind.as_ref()) {
            remarks.add(Kind::ReservedType, Place::Line(line));
            return;
        }
        let at = self.type_at(&record.kind);
        if record.fields.iter().any(|(name, _)| name == "epoch") {
            self.add_timed(at, record, line, remarks);
        } else {
            self.add_untimed(at, record, line);
        }
    }

    /// What there is by type; `remarks` gets what only the whole log shows.
    pub(crate) fn finish(self, remarks: &mut Remarks) -> Log {
        let mut log = Log::new();
        for kind in self.types {
            if kind.series.rows().is_empty() {
                log.extend(kind.once.map(|once| (kind.name, Logged::Once(once))));
                continue;
            }
            let (lacking, first) = kind.series.incomplete();
            remarks.add_times(Kind::MissingMetric, lacking, Place::Line(first.unwrap_or(0)));
            remarks.add_times(Kind::BadEpoch, kind.untimed, Place::Line(kind.untimed_line));
            log.insert(kind.name, Logged::Series(kind.series));
        }
        log
    }

    fn type_at(&mut self, name: &str) -> usize {
        let known = self.types.iter().position(|kind| kind.name == name);
        known.unwrap_or_else(|| {
            let (name, series) = (name.to_owned(), Series::default());
            self.types.push(Type { name, once: None, untimed: 0, untimed_line: 0, series });
            self.types.len() - 1
        })
    }

    fn add_untimed(&mut self, at: usize, record: Record<'_>, line: u64) {
        let kind = &mut self.types[at];
        kind.untimed += 1;
        if kind.once.is_some() {
            self.run += u32::from(kind.name == HEADER);
            return;
        }
        kind.untimed_line = line;
        kind.once = Some(record.fields.into_iter().map(|(k, v)| (k.into_owned(), v)).collect());
    }

    /// Adds a record with an epoch.
    ///
    /// After a restart the first record of an epoch also takes out what the *other* types had
    /// logged after its first instance, so that no epoch mixes two runs where the second one
    /// stopped half-way.
    fn add_timed(&mut self, at: usize, record: Record<'_>, line: u64, remarks: &mut Remarks) {
        let epoch = super::series::Row::position(&record).map(|(at, ..)| at.epoch);
        let added = self.types[at].series.add(record, self.run, line);
        let (Some(added), Some(epoch)) = (added, epoch) else {
            remarks.add(Kind::BadEpoch, Place::Line(line));
            return;
        };
        let mut superseded = added.superseded;
        if self.run > 0 {
            let others = self.types.iter_mut().enumerate().filter(|(other, _)| *other != at);
            for (_, kind) in others {
                superseded += kind.series.rewind(epoch, self.run, added.earlier);
            }
        }
        remarks.add_times(Kind::Superseded, superseded, Place::Line(line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::reader::record::parse;

    fn assemble(lines: &[&str]) -> (Log, Remarks) {
        let (mut assembler, mut remarks) = (Assembler::default(), Remarks::default());
        for (number, line) in (1..).zip(lines) {
            let (kind, epoch) = line.split_once(' ').unwrap_or((line, ""));
            let epoch =
                if epoch.is_empty() { String::new() } else { format!(", \"epoch\": {epoch}") };
            let text = format!(r#"{{"_type": "{kind}"{epoch}, "line": {number}}}"#);
            assembler.add(parse(text.as_bytes()).unwrap(), number, &mut remarks);
        }
        (assembler.finish(&mut remarks), remarks)
    }

    fn lines(log: &Log, kind: &str) -> Vec<u64> {
        match log.get(kind) {
            Some(Logged::Series(series)) => series.rows().iter().map(|row| row.line).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn of_a_type_without_epochs_the_first_instance_counts() {
        let (log, remarks) = assemble(&["cfg", "cfg", "note", "note"]);
        for (kind, line) in [("cfg", 1), ("note", 3)] {
            let Logged::Once(once) = &log[kind] else { panic!("{kind} has no epochs") };
            assert_eq!(once["line"], Datum::Int(line));
        }
        assert_eq!(remarks, Remarks::default());
    }

    #[test]
    fn a_restart_that_stops_half_way_leaves_no_row_of_two_runs() {
        let (log, remarks) =
            assemble(&["cfg", "train 1", "test 1", "train 2", "test 2", "cfg", "train 1"]);
        assert_eq!(lines(&log, "train"), [7]);
        assert_eq!(lines(&log, "test"), [0; 0]);
        assert_eq!(remarks.kinds(), [(Kind::Superseded, 4, Place::Line(7))]);
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
        let (log, remarks) = assemble(&["test 1", "test", "test \"x\"", "state"]);
        assert_eq!(lines(&log, "test"), [1]);
        assert_eq!(
            remarks.kinds(),
            [(Kind::BadEpoch, 2, Place::Line(3)), (Kind::ReservedType, 1, Place::Line(4))]
        );
    }
}
