//! The files of a job, each read with its stamp, and what is odd about them reported.

use std::io::{Seek, SeekFrom};
use std::path::Path;

use sweep_config::records::{Attempt, JobState, read_attempts};
use sweep_config::{LogFormat, Map, Value, fs, yaml};

use super::{CollectJob, ReaderUse, SweepContext};
use crate::collect::cache::{ContentProbe, FileStamp, ResumePoint};
use crate::collect::diagnostic::{DiagnosticKind, DiagnosticPlace, Diagnostics, STDOUT};
use crate::collect::files::{self, FileTail};
use crate::collect::further_logs::{FurtherFiles, hint};
use crate::collect::log_binding::LogFile;
use crate::collect::log_hint::LogHint;
use crate::collect::reader::{
    JobLog, LoggedType, ReadProgress, RecordSink, UnreadTail, printed_names, take_rest,
};
use crate::trials::guess_goal;

/// The files of a job while they are read.
pub(super) struct JobFiles<'a> {
    pub(super) context: &'a SweepContext,
    pub(super) job: CollectJob,
    /// Below the sweep directory, with their stamps.
    pub(super) seen: Vec<(String, FileStamp)>,
    pub(super) diagnostics: Diagnostics,
    pub(super) readers: ReaderUse,
    /// Its logs that nobody named.
    pub(super) hints: Vec<LogHint>,
}

/// The logs of a job.
#[derive(Default)]
pub(super) struct JobLogs {
    pub(super) log: JobLog,
    /// There is at least one file to read.
    pub(super) started: bool,
    pub(super) resume: Vec<ResumePoint>,
}

impl<'a> JobFiles<'a> {
    pub(super) fn new(context: &'a SweepContext, job: CollectJob) -> Self {
        Self {
            context,
            job,
            seen: Vec::new(),
            diagnostics: Diagnostics::default(),
            readers: ReaderUse::default(),
            hints: Vec::new(),
        }
    }

    /// Notes the stamp of a file before it is read.
    fn see(&mut self, path: &Path) -> FileStamp {
        let stamp = FileStamp::of_path(path, self.context.now);
        self.note(path, stamp);
        stamp
    }

    /// Opens a file and notes its stamp, as it was just before.
    fn open(&mut self, path: &Path) -> (FileStamp, Result<Option<std::fs::File>, fs::FsError>) {
        let opened = files::open_regular(path);
        let meta =
            opened.as_ref().ok().and_then(Option::as_ref).and_then(|file| file.metadata().ok());
        let stamp = match meta {
            Some(meta) => FileStamp::of(&meta, self.context.now),
            None => FileStamp::of_path(path, self.context.now),
        };
        self.note(path, stamp);
        (stamp, opened)
    }

    fn note(&mut self, path: &Path, stamp: FileStamp) {
        let below = path.strip_prefix(self.context.dir.path()).unwrap_or(path);
        self.seen.push((below.to_string_lossy().into_owned(), stamp));
    }

    /// Returns the attempts of the job; none where its journal is there and cannot be read.
    pub(super) fn attempts(&mut self) -> Option<Vec<Attempt>> {
        if !self.job.has_dir {
            return Some(Vec::new());
        }
        let path = self.context.dir.attempts(self.job.id);
        if self.see(&path) == FileStamp::ABSENT {
            return Some(Vec::new());
        }
        let attempts = read_attempts(&path);
        attempts.map_err(|e| self.diagnostics.add(DiagnosticKind::BadState, message(&e))).ok()
    }

    /// Reads what the job logged, all files together.
    pub(super) fn logs(
        &mut self,
        mut resume: Vec<ResumePoint>,
        buffer: &mut Vec<u8>,
        may_grow: &dyn Fn(&JobLog) -> bool,
    ) -> JobLogs {
        let mut logs = JobLogs::default();
        if !self.job.has_dir {
            return logs;
        }
        let out_dir = self.context.dir.out_dir(self.job.id);
        let found = self.context.formats.find(&out_dir, self.context.now);
        for (folder, stamp) in found.folders {
            self.note(&out_dir.join(folder), stamp);
        }
        for source in &found.sources {
            self.source(source, take_known(&mut resume, source), buffer, &mut logs, may_grow);
        }
        if logs.log.is_empty() {
            self.further(&mut resume, buffer, &mut logs, may_grow);
        }
        // Of a job that does not print, its directory shows that it was started.
        if found.sources.iter().all(|source| source.path != STDOUT) {
            let (stamp, opened) = self.open(&out_dir.join(STDOUT));
            logs.started |= stamp != FileStamp::ABSENT;
            if let Err(e) = opened {
                self.diagnostics.add(DiagnosticKind::Unreadable, message(&e));
            }
        }
        logs
    }

