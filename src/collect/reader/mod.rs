//! Reads what a job's program logged, whatever it logs with: one file of this module for each format.
//!
//! A [`LogFileReader`] takes the whole records of a file and notes how far it came ([`ReadProgress`]), so that
//! a later reading goes on from there. A damaged record ends no reading: it is reported as a diagnostic. Nothing here knows of jobs or sweep directories.

mod csv;
mod generic;
mod history;
mod jsonl;
mod keyvalue;
mod lines;
mod log;
mod mlflow;
mod mlflow_store;
mod names;
mod number;
mod odd_number;
mod once;
mod once_shape;
mod pattern;
mod protobuf;
mod pycls;
mod record;
mod restart;
mod results;
mod row;
mod row_keys;
mod sacred;
mod same_type;
mod series;
mod settle;
mod shape;
mod tensorboard;
pub(crate) mod tokens;
mod told;
mod trainer;
mod wandb;
mod wandb_run;
mod whole_file;

use std::io::{self, Read};
use std::path::Path;

use super::diagnostic::{DiagnosticKind, DiagnosticPlace, Diagnostics};
pub(crate) use csv::{CsvReader, column_names, delimiter};
pub(crate) use generic::log_value as cell_value;
pub(crate) use jsonl::JsonlReader;
pub(crate) use keyvalue::{KeyvalueReader, PrintedLines, printed_names};
use lines::LogLine;
pub(crate) use lines::ReadPosition;
pub(crate) use log::{JobLog, LogType, LoggedType};
pub(crate) use mlflow::MlflowReader;
pub(crate) use names::FieldNames;
pub(crate) use once::{OnceFields, each_below};
pub(crate) use pattern::PatternReader;
pub(crate) use pycls::PyclsReader;
pub(crate) use record::EpochIter;
use record::{LogRecord, MOST_FIELDS, leaves};
pub(crate) use results::ResultsReader;
pub(crate) use row::{RowPlace, SeriesRow};
pub(crate) use row_keys::RowKeys;
pub(crate) use sacred::SacredReader;
pub(crate) use same_type::{FileLog, merge_files};
pub(crate) use series::{LogSeries, is_position};
pub(crate) use tensorboard::TensorBoardReader;
pub(crate) use told::told_log;
pub(crate) use trainer::TrainerReader;
pub(crate) use wandb::WandbReader;
pub(crate) use wandb_run::WandbRun;
pub(crate) use whole_file::WholeFile;

/// A format that programs log in.
pub(crate) trait LogFileReader: Send + Sync {
    /// Takes all whole records from `input`, which begins where the last reading ended; returns the bytes
    /// that follow them, at the beginning of `buffer` (the memory to use).
    ///
    /// An error leaves what came before it in the sink.
    fn read(
        &self,
        input: &mut dyn Read,
        buffer: &mut Vec<u8>,
        sink: &mut RecordSink<'_>,
    ) -> io::Result<UnreadTail>;

    /// Reads a store that is opened by its path, all of it; `None` of any other file.
    fn store(&self, _path: &Path, _sink: &mut RecordSink<'_>) -> Option<io::Result<()>> {
        None
    }

    /// Takes the bytes after the last whole record: a record that only lacks its end counts, though the
    /// next reading begins before it. `is_over` says that nothing more will be written.
    fn rest(&self, _rest: &[u8], _is_over: bool, _sink: &mut RecordSink<'_>) {}
}

/// The bytes after the last whole record of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct UnreadTail {
    /// Their number; they stand at the beginning of the buffer.
    pub(crate) len: usize,
    /// Why they can be no record. It is reported of the tail alone, because the next reading meets the
    /// same bytes again.
    pub(crate) defect: Option<DiagnosticKind>,
}

impl UnreadTail {
    /// Returns a tail that cannot be read, or not yet.
    fn defective(defect: DiagnosticKind) -> Self {
        Self { len: 0, defect: Some(defect) }
    }
}

/// The records that were read from a file so far, and the place where to go on.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ReadProgress {
    pub(crate) position: ReadPosition,
    /// The state of the reader besides (the header of a CSV file).
    pub(crate) memo: Vec<u8>,
    pub(crate) log: JobLog,
    pub(crate) diagnostics: Diagnostics,
}

/// The receiver of the records that a reader finds.
pub(crate) struct RecordSink<'a> {
    pub(crate) progress: &'a mut ReadProgress,
    /// The names that `COLLECT.FIELDS` gives the fields.
    pub(crate) names: &'a FieldNames,
    /// The type of records that do not name theirs.
    pub(crate) series_name: &'a str,
    pub(crate) keys: &'a RowKeys,
}

