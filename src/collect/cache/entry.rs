//! The entry of one job in the cache.

use sweep_config::JobId;
use sweep_config::records::JobState;

use super::codec::{CacheCodec, codec_struct};
use super::stamp::{ContentProbe, FileStamp};
use crate::collect::diagnostic::{DiagnosticCount, DiagnosticKind, DiagnosticPlace, Diagnostics};
use crate::collect::job::{AttemptSummary, EpochProgress, JobStatus, ReaderUse};
use crate::collect::log_hint::LogHint;
use crate::collect::reader::{
    EpochIter, JobLog, LogSeries, LogType, ReadPosition, ReadProgress, RowPlace, SeriesRow,
};
use crate::failure_text::FailureCause;

/// All that a collect knows of a job without reading its files.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CacheEntry {
    /// Every file that was looked at, below the sweep directory: while these do not change, neither does
    /// the rest.
    pub(crate) files: Vec<(String, FileStamp)>,
    /// Two flags: the job has a config; it has a log directory.
    pub(crate) has: (bool, bool),
    /// Its last attempt has no end, so that its state is also a matter of who lives.
    pub(crate) is_open: bool,
    pub(crate) job_status: JobStatus,
    /// The length of its entry in `sweep.json`, if it has one.
    pub(crate) entry: Option<u64>,
    /// The number of its rows of `curves.parquet`.
    pub(crate) rows: usize,
    /// The offset and the length of its resume points in the block's file, in bytes.
    pub(crate) resume: Option<(u64, u64)>,
}

codec_struct!(CacheEntry { files, has, is_open, job_status, entry, rows, resume });

/// The place where the reading of one log goes on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ResumePoint {
    /// The file, below the job's directory.
    pub(crate) path: String,
    /// The number of its reader.
    pub(crate) binding: usize,
    pub(crate) fingerprint: ContentProbe,
    pub(crate) progress: ReadProgress,
}

codec_struct!(ResumePoint { path, binding, fingerprint, progress });
codec_struct!(JobStatus {
    job,
    state,
    started,
    progress,
    has_stderr,
    is_diverged,
    objective_inputs,
    error,
    cause,
    runs,
    diagnostics,
    odd_cells,
    readers,
    hints
});
codec_struct!(ReaderUse { found, gave });
codec_struct!(LogHint { is_read, reader, files, kind, names });
codec_struct!(EpochProgress { epoch, of });
codec_struct!(AttemptSummary { attempts, seconds, host, started, ended, exit_code, signal });
codec_struct!(FailureCause { headline, place, fingerprint });
codec_struct!(ReadProgress { position, memo, log, diagnostics });
codec_struct!(ReadPosition { offset, lines });
codec_struct!(EpochIter { epoch, iter });
codec_struct!(RowPlace { at, epoch_max, iter_max, is_step });
codec_struct!(LogType { name, once, untimed, untimed_line, series });
codec_struct!(DiagnosticCount { times, first });

impl CacheCodec for JobId {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        u32::get(input).map(Self)
    }
}

impl CacheCodec for JobState {
    fn put(&self, out: &mut Vec<u8>) {
        self.name().to_owned().put(out);
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        String::get(input).map(|name| Self::from_name(&name))
    }
}

impl CacheCodec for JobLog {
    fn put(&self, out: &mut Vec<u8>) {
        let (types, run) = self.parts();
        run.put(out);
        types.len().put(out);
        for kind in types {
            kind.put(out);
        }
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        let run = u32::get(input)?;
        Some(Self::from_parts(Vec::get(input)?, run))
    }
}

impl CacheCodec for LogSeries {
    fn put(&self, out: &mut Vec<u8>) {
        self.names.put(out);
        self.has_iter.put(out);
        self.is_by_step.put(out);
        self.is_sparse.put(out);
        self.rows().len().put(out);
        for row in self.rows() {
            row.put(out);
        }
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        let names = Vec::get(input)?;
        let flags = [bool::get(input)?, bool::get(input)?, bool::get(input)?];
        Some(Self::from_parts(names, Vec::get(input)?, flags))
    }
}

impl CacheCodec for SeriesRow {
    fn put(&self, out: &mut Vec<u8>) {
        let Self { at, epoch_max, iter_max, .. } = *self;
        RowPlace { at, epoch_max, iter_max, is_step: false }.put(out);
        self.run.put(out);
        self.line.put(out);
        self.values().len().put(out);
        for value in self.values() {
            value.put(out);
        }
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        let place = RowPlace::get(input)?;
        let (run, line) = (u32::get(input)?, u64::get(input)?);
        Some(Self::from_parts(place, run, line, Vec::get(input)?))
    }
}

impl CacheCodec for DiagnosticKind {
    fn put(&self, out: &mut Vec<u8>) {
        self.name().to_owned().put(out);
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        let name = String::get(input)?;
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl CacheCodec for Diagnostics {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        CacheCodec::get(input).map(Self)
    }
}

impl CacheCodec for DiagnosticPlace {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Line(line) => {
                out.push(0);
                line.put(out);
            }
            Self::At(file, line) => {
                out.push(1);
                file.put(out);
                line.put(out);
            }
            Self::Stdout => out.push(2),
            Self::Stderr => out.push(3),
            Self::OutDir => out.push(4),
            Self::Config => out.push(5),
            Self::Message(message) => {
                out.push(6);
                message.put(out);
            }
        }
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        Some(match u8::get(input)? {
            0 => Self::Line(CacheCodec::get(input)?),
            1 => Self::At(CacheCodec::get(input)?, CacheCodec::get(input)?),
            2 => Self::Stdout,
            3 => Self::Stderr,
            4 => Self::OutDir,
            5 => Self::Config,
            6 => Self::Message(CacheCodec::get(input)?),
            _ => return None,
        })
    }
}
