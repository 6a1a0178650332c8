//! A job's files to what its program logged, whatever it logs with: one file of this module a format.
//!
//! A [`Reader`] takes the whole records of a file and says how far it came, so that a later reading
//! may go on from there ([`Taken`]). Where a program would end with a traceback, a reader goes on and
//! says so in a remark. Nothing here knows of jobs or sweep directories.

mod csv;
mod generic;
mod jsonl;
mod lines;
mod log;
mod names;
mod number;
mod pattern;
mod pycls;
mod record;
mod results;
mod series;
mod shape;
mod tensorboard;
pub(crate) mod tokens;
mod trainer;

use std::io::{self, Read};

use super::remark::{Kind, Place, Remarks};
pub(crate) use csv::Csv;
pub(crate) use jsonl::Jsonl;
use lines::Line;
pub(crate) use lines::Position;
pub(crate) use log::{Log, Logged, Type as LogType};
pub(crate) use names::Names;
pub(crate) use pattern::Pattern;
pub(crate) use pycls::Pycls;
use record::{MOST_FIELDS, Record, leaves};
pub(crate) use results::Results;
pub(crate) use series::{At, POSITIONS, Place as RowPlace, Row, Series};
pub(crate) use tensorboard::TensorBoard;
pub(crate) use trainer::Trainer;

/// A format that programs log in.
pub(crate) trait Reader: Send + Sync {
    /// Takes all whole records from `input`, which begins where the last reading ended; gives what
    /// follows them, at the beginning of `buffer` (the memory to use).
    ///
    /// An error leaves what came before it in the sink.
    fn read(
        &self,
        input: &mut dyn Read,
        buffer: &mut Vec<u8>,
        sink: &mut Sink<'_>,
    ) -> io::Result<Rest>;

    /// Takes what is after the last whole record: a record that only lacks its end counts, though
    /// the next reading begins before it.
    fn rest(&self, rest: &[u8], sink: &mut Sink<'_>);
}

/// What follows the last whole record of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Rest {
    /// How many bytes, at the beginning of the buffer.
    pub(crate) len: usize,
    /// They are too many to be kept.
    pub(crate) is_too_long: bool,
}

/// What was taken from a file so far, and where to go on.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Taken {
    pub(crate) position: Position,
    /// What the reader has to remember besides (the header of a CSV file).
    pub(crate) memo: Vec<u8>,
    pub(crate) log: Log,
    pub(crate) remarks: Remarks,
}

/// Where a reader puts what it takes.
pub(crate) struct Sink<'a> {
    pub(crate) taken: &'a mut Taken,
    /// What the fields are to be called.
    pub(crate) names: &'a Names,
    /// The type of records that do not name theirs.
    pub(crate) kind: &'a str,
}

impl Sink<'_> {
    fn remark(&mut self, kind: Kind, line: u64) {
        self.taken.remarks.add(kind, Place::Line(line));
    }

    /// Takes a record that names its own type.
    fn record(&mut self, record: Record<'_>, line: u64) {
        let Taken { log, remarks, .. } = &mut *self.taken;
        if record.fields.iter().map(|(_, value)| leaves(value)).sum::<usize>() > MOST_FIELDS {
            return remarks.add(Kind::TooManyFields, Place::Line(line));
        }
        self.names.each(record, &mut |record| log.add(record, line, remarks));
    }
}

/// A format whose records are lines.
trait LineFormat: Send + Sync {
    /// Takes a line; `is_last` says that it has no end yet.
    fn line(&self, number: u64, text: &[u8], is_last: bool, sink: &mut Sink<'_>);
}

impl<F: LineFormat> Reader for F {
    fn read(
        &self,
        input: &mut dyn Read,
        buffer: &mut Vec<u8>,
        sink: &mut Sink<'_>,
    ) -> io::Result<Rest> {
        let mut position = sink.taken.position;
        let mut visit = |number, line: Line<'_>| match line {
            Line::Whole(text) => self.line(number, text, false, sink),
            Line::TooLong => sink.remark(Kind::LongLine, number),
        };
        let result = lines::read(input, buffer, &mut position, &mut visit);
        sink.taken.position = position;
        result
    }

    fn rest(&self, rest: &[u8], sink: &mut Sink<'_>) {
        self.line(sink.taken.position.number(), rest, true, sink);
    }
}

/// Reads all of a file that is there in full, its last record included.
#[cfg(test)]
pub(crate) fn read_whole(
    reader: &dyn Reader,
    input: &mut dyn Read,
    buffer: &mut Vec<u8>,
    sink: &mut Sink<'_>,
) -> io::Result<()> {
    let rest = reader.read(input, buffer, sink)?;
    take_rest(reader, rest, buffer, sink);
    Ok(())
}

/// Takes what [`Reader::read`] left.
pub(crate) fn take_rest(reader: &dyn Reader, rest: Rest, buffer: &[u8], sink: &mut Sink<'_>) {
    if rest.is_too_long {
        let line = sink.taken.position.number();
        sink.remark(Kind::LongLine, line);
    } else if rest.len > 0 {
        reader.rest(&buffer[..rest.len], sink);
    }
}

/// The log of a text in one format, as the tests of other modules want it.
#[cfg(test)]
pub(crate) fn read_text(reader: &dyn Reader, kind: &str, text: &[u8]) -> (Log, Remarks) {
    let mut taken = Taken::default();
    let names = Names::default();
    let mut sink = Sink { taken: &mut taken, names: &names, kind };
    read_whole(reader, &mut { text }, &mut Vec::new(), &mut sink).unwrap();
    taken.log.remark_on_gaps(&mut taken.remarks);
    (taken.log, taken.remarks)
}