    /// Reads what well-known programs leave, or else what the job prints, where the usual files hold no record; and
    /// notes which other files look like logs.
    fn further(
        &mut self,
        resume: &mut Vec<ResumePoint>,
        buffer: &mut Vec<u8>,
        logs: &mut JobLogs,
        may_grow: &dyn Fn(&JobLog) -> bool,
    ) {
        let context = self.context;
        let out_dir = context.dir.out_dir(self.job.id);
        let mut found = FurtherFiles::of(&out_dir, context.now);
        for (folder, stamp) in std::mem::take(&mut found.folders) {
            self.note(&out_dir.join(folder), stamp);
        }
        if let Some(further) = context.formats.further() {
            for (source, hint) in further.known(&mut found, &out_dir) {
                self.source(&source, take_known(resume, &source), buffer, logs, may_grow);
                self.hints.push(hint);
            }
            for source in further.printed() {
                if !logs.log.is_empty() || !logs.started {
                    break;
                }
                self.source(&source, take_known(resume, &source), buffer, logs, may_grow);
                let names = metric_names(&logs.log);
                self.hints
                    .extend((!names.is_empty()).then(|| hint(LogFormat::Keyvalue, &source, names)));
            }
        }
        if logs.log.is_empty() {
            self.unread(&mut found, &out_dir);
        }
        for path in found.looked_at {
            self.see(&out_dir.join(path));
        }
    }

    /// Notes which files that nobody reads look like logs.
    fn unread(&mut self, found: &mut FurtherFiles, out_dir: &Path) {
        let formats = &self.context.formats;
        self.hints = found.hints(out_dir, &|path| formats.reads(path));
        if formats.reads(STDOUT) {
            return;
        }
        let mut tail = files::open_regular(&out_dir.join(STDOUT)).ok().flatten();
        let tail = tail.as_mut().and_then(|file| files::read_tail(file).ok()).unwrap_or_default();
        let names = printed_names(tail.text.as_bytes());
        if !names.is_empty() {
            let (reader, files, kind) = ("keyvalue".to_owned(), STDOUT.to_owned(), String::new());
            self.hints.push(LogHint { is_read: false, reader, files, kind, names });
        }
    }

    fn source(
        &mut self,
        source: &LogFile<'_>,
        known: Option<ResumePoint>,
        buffer: &mut Vec<u8>,
        logs: &mut JobLogs,
        may_grow: &dyn Fn(&JobLog) -> bool,
    ) {
        let path = self.context.dir.out_dir(self.job.id).join(&source.path);
        let (stamp, opened) = self.open(&path);
        let file = match opened {
            Ok(Some(file)) => file,
            Ok(None) => return,
            Err(e) => return self.diagnostics.add(DiagnosticKind::Unreadable, message(&e)),
        };
        logs.started = true;
        let (mut progress, mut file) = resumed(known, file, stamp);
        let mut sink = RecordSink {
            progress: &mut progress,
            names: &self.context.formats.names,
            series_name: &source.series_name,
        };
        let rest = source.reader.read(&mut file, buffer, &mut sink).unwrap_or_else(|e| {
            self.diagnostics
                .add(DiagnosticKind::Unreadable, message(&fs::FsError::new("read", &path, e)));
            UnreadTail::default()
        });
        let offset = progress.position.offset;
        if offset > 0 && may_grow(&progress.log) {
            logs.resume.extend(ContentProbe::of(&file, offset).ok().map(|fingerprint| {
                let (path, binding) = (source.path.clone(), source.binding);
                ResumePoint { path, binding, fingerprint, progress: progress.clone() }
            }));
        }
        let mut sink = RecordSink {
            progress: &mut progress,
            names: &self.context.formats.names,
            series_name: &source.series_name,
        };
        take_rest(source.reader, rest, buffer, &mut sink);
        progress.log.report_gaps(&mut progress.diagnostics);
        self.diagnostics.extend(&progress.diagnostics, &source.path);
        self.readers.note(source.binding, !progress.log.is_empty());
        if logs.log.is_empty() {
            logs.log = progress.log;
        } else {
            logs.log.merge(progress.log);
        }
    }

