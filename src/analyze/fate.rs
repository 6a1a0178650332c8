//! Says of each job what it counts as: the one rule behind every number of the report.

use sweep_config::records::JobState;
use sweep_config::{KeptValues, MetricFilter, SeedReduction, Value, table};

use super::categories::cell_values;
use super::filtering::{in_words, is_named};
use super::metrics::{Metric, MetricProblem};
use super::population::Population;
use crate::trials::Trial;

/// The word for what a job counts as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum JobFate {
    /// It ended with a value.
    Value(f64),
    /// It ended without a value that counts: worse than any that has one.
    Lost,
    /// It ended with the infinity that is better than all values: it is counted, and neither ranked nor drawn.
    Boundless,
    /// It has begun and nobody knows that it ended, with its value so far: it may end anywhere or, where values only
    /// get better, at most there.
    Open(Option<f64>),
    /// Its user cancelled it before it had a value that counts.
    Withdrawn,
    /// It has not begun.
    Unstarted,
}

impl JobFate {
    /// Returns the value that counts, of an open job the one so far.
    pub(super) fn value(self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(value),
            Self::Open(so_far) => so_far,
            Self::Lost | Self::Boundless | Self::Withdrawn | Self::Unstarted => None,
        }
    }
}

/// The rule by which jobs have values.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct ValueRule {
    /// How the values of replicates become their config's.
    pub(super) over_seeds: SeedReduction,
    /// The filters on how a job ended: how much of it is done, in which state. They take no job away: of two design spaces
    /// the one whose jobs crash would look the better. A job that ended otherwise has no value.
    pub(super) ends: Vec<MetricFilter>,
}

impl ValueRule {
    /// Takes the filters that say which jobs have a value from those of a config, and returns the others.
    pub(super) fn new(
        over_seeds: SeedReduction,
        filters: &[MetricFilter],
    ) -> (Self, Vec<MetricFilter>) {
        let asks = filters.iter().filter(|filter| !keeps_any_progress(filter)).cloned();
        let (ends, others) = asks.partition(asks_for_an_end);
        (Self { over_seeds, ends }, others)
    }

    /// Returns a sentence on which jobs have no value by the rule; `None` if it is none but those without one.
    pub(super) fn sentence(&self) -> Option<String> {
        (!self.ends.is_empty()).then(|| {
            let is_done = |filter: &MetricFilter| {
                Metric::named(&filter.metric).is_done()
                    && matches!(&filter.keep, KeptValues::Range(range) if range.low >= 1.0)
            };
            let ends = match self.ends.as_slice() {
                [only] if is_done(only) => "Only finished jobs".to_owned(),
                ends => format!("Only jobs with {}", in_words(ends)),
            };
            format!(
                "{ends} have a value. All other jobs that ended count as worse than all \
                of these."
            )
        })
    }

    /// Returns the fate of each job of a population, by row; `errors` are the values of its objective.
    ///
    /// # Errors
    ///
    /// When no job says how much of it is done and a filter asks.
    pub(super) fn fates(
        &self,
        population: &Population,
        errors: &[Option<f64>],
    ) -> Result<Vec<JobFate>, MetricProblem> {
        let epochs = population.table.numbers(table::EPOCH_IND);
        let lasts = population.table.numbers(table::EPOCH_MAX);
        let diverged = population.table.numbers(table::DIVERGED);
        let is_counted = self.counted(population)?;
        let ranking = population.trials.objectives.first();
        let is_boundless = ranking.map(|objective| objective.boundless(&population.table));
        let is_boundless = |row: usize| is_boundless.as_ref().is_some_and(|all| all[row]);
        let fate = |(row, job): (usize, &Trial)| {
            let (so_far, counts) = (errors[row], is_counted[row]);
            let logged = LoggedProgress {
                any: so_far.is_some() || epochs[row].is_some(),
                is_short: epochs[row].zip(lasts[row]).is_some_and(|(epoch, last)| epoch < last),
            };
            match phase(job, &logged) {
                JobPhase::Unstarted => JobFate::Unstarted,
                // What has to be done first may still be lost.
                JobPhase::Open => JobFate::Open(so_far.filter(|_| self.ends.is_empty())),
                JobPhase::Ended => match so_far.filter(|_| counts) {
                    Some(value) => JobFate::Value(value),
                    None if counts && is_boundless(row) => JobFate::Boundless,
                    None if job.state == JobState::Cancelled && diverged[row] != Some(1.0) => {
                        JobFate::Withdrawn
                    }
                    None => JobFate::Lost,
                },
            }
        };
        Ok(population.trials.jobs.iter().enumerate().map(fate).collect())
    }

    /// Returns for each job if it ended so that its value counts.
    fn counted(&self, population: &Population) -> Result<Vec<bool>, MetricProblem> {
        let mut counted = vec![true; population.trials.jobs.len()];
        for filter in &self.ends {
            let metric = Metric::named(&filter.metric);
            match &filter.keep {
                KeptValues::Range(range) => {
                    for (counts, done) in
                        counted.iter_mut().zip(metric.plain_values(&population.table)?)
                    {
                        *counts &= done.is_some_and(|d| range.low <= d && d <= range.high);
                    }
                }
                KeptValues::Named(names) => {
                    for (counts, end) in counted.iter_mut().zip(cell_values(population, &metric)?) {
                        *counts &= is_named(names, end.as_ref());
                    }
                }
            }
        }
        Ok(counted)
    }
}

/// Returns true if a filter asks how much is done and takes whatever the answer is, pycls's `done: [0, 1, 1]`: the jobs that
/// logged nothing are none that it means.
fn keeps_any_progress(filter: &MetricFilter) -> bool {
    let KeptValues::Range(range) = &filter.keep else { return false };
    Metric::named(&filter.metric).is_done() && range.low <= 0.0 && range.high >= 1.0
}

/// Returns true if a filter keeps the jobs that ended well: all that is done, `state: [done]`, `diverged: [false]`.
fn asks_for_an_end(filter: &MetricFilter) -> bool {
    let metric = Metric::named(&filter.metric);
    match &filter.keep {
        KeptValues::Range(range) if metric.is_done() => range.low > 0.0 && range.high >= 1.0,
        KeptValues::Range(range) if metric.name == table::DIVERGED => {
            range.low <= 0.0 && (0.0..1.0).contains(&range.high)
        }
        KeptValues::Named(names) if metric.name == table::STATE => {
            names.contains(&Value::Str(JobState::Done.name().to_owned()))
        }
        KeptValues::Named(names) if metric.name == table::DIVERGED => {
            names.as_slice() == [Value::Bool(false)]
        }
        _ => false,
    }
}

/// The part of its life that a job is in.
enum JobPhase {
    Unstarted,
    Open,
    Ended,
}

/// The progress of a job by its logs.
struct LoggedProgress {
    any: bool,
    /// True if they say how many epochs there are, and not that all are done.
    is_short: bool,
}

/// Returns the phase of a job. Its journal says it: a waiting job has begun if an attempt of it has. Without a journal the
/// logs are all that will ever be known of it: it is open if they say that epochs are missing.
fn phase(job: &Trial, logged: &LoggedProgress) -> JobPhase {
    let is_known = job.started.is_some();
    match job.state {
        JobState::Running => JobPhase::Open,
        JobState::Waiting | JobState::Queued if is_known => JobPhase::Open,
        JobState::Waiting | JobState::Queued if !logged.any => JobPhase::Unstarted,
        ref state if state.is_pruned() => JobPhase::Ended,
        JobState::Other(_) if is_known || logged.is_short => JobPhase::Open,
        _ => JobPhase::Ended,
    }
}
