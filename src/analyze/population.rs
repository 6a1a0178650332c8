//! All jobs of one sweep, as they were collected.

use std::collections::BTreeMap;

use sweep_config::records::JobState;
use sweep_config::{JobId, SweepDir, table};

use super::column::{PlainColumn, job_id};
use super::curves::LearningCurves;
use super::job_table::JobTable;
use super::parquet_file::COLLECT_AGAIN;
use crate::app::Failure;
use crate::trials::{SampledRow, SampledValues, SentenceParser};

/// One job's row, without its config and what its program logged.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// Its state.
    pub state: JobState,
    /// The sentence of `cfgs_summary.yaml` on its sampled values; empty if nobody knows.
    pub sentence: String,
    /// Its sampled values, with types; empty if nobody knows.
    pub sampled: SampledRow,
    /// The reason why it is not done, in words; empty if it is done or nobody knows.
    pub reason: String,
}

/// All jobs of one sweep.
#[derive(Debug)]
pub struct Population {
    /// The `NAME` of the sweep.
    pub name: String,
    /// Its directory.
    pub dir: SweepDir,
    /// The jobs, in the order of their numbers.
    pub jobs: Vec<Job>,
    /// One row a job, in the same order.
    pub table: JobTable,
    /// The curves that they logged; the reason in words where these cannot be read.
    pub curves: Result<LearningCurves, String>,
}

impl Population {
    /// Reads what was collected of a sweep; `metric` is what learning curves show if it was logged, `parser`
    /// takes the sentences of a sweep apart that has nothing better.
    ///
    /// # Errors
    ///
    /// When `sweep.parquet` cannot be read or is no such table.
    pub fn read(
        name: &str,
        dir: SweepDir,
        metric: Option<&str>,
        parser: impl FnOnce() -> SentenceParser,
    ) -> Result<Self, Failure> {
        let path = &dir.sweep_parquet();
        let table = JobTable::open(path)?;
        let mut jobs = jobs(&table)?.ok_or_else(|| Failure::Damaged {
            message: format!(
                "`{}` has no column `{}` with a number in each row",
                path.display(),
                table::JOB
            ),
            hint: Some(COLLECT_AGAIN.to_owned()),
        })?;
        let sentences = jobs.iter().map(|job| (job.id, Some(job.sentence.as_str())));
        let sampled = SampledValues::read(&dir, sentences, parser)?;
        jobs.iter_mut().zip(sampled.into_rows()).for_each(|(job, row)| job.sampled = row);
        let curves =
            LearningCurves::read(&dir.curves_parquet(), metric).map_err(|error| error.to_string());
        Ok(Self { name: name.to_owned(), dir, jobs, table, curves })
    }

    /// The sentences that say what was asked for and could not be read.
    pub fn damage(&self) -> Vec<String> {
        let curves = self.curves.iter().flat_map(LearningCurves::damage);
        self.table.damage().into_iter().chain(curves).collect()
    }
}

/// The jobs of a table, whose texts are not kept as columns; `None` if one has no number.
fn jobs(table: &JobTable) -> Result<Option<Vec<Job>>, Failure> {
    const TEXTS: [&str; 4] = [table::STATE, table::SAMPLED, table::REASON, table::ERROR_LINE];
    let mut columns: BTreeMap<&str, PlainColumn> = BTreeMap::new();
    for name in [table::JOB].into_iter().chain(TEXTS) {
        columns.extend(table.read(name)?.map(|column| (name, column)));
    }
    let Some(PlainColumn::Numbers(ids)) = columns.remove(table::JOB) else { return Ok(None) };
    let mut texts = TEXTS.map(|name| match columns.remove(name) {
        Some(PlainColumn::Texts(texts)) => texts.into_iter(),
        _ => Vec::new().into_iter(),
    });
    let job = |id: Option<f64>| {
        let id = job_id(id?)?;
        let [state, sentence, reason, error_line] =
            texts.each_mut().map(|texts| texts.next().flatten().unwrap_or_default());
        let state = JobState::from_name(&state);
        let reason = join_reason(&reason, &error_line);
        Some(Job { id, state, sentence, sampled: SampledRow::default(), reason })
    };
    Ok(ids.into_iter().map(job).collect())
}

/// Joins why a job is not done with the last line of its errors.
fn join_reason(reason: &str, last_line: &str) -> String {
    match (reason, last_line.trim()) {
        (reason, "") => reason.to_owned(),
        ("", line) => line.to_owned(),
        (reason, line) => format!("{reason}: {line}"),
    }
}
