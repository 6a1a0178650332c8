//! Says what to write into the sweep config so that more of the jobs' logs counts (pure): readers for logs that nobody
//! reads, readers and fields that match nothing, and what the jobs could be ranked by.

use std::collections::BTreeSet;

use sweep_config::{CollectConfig, Sweep};

use super::column_census::ColumnCensus;
use super::diagnostic::DiagnosticKind;
use super::job::{JobStatus, ReaderUse};
use super::log_hint::HintSummary;
use super::reader::is_position;
use super::table::{FACTS, number_columns};
use crate::trials::ObjectiveCandidate;

/// The lines that could be written into the sweep config.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct CollectAdvice {
    /// The logs that `READERS` does not name.
    pub(crate) hints: Vec<HintSummary>,
    /// The sentences on what `COLLECT` names and no job has.
    pub(crate) unmatched: Vec<String>,
    /// The metrics that jobs could be ranked by, where none is.
    pub(crate) candidates: Vec<ObjectiveCandidate>,
    /// The config names an objective.
    pub(crate) has_objective: bool,
    /// Some job has no record.
    pub(crate) has_silent_jobs: bool,
    /// The command line hands the job's directory to its program.
    pub(crate) names_out_dir: bool,
}

impl CollectAdvice {
    /// Finds out what to advise, from all jobs, the columns that they have and the values of the objective.
    pub(crate) fn of(
        sweep: &Sweep,
        job_statuses: &[JobStatus],
        columns: &[(String, ColumnCensus)],
        has_values: bool,
    ) -> Self {
        let hints =
            HintSummary::all(job_statuses.iter().map(|job| (job.job, job.hints.as_slice())));
        let candidates =
            if has_values { Vec::new() } else { ObjectiveCandidate::all(&logged_numbers(columns)) };
        let has_logs = job_statuses.iter().any(|job| job.started);
        Self {
            hints,
            unmatched: if has_logs {
                unmatched(&sweep.collect, job_statuses, columns)
            } else {
                Vec::new()
            },
            candidates,
            has_silent_jobs: job_statuses.iter().any(is_silent),
            has_objective: !sweep.analyze.objectives.is_empty(),
            names_out_dir: sweep.launch.keep_alive
                || sweep.launch.command.contains("out_dir")
                || sweep.launch.command.contains("SWEEP_"),
        }
    }
}

fn is_silent(job: &JobStatus) -> bool {
    job.diagnostics.iter().any(|(kind, _)| kind == DiagnosticKind::NoRecord)
}

/// Returns the columns of numbers that the jobs logged.
fn logged_numbers(columns: &[(String, ColumnCensus)]) -> BTreeSet<&str> {
    let is_fact = |name: &str| FACTS.iter().any(|(fact, _)| *fact == name);
    number_columns(columns).into_iter().filter(|name| !is_fact(name)).collect()
}

fn unmatched(
    collect: &CollectConfig,
    job_statuses: &[JobStatus],
    columns: &[(String, ColumnCensus)],
) -> Vec<String> {
    let mut used = ReaderUse::default();
    for job in job_statuses {
        used.join(job.readers);
    }
    let mut sentences = Vec::new();
    for (at, reader) in collect.readers.iter().enumerate().take(64) {
        let files = if reader.files.is_empty() {
            String::new()
        } else {
            format!(", FILES: {}", reader.files.join(" "))
        };
        let name = format!("COLLECT.READERS[{at}] ({}{files})", reader.format.name());
        if used.found & (1 << at) == 0 {
            sentences.push(format!("{name} matches no file in any job"));
        } else if used.gave & (1 << at) == 0 {
            sentences.push(format!("{name} matches files but finds no record in them"));
        }
    }
    let is_there = |path: &str| {
        columns.iter().any(|(name, _)| name == path || name.starts_with(&format!("{path}.")))
    };
    let is_place = |path: &str| path.split_once('.').is_some_and(|(_, field)| is_position(field));
    for (from, to) in collect.fields.iter().filter(|(_, to)| !is_there(to) && !is_place(to)) {
        sentences.push(format!("COLLECT.FIELDS renames `{from}` to `{to}`, but no job logs it"));
    }
    sentences
}
