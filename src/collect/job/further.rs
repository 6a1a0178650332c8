//! Reads the further logs of a job that has no record in the usual files, and notes which of its files look like logs.

use std::path::Path;

use sweep_config::LogFormat;

use super::read::{JobFiles, JobLogs, LogOutlook, take_known};
use crate::app::tail::lines_from_end;
use crate::collect::cache::ResumePoint;
use crate::collect::diagnostic::STDOUT;
use crate::collect::files;
use crate::collect::further_logs::{FurtherFiles, hint};
use crate::collect::log_hint::LogHint;
use crate::collect::reader::{FileLog, JobLog, LoggedType, merge_files, printed_names};
use crate::trials::guess_goal;

impl JobFiles<'_> {
    /// Reads what well-known programs leave, or else what the job prints; and notes which other files look like logs.
    pub(super) fn further(
        &mut self,
        resume: &mut Vec<ResumePoint>,
        buffer: &mut Vec<u8>,
        logs: &mut JobLogs,
        outlook: &LogOutlook<'_>,
    ) {
        let context = self.context;
        let out_dir = context.dir.out_dir(self.job.id);
        let mut found = FurtherFiles::of(&out_dir, context.now);
        for (folder, stamp) in std::mem::take(&mut found.folders) {
            self.note(&out_dir.join(folder), stamp);
        }
        if let Some(further) = context.formats.further() {
            let sources = further.known(&mut found, &out_dir);
            let mut read = Vec::with_capacity(sources.len());
            for (source, hint) in &sources {
                let log = self.source(source, take_known(resume, source), buffer, logs, outlook);
                if !self.hints.contains(hint) {
                    self.hints.push(hint.clone());
                }
                let (path, binding) = (source.path.as_str(), source.binding);
                read.extend(log.map(|log| FileLog { path, binding, log }));
            }
            logs.log = merge_files(read, &mut self.diagnostics);
            for source in further.printed() {
                if !logs.log.is_empty() || !logs.started {
                    break;
                }
                let log = self.source(&source, take_known(resume, &source), buffer, logs, outlook);
                logs.log = log.unwrap_or_default();
                let names = metric_names(&logs.log);
                let is_read = !names.is_empty();
                self.hints.extend(is_read.then(|| hint(LogFormat::Keyvalue, &source, names)));
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
        let mut tail = files::open_regular(&out_dir.join(STDOUT)).ok().flatten();
        let tail = tail.as_mut().and_then(|file| files::read_tail(file).ok()).unwrap_or_default();
        if self.hints.is_empty() && ends_with_number(&tail.text) {
            self.hints.push(LogHint::bare_number());
        }
        let names = printed_names(tail.text.as_bytes());
        if formats.further().is_none() && !names.is_empty() {
            let (reader, files, kind) = ("keyvalue".to_owned(), STDOUT.to_owned(), String::new());
            self.hints.push(LogHint { is_read: false, reader, files, kind, names });
        }
    }
}

/// True if the last line of an output is a number and nothing else, as of a program that prints its result.
fn ends_with_number(output: &str) -> bool {
    let last = lines_from_end(output).next();
    last.is_some_and(|line| line.trim().parse::<f64>().is_ok_and(f64::is_finite))
}

/// Returns the names of the metrics of a log.
fn metric_names(log: &JobLog) -> Vec<String> {
    let names = log.iter().flat_map(|(_, logged)| match logged {
        LoggedType::Series(series) => series.names.clone(),
        LoggedType::Once(once) => once.names(),
    });
    names.filter(|name| guess_goal(name).is_some()).collect()
}
