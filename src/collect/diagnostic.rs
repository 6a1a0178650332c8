//! Oddities of a job's files, which are never fatal and never silent.

use std::collections::BTreeMap;

use crate::app::count;

/// The file whose lines need no name.
pub(crate) const STDOUT: &str = "stdout.log";

/// A kind of oddity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DiagnosticKind {
    /// A file is there and cannot be read, wholly or in part.
    Unreadable,
    /// A job's directory has more files than are looked at.
    ManyFiles,
    /// A line is so long that it was passed over.
    LongLine,
    /// A job has a log directory and no `stdout.log`.
    NoStdout,
    /// A job has no `stderr.log`.
    NoStderr,
    /// No log that is read holds a record.
    NoRecord,
    /// A line that is to be JSON, tagged or in a file of JSON lines, is none.
    NotJson,
    /// A tagged line is JSON and no record: a list, a number, an object without a type.
    NotARecord,
    /// A record has so many fields that it is none.
    TooManyFields,
    /// The last line was cut while it was written.
    Torn,
    /// A line has a record's body; its tag is missing or broken.
    NoTag,
    /// A line has the tag more than once.
    ManyTags,
    /// The first line of a table is no header.
    NoHeader,
    /// A frame of an event file does not have the checksum that it names.
    BadFrame,
    /// Bytes that are not UTF-8; they were replaced.
    NotUtf8,
    /// A record holds `NaN` or an infinity.
    NotFinite,
    /// A record's epoch is not `i/n`, or it has none and others of its type do.
    BadEpoch,
    /// A record lacks metrics that others of its type have.
    MissingMetric,
    /// A record was logged before a restart, and its epoch once more after it.
    Superseded,
    /// A record tells again what one of its place told, and no restart shows: both are kept.
    Repeated,
    /// Files of one job log the same metrics under one type.
    Apart,
    /// A record's type is a name that `sweep.json` needs for itself.
    ReservedType,
    /// A job was started and has no config in `cfgs/`.
    NoConfig,
    /// A job's config is no YAML mapping.
    BadConfig,
    /// The claim or the journal of a job cannot be read.
    BadState,
    /// Its checkpoints could not be removed.
    Checkpoints,
}

impl DiagnosticKind {
    /// All kinds, the gravest first.
    pub(crate) const ALL: [Self; 26] = [
        Self::Unreadable,
        Self::ManyFiles,
        Self::LongLine,
        Self::NoStdout,
        Self::NoStderr,
        Self::NoRecord,
        Self::NotJson,
        Self::NotARecord,
        Self::TooManyFields,
        Self::Torn,
        Self::NoTag,
        Self::ManyTags,
        Self::NoHeader,
        Self::BadFrame,
        Self::NotUtf8,
        Self::NotFinite,
        Self::BadEpoch,
        Self::MissingMetric,
        Self::Superseded,
        Self::Repeated,
        Self::Apart,
        Self::ReservedType,
        Self::NoConfig,
        Self::BadConfig,
        Self::BadState,
        Self::Checkpoints,
    ];

