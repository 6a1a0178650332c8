//! The jobs of a sweep: `sweep.parquet` as plain typed columns.
//!
//! The columns are [`sweep_config::table`]'s. A sweep has hundreds, most of them config values that no
//! figure asks for, so that each is read when it is asked for.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use sweep_config::records::JobState;
use sweep_config::{JobId, SweepDir, table};

use super::column::{ColumnKind, PlainColumn, SharedValue};
use super::curves::Curves;
use super::parquet_file::{COLLECT_AGAIN, ParquetFile};
use crate::app::Failure;
use crate::trials::{SampledRow, SampledValues, SentenceParser};

/// A table by column; a column is read when it is first asked for.
#[derive(Debug)]
pub struct JobTable {
    file: ParquetFile,
    /// `None` within: its data are damaged.
    columns: BTreeMap<String, OnceLock<Option<PlainColumn>>>,
    shared: OnceLock<BTreeMap<String, SharedValue>>,
}

/// One job's row, without its config and what its program logged.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// Its state.
    pub state: JobState,
    /// What was sampled for it, as `cfgs_summary.yaml` says it; empty if nobody knows.
    pub sentence: String,
    /// What was sampled for it, with types; empty if nobody knows.
    pub sampled: SampledRow,
    /// Why it is not done, in words; empty if it is or nobody knows.
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
    /// What they logged over their epochs; in words why not, where that cannot be read.
    pub curves: Result<Curves, String>,
}

impl JobTable {
    fn open(path: &Path) -> Result<Self, Failure> {
        let file = ParquetFile::open(path)?;
        let columns = file.names().map(|name| (name.to_owned(), OnceLock::new())).collect();
        Ok(Self { file, columns, shared: OnceLock::new() })
    }

    /// The column of that name; none too where its data are damaged, of which [`Population::damage`] tells
    /// from then on.
    pub fn get(&self, name: &str) -> Option<&PlainColumn> {
        let read = || self.file.read(&[name], &(0..self.file.rows())).ok()?.pop();
        self.columns.get(name)?.get_or_init(read).as_ref()
    }

    /// The same, of one row only: columns of that row. What is no column is left out.
    pub(super) fn row(&self, names: &[String], row: usize) -> BTreeMap<String, PlainColumn> {
        let known =
            names.iter().map(String::as_str).filter(|name| self.columns.contains_key(*name));
        let known: Vec<&str> = known.collect();
        let columns = self.file.read(&known, &(row..row + 1)).unwrap_or_default();
        known.into_iter().map(str::to_owned).zip(columns).collect()
    }

    /// The config values that all jobs share that have any, by column: found without keeping the columns.
    pub fn shared_values(&self) -> &BTreeMap<String, SharedValue> {
        self.shared.get_or_init(|| {
            let names: Vec<&str> =
                self.names().filter(|name| name.starts_with(table::CFG)).collect();
            let found = self.file.shared_values(&names).into_iter();
            found.map(|(name, shared)| (name.to_owned(), shared)).collect()
        })
    }

    /// The numbers of a column; all missing where there is no such column or it holds text.
    pub fn numbers(&self, name: &str, rows: usize) -> Vec<Option<f64>> {
        match self.get(name) {
            Some(PlainColumn::Numbers(numbers)) => numbers.clone(),
            _ => vec![None; rows],
        }
    }

    /// The names of all columns, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(String::as_str)
    }

    /// The names of all columns of numbers, sorted.
    pub fn number_names(&self) -> impl Iterator<Item = &str> {
        self.file.names().filter(|name| self.file.kind(name) != Some(ColumnKind::Texts))
    }

    /// True if and only if the numbers of a column are truth values.
    pub fn is_truth(&self, name: &str) -> bool {
        self.file.kind(name) == Some(ColumnKind::Truths)
    }

    /// The texts of a column; none where there is no such column or it holds numbers.
    pub(super) fn text_column(&self, name: &str) -> &[Option<String>] {
        match self.get(name) {
            Some(PlainColumn::Texts(texts)) => texts,
            _ => &[],
        }
    }

    /// What jobs are, without keeping their columns. `None` if one has no number.
    fn jobs(&self) -> Result<Option<Vec<Job>>, Failure> {
        const TEXTS: [&str; 4] = [table::STATE, table::SAMPLED, table::REASON, table::ERROR_LINE];
        let known = |name: &&str| self.columns.contains_key(*name);
        let names: Vec<&str> = [table::JOB].into_iter().chain(TEXTS).filter(known).collect();
        let columns = self.file.read(&names, &(0..self.file.rows()))?;
        let mut columns: BTreeMap<&str, PlainColumn> = names.into_iter().zip(columns).collect();
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
        let mut jobs = table.jobs()?.ok_or_else(|| Failure::Damaged {
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
        let curves = Curves::read(&dir.curves_parquet(), metric).map_err(|error| error.to_string());
        Ok(Self { name: name.to_owned(), dir, jobs, table, curves })
    }

    /// What was asked for and could not be read, in sentences.
    pub fn damage(&self) -> Vec<String> {
        let curves = self.curves.iter().flat_map(Curves::damage);
        self.table.file.damage().into_iter().chain(curves).collect()
    }
}

fn join_reason(reason: &str, last_line: &str) -> String {
    match (reason, last_line.trim()) {
        (reason, "") => reason.to_owned(),
        ("", line) => line.to_owned(),
        (reason, line) => format!("{reason}: {line}"),
    }
}

/// A number as that of a job; `None` of one that is none.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just before")]
pub(super) fn job_id(number: f64) -> Option<JobId> {
    let whole = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    whole.then_some(JobId(number as u32))
}
