//! The files of a job, each read with its stamp, and what is odd about them remarked.

use std::io::{Seek, SeekFrom};
use std::path::Path;

use sweep_config::records::{Attempt, JobState, read_attempts};
use sweep_config::{Map, Value, fs, yaml};

use super::{Job, Sources};
use crate::collect::cache::{Fingerprint, Resume, Stamp};
use crate::collect::files::{self, Tail};
use crate::collect::reader::{Log, Rest, Sink, Taken, take_rest};
use crate::collect::remark::{Kind, Place, Remarks, STDOUT};
use crate::collect::source::Source;

/// The files of a job, in the making.
pub(super) struct Files<'a> {
    pub(super) sources: &'a Sources,
    pub(super) job: Job,
    /// Below the sweep directory, with their stamps.
    pub(super) seen: Vec<(String, Stamp)>,
    pub(super) remarks: Remarks,
}

/// The logs of a job.
#[derive(Default)]
pub(super) struct Logs {
    pub(super) log: Log,
    /// There is at least one file to read.
    pub(super) started: bool,
    pub(super) resume: Vec<Resume>,
}

impl Files<'_> {
    /// Notes the stamp of a file before it is read.
    fn see(&mut self, path: &Path) -> Stamp {
        let stamp = Stamp::of_path(path, self.sources.now);
        self.note(path, stamp);
        stamp
    }

    /// Opens a file and notes its stamp, as it was just before.
    fn open(&mut self, path: &Path) -> (Stamp, Result<Option<std::fs::File>, fs::FsError>) {
        let opened = files::open_regular(path);
        let meta =
            opened.as_ref().ok().and_then(Option::as_ref).and_then(|file| file.metadata().ok());
        let stamp = match meta {
            Some(meta) => Stamp::of(&meta, self.sources.now),
            None => Stamp::of_path(path, self.sources.now),
        };
        self.note(path, stamp);
        (stamp, opened)
    }

    fn note(&mut self, path: &Path, stamp: Stamp) {
        let below = path.strip_prefix(self.sources.dir.path()).unwrap_or(path);
        self.seen.push((below.to_string_lossy().into_owned(), stamp));
    }

    pub(super) fn attempts(&mut self) -> Vec<Attempt> {
        if !self.job.has_dir {
            return Vec::new();
        }
        let path = self.sources.dir.attempts(self.job.id);
        if self.see(&path) == Stamp::ABSENT {
            return Vec::new();
        }
        read_attempts(&path).unwrap_or_else(|e| {
            self.remarks.add(Kind::BadState, message(&e));
            Vec::new()
        })
    }

    /// What the job logged, all files together.
    pub(super) fn logs(
        &mut self,
        mut resume: Vec<Resume>,
        buffer: &mut Vec<u8>,
        may_grow: &dyn Fn(&Log) -> bool,
    ) -> Logs {
        let mut logs = Logs::default();
        if !self.job.has_dir {
            return logs;
        }
        let out_dir = self.sources.dir.out_dir(self.job.id);
        let found = self.sources.formats.find(&out_dir, self.sources.now);
        for (folder, stamp) in found.folders {
            self.note(&out_dir.join(folder), stamp);
        }
        for source in &found.sources {
            let at = resume.iter().position(|known| known.path == source.path);
            let known = at.map(|at| resume.swap_remove(at));
            self.source(source, known, buffer, &mut logs, may_grow);
        }
        // Of a job that does not print, its directory shows that it was started.
        if found.sources.iter().all(|source| source.path != STDOUT) {
            let (stamp, opened) = self.open(&out_dir.join(STDOUT));
            logs.started |= stamp != Stamp::ABSENT;
            if let Err(e) = opened {
                self.remarks.add(Kind::Unreadable, message(&e));
            }
        }
        logs
    }

    fn source(
        &mut self,
        source: &Source<'_>,
        known: Option<Resume>,
        buffer: &mut Vec<u8>,
        logs: &mut Logs,
        may_grow: &dyn Fn(&Log) -> bool,
    ) {
        let path = self.sources.dir.out_dir(self.job.id).join(&source.path);
        let (stamp, opened) = self.open(&path);
        let file = match opened {
            Ok(Some(file)) => file,
            Ok(None) => return,
            Err(e) => return self.remarks.add(Kind::Unreadable, message(&e)),
        };
        logs.started = true;
        let (mut taken, mut file) = resumed(known, file, stamp);
        let mut sink =
            Sink { taken: &mut taken, names: &self.sources.formats.names, kind: &source.kind };
        let rest = source.reader.read(&mut file, buffer, &mut sink).unwrap_or_else(|e| {
            self.remarks.add(Kind::Unreadable, message(&fs::FsError::new("read", &path, e)));
            Rest::default()
        });
        let offset = taken.position.offset;
        if offset > 0 && may_grow(&taken.log) {
            logs.resume.extend(Fingerprint::of(&file, offset).ok().map(|fingerprint| Resume {
                path: source.path.clone(),
                fingerprint,
                taken: taken.clone(),
            }));
        }
        let mut sink =
            Sink { taken: &mut taken, names: &self.sources.formats.names, kind: &source.kind };
        take_rest(source.reader, rest, buffer, &mut sink);
        taken.log.remark_on_gaps(&mut taken.remarks);
        self.remarks.extend(&taken.remarks, &source.path);
        if logs.log.is_empty() {
            logs.log = taken.log;
        } else {
            logs.log.merge(taken.log);
        }
    }

    pub(super) fn stderr(&mut self, started: bool) -> Tail {
        if !self.job.has_dir {
            return Tail::default();
        }
        let path = self.sources.dir.stderr(self.job.id);
        let (stamp, opened) = self.open(&path);
        let tail = opened.and_then(|file| {
            let has_text = |_: &std::fs::File| stamp.len > 0;
            let tail =
                file.filter(has_text).map(|mut file| files::read_tail(&mut file)).transpose();
            tail.map_err(|e| fs::FsError::new("read", &path, e))
        });
        match &tail {
            Ok(None) if stamp == Stamp::ABSENT && started => {
                self.remarks.add(Kind::NoStderr, Place::OutDir);
            }
            Ok(Some(tail)) if tail.was_not_utf8 => self.remarks.add(Kind::NotUtf8, Place::Stderr),
            Ok(_) => {}
            Err(e) => self.remarks.add(Kind::Unreadable, message(e)),
        }
        tail.ok().flatten().unwrap_or_default()
    }

    /// The config as it was set up.
    pub(super) fn config(&mut self) -> Option<Map> {
        if !self.job.has_config {
            return None;
        }
        let path = self.sources.dir.cfg(self.job.id);
        self.see(&path);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) => {
                self.remarks.add(Kind::BadConfig, message(&e));
                return None;
            }
        };
        match yaml::read(&path, &text) {
            Ok(Value::Map(map)) => Some(map),
            Ok(_) => {
                self.remarks.add(Kind::BadConfig, Place::Config);
                None
            }
            Err(problems) => {
                self.remarks.add(Kind::BadConfig, Place::Message(problems.to_string()));
                None
            }
        }
    }

    /// The state as our own workers recorded it, with what SLURM has in its queue.
    pub(super) fn recorded_state(&mut self, attempts: &[Attempt]) -> JobState {
        if self.sources.queued.contains(&self.job.id) {
            return JobState::Queued;
        }
        self.sources.state(self.job.id, attempts).unwrap_or_else(|e| {
            self.remarks.add(Kind::BadState, message(&e));
            JobState::Other("unknown".to_owned())
        })
    }

    /// Says what is not there though it should be.
    pub(super) fn remark_on_absence(&mut self, state: &JobState, started: bool, log: &Log) {
        let remarks = &mut self.remarks;
        let may_come = matches!(state, JobState::Running | JobState::Queued);
        let unreadable = remarks.iter().any(|(kind, _)| kind == Kind::Unreadable);
        if self.job.has_dir && !started && !may_come && !unreadable {
            remarks.add(Kind::NoStdout, Place::OutDir);
        }
        if started && log.is_empty() && !may_come && !unreadable {
            remarks.add(Kind::NoRecord, Place::Stdout);
        }
        if started && !self.job.has_config {
            remarks.add(Kind::NoConfig, Place::OutDir);
        }
    }
}

/// What was taken from a file so far, and the file at the place where that ends: at its beginning, and
/// nothing, if it is not the file that was read.
fn resumed(known: Option<Resume>, mut file: std::fs::File, stamp: Stamp) -> (Taken, std::fs::File) {
    let is_same = |known: &Resume| {
        let offset = known.taken.position.offset;
        stamp.len >= offset
            && Fingerprint::of(&file, offset).is_ok_and(|now| now == known.fingerprint)
    };
    let taken = known.filter(is_same).map(|known| known.taken).unwrap_or_default();
    let at = SeekFrom::Start(taken.position.offset);
    if taken.position.offset > 0 && file.seek(at).is_err() {
        return (Taken::default(), file);
    }
    (taken, file)
}

fn message(error: &fs::FsError) -> Place {
    Place::Message(format!("{error}: {}", error.source))
}