    /// Returns the name of the kind in `--json`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::ManyFiles => "many_files",
            Self::LongLine => "long_line",
            Self::NoStdout => "no_stdout",
            Self::NoStderr => "no_stderr",
            Self::NoRecord => "no_record",
            Self::NotJson => "not_json",
            Self::NotARecord => "not_a_record",
            Self::TooManyFields => "too_many_fields",
            Self::Torn => "torn",
            Self::NoTag => "no_tag",
            Self::ManyTags => "many_tags",
            Self::NoHeader => "no_header",
            Self::BadFrame => "bad_frame",
            Self::NotUtf8 => "not_utf8",
            Self::NotFinite => "not_finite",
            Self::BadEpoch => "bad_epoch",
            Self::MissingMetric => "missing_metric",
            Self::Superseded => "superseded",
            Self::Repeated => "repeated",
            Self::Apart => "apart",
            Self::ReservedType => "reserved_type",
            Self::NoConfig => "no_config",
            Self::BadConfig => "bad_config",
            Self::BadState => "bad_state",
            Self::Checkpoints => "checkpoints",
        }
    }

    /// True if a file could not be read as far as it goes, so that the tables may lack
    /// what the program did log.
    pub(crate) fn is_failure(self) -> bool {
        matches!(self, Self::Unreadable | Self::LongLine | Self::BadState | Self::Checkpoints)
    }

    /// Returns what was seen how often, as a sentence without its full stop.
    pub(crate) fn sentence(self, times: usize, jobs: usize) -> String {
        let seen = |noun| format!("{} in {}", count(times, noun), count(jobs, "job"));
        let (lines, records) = (|| seen("line"), || seen("record"));
        let in_jobs = || count(jobs, "job");
        let (was, is) = if times == 1 { ("was", "is") } else { ("were", "are") };
        match self {
            Self::Unreadable => format!("{} of {} cannot be read", count(times, "file"), in_jobs()),
            Self::ManyFiles => {
                format!("{} with too many files to search them all for logs", in_jobs())
            }
            Self::LongLine => format!("{} {was} too long and skipped", lines()),
            Self::NoStdout => format!("{} with a log directory but no stdout.log", in_jobs()),
            Self::NoStderr => format!("{} without a stderr.log", in_jobs()),
            Self::NoRecord => format!("{} without a record in any log", in_jobs()),
            Self::NotJson => format!("{} should be JSON but {is} not", lines()),
            Self::NotARecord => format!("{} should be a record but {is} not", lines()),
            Self::TooManyFields => {
                format!("{} with more than 10,000 fields, left out", records())
            }
            Self::Torn => format!("{} with a truncated last line", in_jobs()),
            Self::NoTag => format!("{} with a record behind a broken tag", lines()),
            Self::ManyTags => format!("{} with more than one tag", lines()),
            Self::NoHeader => {
                format!("{} without a header; columns named col0, col1, …", seen("table"))
            }
            Self::BadFrame => {
                format!("{} with a wrong checksum", seen("frame"))
            }
            Self::NotUtf8 => format!("{} {was} not UTF-8; bad bytes replaced", lines()),
            Self::NotFinite => format!("{} with NaN or Infinity", records()),
            Self::BadEpoch => format!("{} without an epoch `i/n`, left out", records()),
            Self::MissingMetric => format!("{} without all metrics of their type", records()),
            Self::Superseded => {
                format!("{} logged again after a restart; the last is kept", records())
            }
            Self::Repeated => {
                format!("{} logged twice without a sign of a restart; all are kept", records())
            }
            Self::Apart => format!(
                "{} {was} kept separate from another with the same type and metrics",
                seen("file")
            ),
            Self::ReservedType => format!("{} of a reserved type, left out", records()),
            Self::NoConfig => format!("{} with logs but no config in cfgs/", in_jobs()),
            Self::BadConfig => format!("{} with an unreadable config", in_jobs()),
            Self::BadState => format!("{} with unreadable attempts or claim", in_jobs()),
            Self::Checkpoints => {
                format!("{} whose checkpoints could not be removed", in_jobs())
            }
        }
    }
}

/// The number of times that an oddity was seen in a job, and the first place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DiagnosticCount {
    pub(crate) times: usize,
    /// The file, relative to the sweep directory or the job's own; and what the system said of it.
    pub(crate) first: DiagnosticPlace,
}

/// The place where an oddity was first seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DiagnosticPlace {
    /// A line of `stdout.log`, from 1.
    Line(u64),
    /// A line (or, in other formats, a record) of another file below the job's directory.
    At(String, u64),
    /// The whole `stdout.log`.
    Stdout,
    /// The `stderr.log`.
    Stderr,
    /// The whole directory of the job.
    OutDir,
    /// The job's config.
    Config,
    /// The place that this message names.
    Message(String),
}

/// The oddities of one job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Diagnostics(pub(super) BTreeMap<DiagnosticKind, DiagnosticCount>);

impl Diagnostics {
    pub(crate) fn add(&mut self, kind: DiagnosticKind, place: DiagnosticPlace) {
        self.add_times(kind, 1, place);
    }

    pub(crate) fn add_times(&mut self, kind: DiagnosticKind, times: usize, place: DiagnosticPlace) {
        if times == 0 {
            return;
        }
        match self.0.get_mut(&kind) {
            Some(seen) => seen.times += times,
            None => {
                self.0.insert(kind, DiagnosticCount { times, first: place });
            }
        }
    }

    /// Adds those of a file below the job's directory.
    pub(crate) fn extend(&mut self, others: &Self, file: &str) {
        for (kind, seen) in others.iter() {
            let first = match &seen.first {
                DiagnosticPlace::Line(line) if file != STDOUT => {
                    DiagnosticPlace::At(file.to_owned(), *line)
                }
                other => other.clone(),
            };
            self.add_times(kind, seen.times, first);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (DiagnosticKind, &DiagnosticCount)> {
        self.0.iter().map(|(kind, seen)| (*kind, seen))
    }

    #[cfg(test)]
    pub(crate) fn kinds(&self) -> Vec<(DiagnosticKind, usize, DiagnosticPlace)> {
        self.iter().map(|(kind, seen)| (kind, seen.times, seen.first.clone())).collect()
    }
}
