//! One typed record of a job, for all who read results.

use sweep_config::records::JobState;
use sweep_config::{JobId, Sweep, table};

use super::objective::Objective;
use super::sampled::{SampledRow, SampledValues, SentenceParser};
use super::table::TrialTable;
use crate::app::{Failure, command};

/// A job with its config, its state and its results.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// Its number.
    pub job: JobId,
    /// The number of its config, which it shares with its replicates; that of the job where nobody says.
    pub config: u32,
    /// Its sampled values, with types.
    pub sampled: SampledRow,
    /// Its state.
    pub state: JobState,
    /// The cause of its failure, by its `stderr.log`.
    pub cause: Option<String>,
    /// Why its last attempt ended as it did.
    pub reason: Option<String>,
    /// When its last attempt started, RFC 3339 in UTC.
    pub started: Option<String>,
    /// When its last attempt ended, RFC 3339 in UTC.
    pub ended: Option<String>,
    /// The wall time of its attempts, in seconds.
    pub seconds: Option<f64>,
    /// The value of each objective; `None` of one that it has no value of.
    pub objectives: Vec<Option<f64>>,
}

/// The jobs of a sweep, as they were collected last.
#[derive(Debug, Clone, PartialEq)]
pub struct Trials {
    /// The objectives of the sweep; the first ranks.
    pub objectives: Vec<Objective>,
    /// The jobs, in the order of their numbers.
    pub jobs: Vec<Trial>,
}

impl Trials {
    /// Reads what was collected of a sweep.
    ///
    /// # Errors
    ///
    /// When nothing was collected, or a file that is needed cannot be read.
    pub fn read(sweep: &Sweep) -> Result<Self, Failure> {
        let dir = sweep.dir();
        if !dir.sweep_parquet().exists() {
            let message = format!("nothing was collected in `{}` yet", dir.path().display());
            let collect = command("sweep_collect", sweep);
            return Err(Failure::usage(message, format!("run `{collect}` first")));
        }
        let table = TrialTable::open(&dir.sweep_parquet())?;
        let ids: Option<Vec<JobId>> = table
            .numbers(table::JOB)?
            .into_iter()
            .map(|id| id.and_then(whole).map(JobId))
            .collect();
        let ids = ids.ok_or_else(|| table.lacks(table::JOB))?;
        let sentences = table.texts(table::SAMPLED)?;
        let sentences = ids.iter().copied().zip(sentences.iter().map(Option::as_deref));
        let sampled = SampledValues::read(&dir, sentences, || SentenceParser::of_sweep(sweep))?;
        let objectives = Objective::all(&sweep.analyze.objectives, &[&table]);
        let jobs = trials(&table, &ids, sampled, &objectives)?;
        Ok(Self { objectives, jobs })
    }
}

/// Joins the columns to records.
fn trials(
    table: &TrialTable,
    ids: &[JobId],
    sampled: SampledValues,
    objectives: &[Objective],
) -> Result<Vec<Trial>, Failure> {
    let values: Vec<Vec<Option<f64>>> = objectives.iter().map(|o| o.values(table)).collect();
    let configs = table.numbers(table::CONFIG)?;
    let seconds = table.numbers(table::SECONDS)?;
    let texts = |name| table.texts(name).map(Vec::into_iter);
    let (mut states, mut causes) = (texts(table::STATE)?, texts(table::CAUSE)?);
    let (mut reasons, mut starts) = (texts(table::REASON)?, texts(table::STARTED)?);
    let mut ends = texts(table::ENDED)?;
    let rows = ids.iter().zip(sampled.into_rows()).enumerate();
    let trial = |(row, (job, sampled)): (usize, (&JobId, SampledRow))| Trial {
        job: *job,
        config: configs[row].and_then(whole).unwrap_or(job.0),
        sampled,
        state: JobState::from_name(&states.next().flatten().unwrap_or_default()),
        cause: causes.next().flatten(),
        reason: reasons.next().flatten().filter(|reason| !reason.is_empty()),
        started: starts.next().flatten(),
        ended: ends.next().flatten(),
        seconds: seconds[row],
        objectives: values.iter().map(|values| values[row]).collect(),
    };
    Ok(rows.map(trial).collect())
}

/// Returns a number as the whole number that it is.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just before")]
fn whole(number: f64) -> Option<u32> {
    let is_whole = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    is_whole.then_some(number as u32)
}
