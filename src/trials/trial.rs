//! One typed record of a job, for all who read results.

use std::path::Path;

use sweep_config::records::{JobOrigins, JobState, SetupRecord};
use sweep_config::{JobId, Sweep, SweepDir, table};

use super::columns::ColumnSource as _;
use super::objective::Objective;
use super::sampled::{SampledRow, SampledValues, SentenceParser};
use super::table::TrialTable;
use crate::app::{Failure, command};
use crate::tables::{COLLECT_AGAIN, PlainColumn, job_id};

/// A job with its config, its state and its results.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// Its number.
    pub id: JobId,
    /// The number of its config, which it shares with its replicates; `None` where nobody says.
    pub config: Option<u32>,
    /// True if its config was chosen, and not drawn from the design space.
    pub is_chosen: bool,
    /// True if a search by results chose it.
    pub is_tuned: bool,
    /// The sentence of `cfgs_summary.yaml` on its sampled values; empty if nobody knows.
    pub sentence: String,
    /// Its sampled values, with types; empty if nobody knows.
    pub sampled: SampledRow,
    /// Its state.
    pub state: JobState,
    /// The cause of its failure, by its `stderr.log`.
    pub cause: Option<String>,
    /// The reason why its last attempt ended as it did.
    pub reason: Option<String>,
    /// The last line of its errors.
    pub error_line: Option<String>,
    /// The time at which its last attempt started, RFC 3339 in UTC.
    pub started: Option<String>,
    /// The time at which its last attempt ended, RFC 3339 in UTC.
    pub ended: Option<String>,
    /// The wall time of its attempts, in seconds.
    pub seconds: Option<f64>,
    /// The value of each objective; `None` of one that it has no value of. Empty until [`Trials::rank`].
    pub objectives: Vec<Option<f64>>,
}

impl Trial {
    /// Makes the record of a job of which nothing is known but its state.
    #[cfg(all(test, feature = "analysis"))]
    pub(crate) fn new(id: JobId, state: JobState) -> Self {
        Self {
            id,
            config: None,
            is_chosen: false,
            is_tuned: false,
            sentence: String::new(),
            sampled: SampledRow::default(),
            state,
            cause: None,
            reason: None,
            error_line: None,
            started: None,
            ended: None,
            seconds: None,
            objectives: Vec::new(),
        }
    }

    /// Returns in words why the job is not done: the reason and the last line of its errors; empty if it is done or nobody
    /// knows.
    pub fn why(&self) -> String {
        let reason = self.reason.as_deref().unwrap_or_default();
        match (reason, self.error_line.as_deref().unwrap_or_default().trim()) {
            (reason, "") => reason.to_owned(),
            ("", line) => line.to_owned(),
            (reason, line) => format!("{reason}: {line}"),
        }
    }
}

/// The jobs of a sweep, as they were collected last.
#[derive(Debug, Clone, PartialEq)]
pub struct Trials {
    /// The objectives that the jobs were evaluated by; the first ranks.
    pub objectives: Vec<Objective>,
    /// The jobs, in the order of their numbers.
    pub jobs: Vec<Trial>,
}

impl Trials {
    /// Reads what was collected of a sweep, with the values of its objectives.
    ///
    /// # Errors
    ///
    /// When nothing was collected, or a file that is needed cannot be read.
    pub fn read(sweep: &Sweep) -> Result<Self, Failure> {
        check_collected(sweep)?;
        let dir = sweep.dir();
        let table = TrialTable::open(&dir.sweep_parquet())?;
        let mut trials = Self::of_table(&table, &dir, || SentenceParser::of_sweep(sweep))?;
        trials.rank(&Objective::all(&sweep.analyze.objectives, &[&table]), &table);
        Ok(trials)
    }

