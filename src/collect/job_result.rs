//! Reads the result of one job as soon as an attempt at it has ended, for a sweep that is tuned: what a later collect will
//! find of it, by the same readers.

use std::collections::{BTreeMap, BTreeSet};

use sweep_config::claim::SlurmEvidence;
use sweep_config::fs::FsError;
use sweep_config::records::{Attempt, JobOrigins, ResultLine, is_done, read_attempts};
use sweep_config::{JobId, Sweep};

use super::cache;
use super::diagnostic::{DiagnosticCount, DiagnosticKind, DiagnosticPlace};
use super::job::{CollectJob, JobMemory, JobStatus, SweepContext};
use super::log_discovery::LogDiscovery;
use super::log_value::LogValue;
use super::objective::ObjectiveInputs;
use crate::ledger::SlurmAccounting;

/// The reader of the results of single jobs.
pub(crate) struct JobResultReader {
    context: SweepContext,
}

impl JobResultReader {
    /// Returns the reader of a sweep. It asks nobody about workers, since it reads what has ended.
    pub(crate) fn new(sweep: &Sweep) -> Self {
        let objectives = &sweep.analyze.objectives;
        let metrics: Vec<String> = objectives.iter().map(|one| one.metric.clone()).collect();
        let context = SweepContext {
            dir: sweep.dir(),
            summary: BTreeMap::new(),
            origins: JobOrigins::default(),
            evidence: SlurmEvidence::none(),
            queued: BTreeSet::new(),
            accounts: SlurmAccounting::default(),
            formats: LogDiscovery::of(&sweep.collect, &metrics),
            defaults: Vec::new(),
            objective_inputs: ObjectiveInputs::of_each(objectives),
            secrets: sweep.secret_values(),
            is_imported: false,
            told: None,
            now: cache::now(),
        };
        Self { context }
    }

    /// Reads the result of a job; `None` while its last attempt goes on, or where that is a known one.
    ///
    /// # Errors
    ///
    /// When its journal cannot be read. Of logs that cannot be read the line tells.
    pub(crate) fn read(
        &self,
        job: JobId,
        known: Option<u32>,
    ) -> Result<Option<ResultLine>, FsError> {
        let attempts = read_attempts(&self.context.dir.attempts(job))?;
        let has_ended = |last: &&Attempt| {
            (last.end.is_some() || is_done(&attempts)) && Some(last.start.attempt) > known
        };
        let Some(last) = attempts.last().filter(has_ended) else { return Ok(None) };
        let job = CollectJob { id: job, has_config: true, has_dir: true };
        let collected = self.context.collect(job, Vec::new(), &mut JobMemory::default());
        Ok(Some(line(last.start.attempt, &collected.kept.job_status)))
    }
}

fn line(attempt: u32, status: &JobStatus) -> ResultLine {
    let unreadable = status.diagnostics.iter().find(|(kind, _)| kind.is_failure());
    let cells = status.objective_inputs.iter().filter(|(_, value)| *value != LogValue::Null);
    ResultLine {
        job: status.job.0,
        attempt,
        state: status.state.name().to_owned(),
        values: cells.map(|(name, value)| (name.clone(), number(value))).collect(),
        unreadable: unreadable.map(|(kind, seen)| why(kind, seen)),
    }
}

/// Returns a value as the columns of numbers have it.
fn number(value: &LogValue) -> Option<f64> {
    match value {
        LogValue::Bool(truth) => Some(f64::from(u8::from(*truth))),
        other => other.number().filter(|number| number.is_finite()),
    }
}

fn why(kind: DiagnosticKind, seen: &DiagnosticCount) -> String {
    match &seen.first {
        DiagnosticPlace::Message(message) => message.clone(),
        _ => kind.sentence(seen.times, 1),
    }
}
