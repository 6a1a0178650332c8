//! Says where the sweeps of the present folder stand, and which command comes next.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::time::SystemTime;

use sweep_config::records::JobState;
use sweep_config::{JobId, Sweep, SweepDir};

use crate::app::sweep_source::SweepSource;
use crate::app::{Exit, Failure, Printer, command, count};
use crate::ledger::{QueueSnapshot, job_states};

/// The most sweeps of a folder that are told of.
const MOST: usize = 10;

const FLOW: &str = "\
A sweep has four stages. You can repeat each at any time:

  sweepkit setup     sample job configs from a sweep config
  sweepkit launch    run the unfinished jobs, here or on SLURM
  sweepkit collect   read their logs; show progress, failures and causes
  sweepkit analyze   write the report

`sweepkit help` lists all commands; `sweepkit init` writes a first sweep config.
";

/// How far a sweep is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum SweepProgress {
    NotSetUp,
    /// The number of jobs in each state; some are left to run.
    Unfinished(BTreeMap<JobState, usize>),
    /// All jobs are done, running or queued, and some have ended since the last collect.
    Uncollected(BTreeMap<JobState, usize>),
    /// Likewise, and all is collected, but the report is older.
    Unanalyzed(BTreeMap<JobState, usize>),
    /// Another tool ran its jobs, so many.
    Imported(usize),
    /// The report is there.
    Analyzed(BTreeMap<JobState, usize>),
}

/// Prints the stages, and where each sweep of the present folder stands.
///
/// # Errors
///
/// When the folder cannot be listed.
pub(super) fn show(printer: Printer) -> Result<Exit, Failure> {
    printer.data(FLOW);
    let found = SweepSource::all_in(Path::new("."))?;
    if found.is_empty() {
        printer.data("This folder contains no sweep config.");
    }
    for source in found.iter().take(MOST) {
        printer.data(line(source));
    }
    if found.len() > MOST {
        printer.data(format_args!("and {} more sweep configs", found.len() - MOST));
    }
    Ok(Exit::Done)
}

/// Returns what there is to say of one sweep, in two lines.
fn line(source: &SweepSource) -> String {
    let name = source.path().display();
    let told = source.load(&[]).and_then(|sweep| {
        let progress = SweepProgress::of(&sweep.dir())?;
        Ok(progress.lines(&sweep))
    });
    match told {
        Ok(lines) => format!("{name}: {lines}"),
        Err(failure) => format!("{name}: {failure}"),
    }
}

impl SweepProgress {
    fn of(dir: &SweepDir) -> Result<Self, Failure> {
        let jobs = match dir.jobs() {
            Err(e) if e.is_not_found() => Vec::new(),
            jobs => jobs?,
        };
        if jobs.is_empty() {
            return Ok(Self::NotSetUp);
        }
        if dir.is_imported() {
            return Ok(Self::Imported(jobs.len()));
        }
        let states = states(dir, &jobs)?;
        let goes_on = [JobState::Done, JobState::Running, JobState::Queued];
        Ok(if states.keys().any(|state| !goes_on.contains(state)) {
            Self::Unfinished(states)
        } else if !is_newer(&dir.sweep_json(), last_end(dir, &jobs)) {
            Self::Uncollected(states)
        } else if !is_newer(&dir.analysis_html(), modified(&dir.sweep_json())) {
            Self::Unanalyzed(states)
        } else {
            Self::Analyzed(states)
        })
    }

    fn lines(&self, sweep: &Sweep) -> String {
        let dir = sweep.dir();
        let (counts, stage) = match self {
            Self::NotSetUp => return format!("not set up\n  next: {}", next("setup", sweep)),
            Self::Imported(jobs) => {
                let stage = if dir.sweep_parquet().is_file() { "analyze" } else { "collect" };
                return format!("{} imported\n  next: {}", count(*jobs, "job"), next(stage, sweep));
            }
            Self::Unfinished(counts) => (counts, "launch"),
            Self::Uncollected(counts) => (counts, "collect"),
            Self::Unanalyzed(counts) => (counts, "analyze"),
            Self::Analyzed(counts) => {
                let report = dir.analysis_html();
                return format!("{}\n  report: {}", counted(counts), report.display());
            }
        };
        let mut text = format!("{}\n  next: {}", counted(counts), next(stage, sweep));
        let ended = counts.keys().any(|state| *state != JobState::Waiting);
        if stage == "launch" && ended {
            let _ = write!(text, "\n  or: {}    # what failed, and why", next("collect", sweep));
        }
        text
    }
}

/// Returns the number of jobs in each state, as far as SLURM says what is queued.
fn states(dir: &SweepDir, jobs: &[JobId]) -> Result<BTreeMap<JobState, usize>, Failure> {
    let (snapshot, _) = QueueSnapshot::take_if_possible(dir)?;
    let mut states = job_states(dir, jobs, &snapshot.evidence())?;
    snapshot.mark_queued(&mut states);
    let mut counts = BTreeMap::new();
    for (_, state) in states {
        *counts.entry(state).or_default() += 1;
    }
    Ok(counts)
}

/// Formats the states: `64 jobs set up, 60 waiting, 4 done`.
fn counted(counts: &BTreeMap<JobState, usize>) -> String {
    let mut text = format!("{} set up", count(counts.values().sum(), "job"));
    for (state, n) in counts {
        let _ = write!(text, ", {n} {}", state.name());
    }
    text
}

/// Returns the command of a stage as `sweepkit` is called.
fn next(stage: &str, sweep: &Sweep) -> String {
    let line = command(&format!("sweep_{stage}"), sweep);
    match line.strip_prefix(&format!("sweep_{stage} --sweep-cfg ")) {
        Some(".") => format!("sweepkit {stage}"),
        Some(named) => format!("sweepkit {stage} {named}"),
        None => line,
    }
}

/// Returns when the last job ended or started.
fn last_end(dir: &SweepDir, jobs: &[JobId]) -> Option<SystemTime> {
    jobs.iter().filter_map(|job| modified(&dir.attempts(*job))).max()
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|meta| meta.modified()).ok()
}

fn is_newer(path: &Path, than: Option<SystemTime>) -> bool {
    modified(path).is_some_and(|time| than.is_none_or(|than| time >= than))
}