impl RecordSink<'_> {
    fn report(&mut self, kind: DiagnosticKind, line: u64) {
        self.progress.diagnostics.add(kind, DiagnosticPlace::Line(line));
    }

    /// Takes a record that names its own type.
    fn record(&mut self, mut record: LogRecord<'_>, line: u64) {
        let ReadProgress { log, diagnostics, .. } = &mut *self.progress;
        if record.fields.iter().map(|(_, value)| leaves(value)).sum::<usize>() > MOST_FIELDS {
            return diagnostics.add(DiagnosticKind::TooManyFields, DiagnosticPlace::Line(line));
        }
        row::mark_apart(&mut record);
        self.names.each(record, self.keys, &mut |record| log.add(record, line, diagnostics));
    }
}

impl RecordSink<'_> {
    /// Takes a record whose values take the place of those that its place has.
    fn latest(&mut self, record: LogRecord<'_>, line: u64) {
        let ReadProgress { log, diagnostics, .. } = &mut *self.progress;
        self.names.each(record, self.keys, &mut |record| log.add_latest(record, line, diagnostics));
    }
}

/// A format whose records are lines.
trait LineFormat: Send + Sync {
    /// Takes a line; `is_last` says that it has no end yet.
    fn line(&self, number: u64, text: &[u8], is_last: bool, sink: &mut RecordSink<'_>);

    /// True if a line without its end is none while the program writes: its last number may be cut.
    fn needs_end(&self) -> bool {
        false
    }

    /// Reads a store as [`LogFileReader::store`] does.
    fn read_store(&self, _path: &Path, _sink: &mut RecordSink<'_>) -> Option<io::Result<()>> {
        None
    }
}

impl<F: LineFormat> LogFileReader for F {
    fn read(
        &self,
        input: &mut dyn Read,
        buffer: &mut Vec<u8>,
        sink: &mut RecordSink<'_>,
    ) -> io::Result<UnreadTail> {
        let mut position = sink.progress.position;
        let mut visit = |number, line: LogLine<'_>| match line {
            LogLine::Whole(text) => self.line(number, text, false, sink),
            LogLine::TooLong => sink.report(DiagnosticKind::LongLine, number),
        };
        let result = lines::read(input, buffer, &mut position, &mut visit);
        sink.progress.position = position;
        result
    }

    fn store(&self, path: &Path, sink: &mut RecordSink<'_>) -> Option<io::Result<()>> {
        self.read_store(path, sink)
    }

    fn rest(&self, rest: &[u8], is_over: bool, sink: &mut RecordSink<'_>) {
        if is_over || !self.needs_end() {
            self.line(sink.progress.position.number(), rest, true, sink);
        }
    }
}

/// Reads all of a file that is there in full, its last record included.
#[cfg(test)]
pub(crate) fn read_whole(
    reader: &dyn LogFileReader,
    input: &mut dyn Read,
    buffer: &mut Vec<u8>,
    sink: &mut RecordSink<'_>,
) -> io::Result<()> {
    let rest = reader.read(input, buffer, sink)?;
    take_rest(reader, rest, buffer, false, sink);
    Ok(())
}

/// Takes the bytes that [`LogFileReader::read`] left; `is_over` says that nothing more will be written.
pub(crate) fn take_rest(
    reader: &dyn LogFileReader,
    rest: UnreadTail,
    buffer: &[u8],
    is_over: bool,
    sink: &mut RecordSink<'_>,
) {
    if let Some(defect) = rest.defect {
        let line = sink.progress.position.number();
        sink.report(defect, line);
    } else if rest.len > 0 {
        reader.rest(&buffer[..rest.len], is_over, sink);
    }
}

/// The log of a text in one format, as the tests of other modules want it.
#[cfg(test)]
pub(crate) fn read_text(
    reader: &dyn LogFileReader,
    kind: &str,
    text: &[u8],
) -> (JobLog, Diagnostics) {
    let mut progress = ReadProgress::default();
    let names = FieldNames::default();
    let keys = RowKeys::default();
    let mut sink =
        RecordSink { progress: &mut progress, names: &names, series_name: kind, keys: &keys };
    read_whole(reader, &mut { text }, &mut Vec::new(), &mut sink).unwrap();
    progress.log.settle(&keys, 0, &mut progress.diagnostics);
    (progress.log, progress.diagnostics)
}
