//! One job: its files to what the stages after it want to know. All of a job's I/O is in [`read`].

mod read;

use std::collections::{BTreeMap, BTreeSet};

use sweep_config::records::{Attempt, JobState, read_attempts};
use sweep_config::table as name;
use sweep_config::{JobId, Map, SweepDir, Value, claim, fs};

use crate::collect::cache::{Kept, Resume, Stamp};
use crate::collect::datum::Datum;
use crate::collect::entry::Entry;
use crate::collect::objective::ObjectiveInputs;
use crate::collect::reader::{Log, Logged, Series};
use crate::collect::remark::Remarks;
use crate::collect::source::Formats;
use crate::collect::table::curves::{self, Curve};
use crate::collect::table::{Cells, push_config, push_defaults, push_log};
use crate::collect::verdict;
use crate::failure_text::{FailureCause, last_line};
use crate::ledger::SlurmAccounting;
use read::{Files, Logs};

/// What no job logs by itself: the same for all jobs of a sweep.
pub(crate) struct Sources {
    pub(crate) dir: SweepDir,
    /// What was sampled, by the file name of the config.
    pub(crate) summary: BTreeMap<String, String>,
    /// How many jobs each config has.
    pub(crate) replicates: u32,
    /// What SLURM says of workers.
    pub(crate) evidence: claim::SlurmEvidence,
    /// The jobs that a task in its queue will run.
    pub(crate) queued: BTreeSet<JobId>,
    /// How tasks ended whose worker left no word.
    pub(crate) accounts: SlurmAccounting,
    /// How logs are read.
    pub(crate) formats: Formats,
    /// The values of parameters that a job's config may lack, by column.
    pub(crate) defaults: Cells,
    /// What is kept of a job for the objectives.
    pub(crate) objective_inputs: ObjectiveInputs,
    /// When this collect began, in seconds since 1970.
    pub(crate) now: i64,
}

/// A job to collect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) id: JobId,
    /// It has a config in `cfgs/`.
    pub(crate) has_config: bool,
    /// It has a log directory.
    pub(crate) has_dir: bool,
}

/// A job, collected.
pub(crate) struct Collected {
    /// What the next collect is to know of it.
    pub(crate) kept: Kept,
    /// Its entry of `sweep.json`; only of a job that was started.
    pub(crate) entry: Option<Vec<u8>>,
    /// Its row of `sweep.parquet`.
    pub(crate) cells: Cells,
    /// Its rows of `curves.parquet`.
    pub(crate) curves: Vec<Curve>,
    /// Where the reading of its logs goes on, while there may be more of them.
    pub(crate) resume: Vec<Resume>,
}

/// What the status says of a job.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Brief {
    pub(crate) job: JobId,
    pub(crate) state: JobState,
    /// It has a `stdout.log`, or another log.
    pub(crate) started: bool,
    pub(crate) progress: Progress,
    /// There is something in its `stderr.log`.
    pub(crate) has_stderr: bool,
    /// The last error, loss or objective that it logged is no finite number.
    pub(crate) is_diverged: bool,
    /// The cells that the objective may read.
    pub(crate) objective_inputs: Vec<Option<Datum>>,
    /// The last line of `stderr.log`, of a job that is not done; else why the attempt ended.
    pub(crate) error: Option<String>,
    /// What it died of, if it did and its `stderr.log` says so.
    pub(crate) cause: Option<FailureCause>,
    pub(crate) runs: Runs,
    pub(crate) remarks: Remarks,
}

/// What a job's attempts took.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Runs {
    pub(crate) attempts: u32,
    /// Wall time of those that ended, in seconds.
    pub(crate) seconds: f64,
    /// The host of the last one, when it started and, if it did, ended (seconds since 1970), and how.
    pub(crate) host: Option<String>,
    pub(crate) started: Option<i64>,
    pub(crate) ended: Option<i64>,
    pub(crate) exit_code: Option<i32>,
    pub(crate) signal: Option<i32>,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The last epoch that was tested, or else the last that was logged.
    pub(crate) epoch: Option<i64>,
    /// How many epochs it has, if its log or its config says so.
    pub(crate) of: Option<i64>,
}

/// The type whose epochs count as done.
const TESTED: &str = "test_epoch";

/// Room for the columns of a job with a large config.
const USUAL_CELLS: usize = 384;

/// Where a config says how many epochs there are (pycls's key).
const MAX_EPOCH: &str = "OPTIM.MAX_EPOCH";

impl Sources {
    /// True if and only if a job must be read anew.
    pub(crate) fn has_changed(&self, job: Job, kept: &Kept) -> bool {
        if (job.has_config, job.has_dir) != kept.has {
            return true;
        }
        let was_queued = kept.brief.state == JobState::Queued;
        if self.queued.contains(&job.id) != was_queued {
            return true;
        }
        let changed = |(path, stamp): &(String, Stamp)| {
            !stamp.is_still(&Stamp::of_path(&self.dir.path().join(path), self.now))
        };
        if kept.files.iter().any(changed) {
            return true;
        }
        if !kept.is_open || was_queued {
            return false;
        }
        let attempts = read_attempts(&self.dir.attempts(job.id)).unwrap_or_default();
        self.state(job.id, &attempts).map_or(true, |state| state != kept.brief.state)
    }