    /// Returns the jobs of a table without objectives: which column an objective reads depends on all sweeps that are
    /// ranked together. `parser` takes the sentences of a sweep apart that has nothing better.
    ///
    /// # Errors
    ///
    /// When a column is damaged that says which jobs there are, what was sampled for them and how they ended. Of
    /// other damaged columns [`TrialTable::damage`] tells, and their values are missing.
    pub fn of_table(
        table: &TrialTable,
        dir: &SweepDir,
        parser: impl FnOnce() -> SentenceParser,
    ) -> Result<Self, Failure> {
        let jobs = jobs(table)?.ok_or_else(|| lacks_jobs(&dir.sweep_parquet()));
        let mut jobs = jobs?;
        let sentences = jobs.iter().map(|job| (job.id, Some(job.sentence.as_str())));
        let sampled = SampledValues::read(dir, sentences, parser)?;
        let record = SetupRecord::read(&dir.setup_json()).ok().flatten();
        let origins = record.as_ref().map_or_else(JobOrigins::default, JobOrigins::of);
        for (job, row) in jobs.iter_mut().zip(sampled.into_rows()) {
            job.sampled = row;
            job.is_chosen = origins.is_chosen(job.id.0.into());
            job.is_tuned = job.is_chosen && origins.is_tuned(job.id.0.into());
        }
        Ok(Self { objectives: Vec::new(), jobs })
    }

    /// Returns the value of each job by one of the objectives, which is named by its place among them.
    pub fn values(&self, objective: usize) -> Vec<Option<f64>> {
        self.jobs.iter().map(|job| job.objectives.get(objective).copied().flatten()).collect()
    }

    /// Evaluates objectives over the table that the jobs were read from.
    pub fn rank(&mut self, objectives: &[Objective], table: &TrialTable) {
        let values: Vec<_> = objectives.iter().map(|objective| objective.values(table)).collect();
        for (row, job) in self.jobs.iter_mut().enumerate() {
            job.objectives = values.iter().map(|values| values[row]).collect();
        }
        self.objectives = objectives.to_vec();
    }
}

/// Fails unless anything was collected of a sweep.
///
/// # Errors
///
/// When nothing was.
pub fn check_collected(sweep: &Sweep) -> Result<(), Failure> {
    let dir = sweep.dir();
    if dir.sweep_parquet().exists() {
        return Ok(());
    }
    let message = format!("`{}` has not been collected yet", dir.path().display());
    let collect = command("sweep_collect", sweep);
    Err(Failure::usage(message, format!("run `{collect}` first")))
}

/// Returns the failure of a table in which some row has no number of a job.
fn lacks_jobs(path: &Path) -> Failure {
    let (path, job) = (path.display(), table::JOB);
    Failure::Damaged {
        message: format!("`{path}` has no column `{job}` with a number in every row"),
        hint: Some(COLLECT_AGAIN.to_owned()),
    }
}

/// Joins the columns of a table to records; `None` if a row has no number of a job. The columns are not kept.
fn jobs(table: &TrialTable) -> Result<Option<Vec<Trial>>, Failure> {
    let Some(PlainColumn::Numbers(ids)) = table.read(table::JOB)? else { return Ok(None) };
    let needed = |name| table.read(name).map(texts);
    let mut needed = [
        needed(table::STATE)?,
        needed(table::SAMPLED)?,
        needed(table::REASON)?,
        needed(table::ERROR_LINE)?,
    ];
    let optional = |name| texts(table.read(name).ok().flatten());
    let mut optional = [table::CAUSE, table::STARTED, table::ENDED].map(optional);
    let number = |name| match table.read(name) {
        Ok(Some(PlainColumn::Numbers(numbers))) => numbers,
        _ => vec![None; table.rows()],
    };
    let (configs, seconds) = (number(table::CONFIG), number(table::SECONDS));
    let job = |(row, id): (usize, Option<f64>)| {
        let [state, sentence, reason, error_line] =
            needed.each_mut().map(|texts| texts.next().flatten());
        let [cause, started, ended] = optional.each_mut().map(|texts| texts.next().flatten());
        Some(Trial {
            id: job_id(id?)?,
            config: configs[row].and_then(job_id).map(|config| config.0),
            is_chosen: false,
            is_tuned: false,
            sentence: sentence.unwrap_or_default(),
            sampled: SampledRow::default(),
            state: JobState::from_name(&state.unwrap_or_default()),
            cause,
            reason: reason.filter(|reason| !reason.is_empty()),
            error_line,
            started,
            ended,
            seconds: seconds[row],
            objectives: Vec::new(),
        })
    };
    Ok(ids.into_iter().enumerate().map(job).collect())
}

/// Returns the texts of a column; none where there is no such column or it holds numbers.
fn texts(column: Option<PlainColumn>) -> std::vec::IntoIter<Option<String>> {
    match column {
        Some(PlainColumn::Texts(texts)) => texts.into_iter(),
        _ => Vec::new().into_iter(),
    }
}
