//! One job: reads its files (all input and output is in [`read`]), and makes of them its row, its curves, its
//! entry of `sweep.json` and its state.

mod facts;
mod further;
mod read;
mod status;

use std::collections::{BTreeMap, BTreeSet};

use sweep_config::records::{Attempt, JobOrigins, JobState, ToldResult, read_attempts};
use sweep_config::secrets::SecretValues;
use sweep_config::{JobId, Map, SweepDir, claim, fs};

use crate::collect::cache::{CacheEntry, FileStamp, ResumePoint};
use crate::collect::log_discovery::LogDiscovery;
use crate::collect::log_value::LogValue;
use crate::collect::objective::ObjectiveInputs;
use crate::collect::reader::{JobLog, told_log};
use crate::collect::sweep_json_entry::SweepJsonEntry;
use crate::collect::table::curves::{self, JobCurve};
use crate::collect::table::{ColumnNames, JobRow, push_config, push_defaults, push_log};
use crate::collect::verdict;
use crate::failure_text::last_line;
use crate::ledger::SlurmAccounting;
use facts::{JobFacts, fact_cells};
use read::{JobFiles, JobLogs, LogOutlook, unknown_state};
pub(crate) use status::{AttemptSummary, EpochProgress, JobStatus, ReaderUse};
use status::{imported_state, logged_state, progress, reason};

/// The facts that all jobs of a sweep share, and none logs by itself.
pub(crate) struct SweepContext {
    pub(crate) dir: SweepDir,
    /// The text of what was sampled, by the file name of the config.
    pub(crate) summary: BTreeMap<String, String>,
    /// Which config each job is of.
    pub(crate) origins: JobOrigins,
    /// Which workers are gone, by SLURM's answer.
    pub(crate) evidence: claim::SlurmEvidence,
    /// The jobs that a task in its queue will run.
    pub(crate) queued: BTreeSet<JobId>,
    /// The ends of tasks whose worker recorded none.
    pub(crate) accounts: SlurmAccounting,
    /// Which files are logs, and how they are read.
    pub(crate) formats: LogDiscovery,
    /// The values of parameters that a job's config may lack, by column.
    pub(crate) defaults: Vec<(String, LogValue)>,
    /// The reader of the values that the objectives need of a job.
    pub(crate) objective_inputs: ObjectiveInputs,
    /// The values that must not be shown.
    pub(crate) secrets: SecretValues,
    /// Another tool ran the jobs: they have no output of a worker's.
    pub(crate) is_imported: bool,
    /// The results that were told, which are those of jobs that no worker ran; of a sweep that is tuned.
    pub(crate) told: Option<BTreeMap<JobId, ToldResult>>,
    /// When this collect began, in seconds since 1970.
    pub(crate) now: i64,
}

/// A job to collect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CollectJob {
    pub(crate) id: JobId,
    /// It has a config in `cfgs/`.
    pub(crate) has_config: bool,
    /// It has a log directory.
    pub(crate) has_dir: bool,
}

/// The outputs of one job.
pub(crate) struct CollectedJob {
    /// The entry of the cache, for the next collect.
    pub(crate) kept: CacheEntry,
    /// Its entry of `sweep.json`; only of a job that was started.
    pub(crate) entry: Option<Vec<u8>>,
    /// Its row of `sweep.parquet`.
    pub(crate) row: JobRow,
    /// Its rows of `curves.parquet`.
    pub(crate) curves: Vec<JobCurve>,
    /// The places where the reading of its logs goes on, while they may grow.
    pub(crate) resume: Vec<ResumePoint>,
}

/// The memory that one job leaves to the next.
#[derive(Default)]
pub(crate) struct JobMemory {
    buffer: Vec<u8>,
    names: ColumnNames,
}

impl SweepContext {
    /// True if a job must be read anew.
    pub(crate) fn has_changed(&self, job: CollectJob, kept: &CacheEntry) -> bool {
        if (job.has_config, job.has_dir) != kept.has {
            return true;
        }
        let was_queued = kept.job_status.state == JobState::Queued;
        if self.queued.contains(&job.id) != was_queued {
            return true;
        }
        let changed = |(path, stamp): &(String, FileStamp)| {
            !stamp.is_still(&FileStamp::of_path(&self.dir.path().join(path), self.now))
        };
        if kept.files.iter().any(changed) {
            return true;
        }
        if !kept.is_open || was_queued {
            return false;
        }
        let attempts = read_attempts(&self.dir.attempts(job.id)).unwrap_or_default();
        self.state(job.id, &attempts).map_or(true, |state| state != kept.job_status.state)
    }

    /// Returns the state by the journal and the claim, or, if these say that the job is lost or its last attempt open, by
    /// SLURM's word.
    fn state(&self, job: JobId, attempts: &[Attempt]) -> Result<JobState, fs::FsError> {
        let state = claim::job_state(&self.dir, job, attempts, &self.evidence)?;
        let open = attempts.last().filter(|last| last.is_open() && state == JobState::Waiting);
        if let Some(open) = open {
            return Ok(self.accounts.state_of_open(open).unwrap_or(state));
        }
        if state != JobState::Lost {
            return Ok(state);
        }
        let last = attempts.last().map(|attempt| &attempt.start);
        Ok(last.and_then(|start| self.accounts.end_of(start)).unwrap_or(state))
    }