    /// The state by the journal and the claim; where both leave a job lost, by SLURM's accounts.
    fn state(&self, job: JobId, attempts: &[Attempt]) -> Result<JobState, fs::FsError> {
        let state = claim::job_state(&self.dir, job, attempts, &self.evidence)?;
        if state != JobState::Lost {
            return Ok(state);
        }
        let task = attempts.last().and_then(|attempt| attempt.start.slurm.as_deref());
        Ok(task.and_then(|task| self.accounts.end_of(task)).unwrap_or(state))
    }

    /// Collects one job; what is wrong with its files is remarked, never an error.
    ///
    /// `resume` is where an earlier reading of its logs ended.
    pub(crate) fn collect(&self, job: Job, resume: Vec<Resume>, buffer: &mut Vec<u8>) -> Collected {
        let mut files = Files { sources: self, job, seen: Vec::new(), remarks: Remarks::default() };
        let attempts = files.attempts();
        // Before the log is read: of a job that is done by then, the log is whole.
        let recorded = files.recorded_state(&attempts);
        let is_open = attempts.last().is_some_and(|attempt| attempt.end.is_none());
        let may_grow = |log: &Log| {
            if attempts.is_empty() {
                logged_state(progress(log, None)) != JobState::Done
            } else {
                !verdict::is_settled(&recorded)
            }
        };
        let Logs { log, started, resume } = files.logs(resume, buffer, &may_grow);
        let err = files.stderr(started);
        let config = if log.get("cfg").is_some() { None } else { files.config() };
        let progress = progress(&log, config.as_ref());
        let by_log = started && attempts.is_empty() && recorded != JobState::Queued;
        let state = if by_log { logged_state(progress) } else { recorded };
        files.remark_on_absence(&state, started, &log);

        let error_line = last_line(&err.text).filter(|_| state != JobState::Done);
        let cause = verdict::cause(&state, &err.text);
        let is_diverged = verdict::is_diverged(&log, &self.objective_inputs.paths);
        let facts = Facts {
            state: &state,
            attempts: &attempts,
            error_line: error_line.as_deref(),
            cause: cause.as_ref(),
            progress,
            is_diverged,
        };
        let mut cells = self.facts(job.id, &facts);
        if let Some(config) = config {
            push_config(&mut cells, config);
        }
        push_log(&mut cells, &log);
        push_defaults(&mut cells, &self.defaults);
        let entry = started.then(|| self.entry(job.id, &state, &log, &err.text));
        let curves = curves::of_log(job.id, &log);
        let error = error_line.or_else(|| reason(&attempts).filter(|_| state != JobState::Done));
        let brief = Brief {
            job: job.id,
            started,
            progress,
            has_stderr: !err.text.is_empty(),
            is_diverged,
            objective_inputs: self.objective_inputs.take(&cells),
            error,
            cause,
            runs: Runs::of(&attempts),
            remarks: files.remarks,
            state,
        };
        let entry_len = entry.as_ref().map(|entry| entry.len() as u64);
        let rows = curves.iter().map(Curve::rows).sum();
        let has = (job.has_config, job.has_dir);
        let kept =
            Kept { files: files.seen, has, is_open, brief, entry: entry_len, rows, resume: None };
        Collected { kept, entry, cells, curves, resume }
    }

    /// What was sampled for a job.
    pub(crate) fn sampled(&self, job: JobId) -> Option<&str> {
        self.summary.get(&SweepDir::cfg_name(job)).map(String::as_str)
    }

    /// The number of the config that a job is of.
    fn config_of(&self, job: JobId) -> u32 {
        job.0 / self.replicates
    }

    fn entry(&self, job: JobId, state: &JobState, log: &Log, err: &str) -> Vec<u8> {
        let (log_file, err_file) = (self.dir.stdout(job), self.dir.stderr(job));
        let entry = Entry {
            job,
            config: (self.replicates > 1).then(|| self.config_of(job)),
            state: state.name(),
            log,
            log_file: &log_file.to_string_lossy(),
            err_file: &err_file.to_string_lossy(),
            err,
        };
        entry.to_json()
    }

