//! The files of a job, each read with its stamp, and what is odd about them reported.

use std::io::{Seek, SeekFrom};
use std::path::Path;

use sweep_config::records::{Attempt, JobState, ToldResult, read_attempts};
use sweep_config::{Map, Value, fs};

use super::{CollectJob, ReaderUse, SweepContext};
use crate::collect::cache::{ContentProbe, FileStamp, ResumePoint};
use crate::collect::diagnostic::{DiagnosticKind, DiagnosticPlace, Diagnostics, STDOUT};
use crate::collect::files::{self, FileTail};
use crate::collect::log_binding::LogFile;
use crate::collect::log_hint::LogHint;
use crate::collect::reader::{
    FileLog, JobLog, ReadProgress, RecordSink, UnreadTail, merge_files, take_rest,
};

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

/// Restarts and growth of a job's logs, as its journal tells of them.
pub(super) struct LogOutlook<'a> {
    /// How often its program was started again.
    pub(super) restarts: usize,
    /// True of a log to which more may come.
    pub(super) may_grow: &'a dyn Fn(&JobLog) -> bool,
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
    pub(super) fn see(&mut self, path: &Path) -> FileStamp {
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

    pub(super) fn note(&mut self, path: &Path, stamp: FileStamp) {
        let below = path.strip_prefix(self.context.dir.path()).unwrap_or(path);
        self.seen.push((below.to_string_lossy().into_owned(), stamp));
    }

    /// Returns the result that was told of the job, if no worker ran it and none is about to.
    pub(super) fn told(&mut self, attempts: &[Attempt]) -> Option<ToldResult> {
        let told = self.context.told.as_ref()?;
        if !attempts.is_empty() || self.context.queued.contains(&self.job.id) {
            return None;
        }
        self.see(&self.context.dir.told_jsonl());
        told.get(&self.job.id).cloned()
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
        outlook: &LogOutlook<'_>,
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
        if found.has_more {
            self.diagnostics.add(DiagnosticKind::ManyFiles, DiagnosticPlace::OutDir);
        }
        let mut read = Vec::with_capacity(found.sources.len());
        for source in &found.sources {
            let known = take_known(&mut resume, source);
            let log = self.source(source, known, buffer, &mut logs, outlook);
            read.extend(log.map(|log| FileLog {
                path: &source.path,
                binding: source.binding,
                log,
            }));
        }
        logs.log = merge_files(read, &mut self.diagnostics);
        if logs.log.is_empty() {
            self.further(&mut resume, buffer, &mut logs, outlook);
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

    pub(super) fn source(
        &mut self,
        source: &LogFile<'_>,
        known: Option<ResumePoint>,
        buffer: &mut Vec<u8>,
        logs: &mut JobLogs,
        outlook: &LogOutlook<'_>,
    ) -> Option<JobLog> {
        let path = self.context.dir.out_dir(self.job.id).join(&source.path);
        let (stamp, opened) = self.open(&path);
        let file = match opened {
            Ok(Some(file)) => file,
            Ok(None) => return None,
            Err(e) => {
                self.diagnostics.add(DiagnosticKind::Unreadable, message(&e));
                return None;
            }
        };
        logs.started = true;
        let (mut progress, mut file) = resumed(known, file, stamp);
        let mut sink = RecordSink {
            progress: &mut progress,
            names: &self.context.formats.names,
            series_name: &source.series_name,
            keys: source.keys,
        };
        let rest = self.read_on(source, (&path, &mut file), buffer, &mut sink);
        let offset = progress.position.offset;
        let may_grow = (outlook.may_grow)(&progress.log);
        if offset > 0 && may_grow {
            let point = |fingerprint| ResumePoint {
                path: source.path.clone(),
                binding: source.binding,
                fingerprint,
                progress: progress.clone(),
            };
            logs.resume.extend(ContentProbe::of(&file, offset).ok().map(point));
        }
        let mut sink = RecordSink {
            progress: &mut progress,
            names: &self.context.formats.names,
            series_name: &source.series_name,
            keys: source.keys,
        };
        take_rest(source.reader, rest, buffer, !may_grow, &mut sink);
        progress.log.settle(source.keys, outlook.restarts, &mut progress.diagnostics);
        self.diagnostics.extend(&progress.diagnostics, &source.path);
        self.readers.note(source.binding, !progress.log.is_empty());
        Some(progress.log)
    }

    /// Reads what a file holds beyond the place where an earlier reading of it ended.
    fn read_on(
        &mut self,
        source: &LogFile<'_>,
        (path, file): (&Path, &mut std::fs::File),
        buffer: &mut Vec<u8>,
        sink: &mut RecordSink<'_>,
    ) -> UnreadTail {
        let read = match source.reader.store(path, sink) {
            Some(read) => {
                // What a program has written and not put into the store yet.
                let mut written = path.as_os_str().to_owned();
                written.push("-wal");
                self.see(Path::new(&written));
                read.map(|()| UnreadTail::default())
            }
            None => source.reader.read(file, buffer, sink),
        };
        read.unwrap_or_else(|e| {
            let error = fs::FsError::new("read", path, e);
            self.diagnostics.add(DiagnosticKind::Unreadable, message(&error));
            UnreadTail::default()
        })
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
            Ok(None) if stamp == FileStamp::ABSENT && started && !self.context.is_imported => {
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

    /// Reads the end of what the job printed, without secrets.
    pub(super) fn stdout_end(&self) -> String {
        let file = files::open_regular(&self.context.dir.stdout(self.job.id)).ok().flatten();
        let tail = file.and_then(|mut file| files::read_tail(&mut file).ok()).unwrap_or_default();
        self.context.secrets.without_secrets(&tail.text)
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
        let format = self.context.dir.format();
        match format.read(&path, &text).map(Value::with_text_keys) {
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
        if self.context.is_imported {
            return;
        }
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
pub(super) fn take_known(
    resume: &mut Vec<ResumePoint>,
    source: &LogFile<'_>,
) -> Option<ResumePoint> {
    let is_its = |known: &ResumePoint| known.binding == source.binding && known.path == source.path;
    resume.iter().position(is_its).map(|at| resume.swap_remove(at))
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