    /// Collects one job; what is wrong with its files is reported, never an error.
    ///
    /// `resume` is where an earlier reading of its logs ended; `memory` is what the job before it left.
    pub(crate) fn collect(
        &self,
        job: CollectJob,
        resume: Vec<ResumePoint>,
        memory: &mut JobMemory,
    ) -> CollectedJob {
        let mut files = JobFiles::new(self, job);
        let mut read = JobReading::of(&mut files, resume, &mut memory.buffer);
        let state = &read.state;
        let error_line = last_line(&read.err).filter(|_| *state != JobState::Done);
        let cause = verdict::cause(state, &read.err, || files.stdout_end());
        let is_diverged = verdict::is_diverged(&read.log, &self.objective_inputs.paths);
        let facts = JobFacts {
            job: job.id,
            config: self.config_of(job.id),
            sampled: self.sampled(job.id),
            state,
            attempts: &read.attempts,
            error_line: error_line.as_deref(),
            cause: cause.as_ref(),
            progress: read.progress,
            is_diverged,
        };
        let mut row = fact_cells(&facts, &memory.names);
        if let Some(config) = read.config.take() {
            push_config(&mut row, config);
        }
        push_log(&mut row, &read.log);
        push_defaults(&mut row, &self.defaults);
        row.mask(&self.secrets);
        memory.names = row.share_names();
        let entry = read.started.then(|| self.entry(job.id, &read));
        let curves = curves::of_log(job.id, &read.log, read.progress.of);
        let job_status = JobStatus {
            job: job.id,
            started: read.started || (self.is_imported && !read.attempts.is_empty()),
            progress: read.progress,
            has_stderr: !read.err.is_empty(),
            is_diverged,
            objective_inputs: self.objective_inputs.take(&row),
            error: error_line.or_else(|| read.reason()),
            cause,
            runs: AttemptSummary::of(&read.attempts),
            diagnostics: files.diagnostics,
            odd_cells: std::mem::take(&mut read.log.odd_cells),
            readers: files.readers,
            hints: files.hints,
            state: read.state,
        };
        let kept = CacheEntry {
            files: files.seen,
            has: (job.has_config, job.has_dir),
            is_open: read.is_open,
            job_status,
            entry: entry.as_ref().map(|entry| entry.len() as u64),
            rows: curves.iter().map(JobCurve::rows).sum(),
            resume: None,
        };
        CollectedJob { kept, entry, row, curves, resume: read.resume }
    }

    /// Returns the text of what was sampled for a job.
    pub(crate) fn sampled(&self, job: JobId) -> Option<&str> {
        self.summary.get(&self.dir.cfg_name(job)).map(String::as_str)
    }

    /// Returns the number of the config that a job belongs to.
    fn config_of(&self, job: JobId) -> u32 {
        u32::try_from(self.origins.config(job.0.into())).unwrap_or(job.0)
    }

    /// Returns the entry of a job in `sweep.json`.
    fn entry(&self, job: JobId, read: &JobReading) -> Vec<u8> {
        let (log_file, err_file) = (self.dir.stdout(job), self.dir.stderr(job));
        let entry = SweepJsonEntry {
            job,
            config: self.origins.are_replicated().then(|| self.config_of(job)),
            state: read.state.name(),
            log: &read.log,
            log_file: &log_file.to_string_lossy(),
            err_file: &err_file.to_string_lossy(),
            err: &read.err,
        };
        let json = entry.to_json();
        if self.secrets.is_empty() {
            return json;
        }
        self.secrets.masked_json(&String::from_utf8_lossy(&json)).into_owned().into_bytes()
    }
}

/// The contents of a job's files.
struct JobReading {
    attempts: Vec<Attempt>,
    /// The last attempt has no end.
    is_open: bool,
    state: JobState,
    progress: EpochProgress,
    log: JobLog,
    started: bool,
    resume: Vec<ResumePoint>,
    /// The end of `stderr.log`, without secrets.
    err: String,
    /// The config of a job that did not log it.
    config: Option<Map>,
}

impl JobReading {
    fn of(files: &mut JobFiles<'_>, resume: Vec<ResumePoint>, buffer: &mut Vec<u8>) -> Self {
        let journal = files.attempts();
        let is_unknown = journal.is_none();
        let attempts = journal.unwrap_or_default();
        // Before the log is read: of a job that is done by then, the log is whole.
        let recorded = if is_unknown { unknown_state() } else { files.recorded_state(&attempts) };
        let has_no_end = |last: &Attempt| last.end.is_none() || last.is_open();
        let is_open = is_unknown || attempts.last().is_some_and(has_no_end);
        let may_grow = |log: &JobLog| {
            if attempts.is_empty() {
                logged_state(progress(log, None)) != JobState::Done
            } else {
                !verdict::is_settled(&recorded)
            }
        };
        let restarts = attempts.len().saturating_sub(1);
        let outlook = LogOutlook { restarts, may_grow: &may_grow };
        let JobLogs { log, started, resume } = files.logs(resume, buffer, &outlook);
        let told = if started || is_unknown { None } else { files.told(&attempts) };
        let err = files.context.secrets.without_secrets(&files.stderr(started).text);
        let config = if log.get("cfg").is_some() { None } else { files.config() };
        let progress = progress(&log, config.as_ref());
        let is_recorded = is_unknown || recorded == JobState::Queued;
        let is_imported = files.context.is_imported;
        let by_log = (started || is_imported) && attempts.is_empty() && !is_recorded;
        let state = match by_log {
            true if is_imported => imported_state(&log),
            true => logged_state(progress),
            false => recorded,
        };
        files.report_absence(&state, started, &log);
        let (state, log, started) = match told {
            Some(told) => (told.job_state(), told_log(&told.values), true),
            None => (state, log, started),
        };
        Self { attempts, is_open, state, progress, log, started, resume, err, config }
    }

    /// Returns why the last attempt ended, of a job that is not done.
    fn reason(&self) -> Option<String> {
        reason(&self.attempts).filter(|_| self.state != JobState::Done)
    }
}