    fn facts(&self, job: JobId, facts: &Facts<'_>) -> Cells {
        let Facts { state, attempts, error_line, cause, progress, is_diverged } = *facts;
        let text = |text: Option<&str>| text.map_or(Datum::Null, Datum::text);
        let start = attempts.last().map(|attempt| &attempt.start);
        let end = attempts.last().and_then(|attempt| attempt.end.as_ref());
        let ended = attempts.iter().filter_map(|attempt| attempt.end.as_ref());
        let seconds = ended.map(|end| end.seconds).reduce(|a, b| a + b);
        let count = i64::try_from(attempts.len()).unwrap_or(i64::MAX);
        let cells = [
            (name::JOB, Datum::Int(job.0.into())),
            (name::STATE, Datum::text(state.name())),
            (name::SAMPLED, text(self.sampled(job))),
            (name::CONFIG, Datum::Int(self.config_of(job).into())),
            (name::ATTEMPTS, Datum::Int(count)),
            (name::HOST, text(start.map(|start| start.host.as_str()))),
            (name::STARTED, text(start.map(|start| start.started.as_str()))),
            (name::ENDED, text(end.map(|end| end.ended.as_str()))),
            (name::SECONDS, seconds.map_or(Datum::Null, Datum::Float)),
            (name::EXIT_CODE, Datum::int_or_null(end.and_then(|end| end.exit_code))),
            (name::SIGNAL, Datum::int_or_null(end.and_then(|end| end.signal))),
            (name::REASON, text(end.map(|end| end.reason.as_str()))),
            (name::ERROR_LINE, text(error_line)),
            (name::CAUSE, text(cause.map(|cause| cause.headline.as_str()))),
            (name::DIVERGED, Datum::Bool(is_diverged)),
            (name::EPOCH_IND, Datum::int_or_null(progress.epoch)),
            (name::EPOCH_MAX, Datum::int_or_null(progress.of)),
        ];
        let mut row = Cells::with_capacity(USUAL_CELLS);
        row.extend(cells.into_iter().map(|(name, value)| (name.to_owned(), value)));
        row
    }
}

/// What the first columns of `sweep.parquet` say of a job.
struct Facts<'a> {
    state: &'a JobState,
    attempts: &'a [Attempt],
    error_line: Option<&'a str>,
    cause: Option<&'a FailureCause>,
    progress: Progress,
    is_diverged: bool,
}

impl Runs {
    fn of(attempts: &[Attempt]) -> Self {
        let last = attempts.last();
        let end = last.and_then(|attempt| attempt.end.as_ref());
        let ended = attempts.iter().filter_map(|attempt| attempt.end.as_ref());
        Self {
            attempts: u32::try_from(attempts.len()).unwrap_or(u32::MAX),
            seconds: ended.map(|end| end.seconds).sum(),
            host: last.map(|attempt| attempt.start.host.clone()),
            started: last.and_then(|attempt| instant(&attempt.start.started)),
            ended: end.and_then(|end| instant(&end.ended)),
            exit_code: end.and_then(|end| end.exit_code),
            signal: end.and_then(|end| end.signal),
        }
    }
}

/// A time of the journal in seconds since 1970.
fn instant(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second)
}

/// The state of a job that has a log and no record of an attempt, as pycls leaves it: done where the
/// last epoch was tested, and else `unfinished`, since nobody can say whether it runs.
fn logged_state(progress: Progress) -> JobState {
    if progress.epoch.is_some() && progress.epoch == progress.of {
        JobState::Done
    } else {
        JobState::Other("unfinished".to_owned())
    }
}

fn reason(attempts: &[Attempt]) -> Option<String> {
    let reason = &attempts.last()?.end.as_ref()?.reason;
    (!reason.is_empty()).then(|| reason.clone())
}

fn progress(log: &Log, config: Option<&Map>) -> Progress {
    let last = furthest(log).and_then(|series| series.rows().last());
    let of = last.and_then(|row| row.epoch_max);
    Progress { epoch: last.map(|row| row.at.epoch), of: of.or_else(|| max_epoch(log, config)) }
}

/// The series whose epochs count: the tests', or else, of a program that names no tests, the one that
/// is furthest.
fn furthest(log: &Log) -> Option<&Series> {
    if let Some(Logged::Series(series)) = log.get(TESTED) {
        return Some(series);
    }
    let is_pycls = matches!(log.get("cfg"), Some(Logged::Once(_)));
    let by_epoch = log.iter().filter_map(|(_, logged)| match logged {
        Logged::Series(series) if !series.is_by_step && !is_pycls => Some(series),
        _ => None,
    });
    by_epoch.max_by_key(|series| series.rows().last().map(|row| row.at.epoch))
}

fn max_epoch(log: &Log, config: Option<&Map>) -> Option<i64> {
    let (first, rest) = MAX_EPOCH.split_once('.')?;
    let value = match (log.get("cfg"), config) {
        (Some(Logged::Once(once)), _) => match once.get(first)? {
            Datum::Nested(value) => value.get_path(rest),
            _ => None,
        },
        (_, Some(config)) => config.get(first)?.get_path(rest),
        _ => None,
    };
    match value? {
        Value::Int(epochs) => Some(*epochs),
        _ => None,
    }
}