    pub(super) fn stderr(&mut self, started: bool) -> FileTail {
        if !self.job.has_dir {
            return FileTail::default();
        }
        let path = self.context.dir.stderr(self.job.id);
        let (stamp, opened) = self.open(&path);
        let tail = opened.and_then(|file| {
            let has_text = |_: &std::fs::File| stamp.len > 0;
            let tail =
                file.filter(has_text).map(|mut file| files::read_tail(&mut file)).transpose();
            tail.map_err(|e| fs::FsError::new("read", &path, e))
        });
        match &tail {
            Ok(None) if stamp == FileStamp::ABSENT && started => {
                self.diagnostics.add(DiagnosticKind::NoStderr, DiagnosticPlace::OutDir);
            }
            Ok(Some(tail)) if tail.was_not_utf8 => {
                self.diagnostics.add(DiagnosticKind::NotUtf8, DiagnosticPlace::Stderr);
            }
            Ok(_) => {}
            Err(e) => self.diagnostics.add(DiagnosticKind::Unreadable, message(e)),
        }
        tail.ok().flatten().unwrap_or_default()
    }

    /// Reads the config as it was set up.
    pub(super) fn config(&mut self) -> Option<Map> {
        if !self.job.has_config {
            return None;
        }
        let path = self.context.dir.cfg(self.job.id);
        self.see(&path);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) => {
                self.diagnostics.add(DiagnosticKind::BadConfig, message(&e));
                return None;
            }
        };
        match yaml::read(&path, &text).map(Value::with_text_keys) {
            Ok(Value::Map(map)) => Some(map),
            Ok(_) => {
                self.diagnostics.add(DiagnosticKind::BadConfig, DiagnosticPlace::Config);
                None
            }
            Err(problems) => {
                self.diagnostics
                    .add(DiagnosticKind::BadConfig, DiagnosticPlace::Message(problems.to_string()));
                None
            }
        }
    }

    /// Returns the state as our own workers recorded it, or queued if SLURM has a task for the job.
    pub(super) fn recorded_state(&mut self, attempts: &[Attempt]) -> JobState {
        if self.context.queued.contains(&self.job.id) {
            return JobState::Queued;
        }
        self.context.state(self.job.id, attempts).unwrap_or_else(|e| {
            self.diagnostics.add(DiagnosticKind::BadState, message(&e));
            unknown_state()
        })
    }

    /// Reports files and records that should be there and are not.
    pub(super) fn report_absence(&mut self, state: &JobState, started: bool, log: &JobLog) {
        let diagnostics = &mut self.diagnostics;
        let may_come = matches!(state, JobState::Running | JobState::Queued);
        let unreadable = diagnostics.iter().any(|(kind, _)| kind == DiagnosticKind::Unreadable);
        if self.job.has_dir && !started && !may_come && !unreadable {
            diagnostics.add(DiagnosticKind::NoStdout, DiagnosticPlace::OutDir);
        }
        if started && log.is_empty() && !may_come && !unreadable {
            diagnostics.add(DiagnosticKind::NoRecord, DiagnosticPlace::Stdout);
        }
        if started && !self.job.has_config {
            diagnostics.add(DiagnosticKind::NoConfig, DiagnosticPlace::OutDir);
        }
    }
}

/// Takes what was read of a file by its reader so far.
fn take_known(resume: &mut Vec<ResumePoint>, source: &LogFile<'_>) -> Option<ResumePoint> {
    let is_its = |known: &ResumePoint| known.binding == source.binding && known.path == source.path;
    resume.iter().position(is_its).map(|at| resume.swap_remove(at))
}

/// Returns the names of the metrics of a log.
fn metric_names(log: &JobLog) -> Vec<String> {
    let names = log.iter().flat_map(|(_, logged)| match logged {
        LoggedType::Series(series) => series.names.clone(),
        LoggedType::Once(once) => once.keys().cloned().collect(),
    });
    names.filter(|name| guess_goal(name).is_some()).collect()
}

/// Returns what was read from a file so far, and the file at the place where that ends; if it is another
/// file by now, nothing, and the file at its beginning.
fn resumed(
    known: Option<ResumePoint>,
    mut file: std::fs::File,
    stamp: FileStamp,
) -> (ReadProgress, std::fs::File) {
    let is_same = |known: &ResumePoint| {
        let offset = known.progress.position.offset;
        stamp.len >= offset
            && ContentProbe::of(&file, offset).is_ok_and(|now| now == known.fingerprint)
    };
    let progress = known.filter(is_same).map(|known| known.progress).unwrap_or_default();
    let at = SeekFrom::Start(progress.position.offset);
    if progress.position.offset > 0 && file.seek(at).is_err() {
        return (ReadProgress::default(), file);
    }
    (progress, file)
}

/// Returns the state of a job whose records are there and cannot be read.
pub(super) fn unknown_state() -> JobState {
    JobState::Other("unknown".to_owned())
}

fn message(error: &fs::FsError) -> DiagnosticPlace {
    DiagnosticPlace::Message(format!("{error}: {}", error.source))
}
