//! The state of a sweep in short, as a page that is open shows it.

use serde::Serialize;
use serde_json::{Map, Value as Json};
use sweep_config::records::JobState;

use super::LiveSweep;
use crate::app::visible_line;
use crate::collect::cache::now;
use crate::collect::job::JobStatus;
use crate::collect::log_value::LogValue;
use crate::collect::objective::objective_standing;
use crate::collect::status::epochs;
use crate::collect::throughput::Throughput;
use crate::collect::verdict::is_settled;

/// The most running jobs that are listed.
const MOST_RUNNING: usize = 60;

/// The most jobs that are listed of those that ended last.
const MOST_ENDED: usize = 8;

/// The state of a sweep in short.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LivePulse {
    /// The number of jobs.
    pub jobs: usize,
    /// The number of jobs in each state.
    pub states: Map<String, Json>,
    /// The number of jobs of which nothing more is to come unless they are launched once more.
    pub settled: usize,
    /// The number of jobs whose last loss or error is no finite number.
    pub diverged: usize,
    /// The epochs that the started jobs have done.
    pub epochs_done: i64,
    /// The epochs that they are to have.
    pub epochs_total: i64,
    /// The name of the objective.
    pub objective: String,
    /// True if a low value of it is good.
    pub minimize: bool,
    /// The best job so far.
    pub best: Option<BestLiveJob>,
    /// The running jobs with the best values, the best first.
    pub running: Vec<RunningJob>,
    /// The jobs that ended last, the last first.
    pub ended: Vec<EndedJob>,
    /// Sentences on the sweep, such as what SLURM says.
    pub remarks: Vec<String>,
    /// The speed and the cost.
    pub pace: LivePace,
}

/// The speed and the cost of a sweep, which change with the time too.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LivePace {
    /// The number of jobs that end in an hour.
    pub jobs_per_hour: Option<f64>,
    /// Seconds until all jobs are through, if as many run at a time as now.
    pub seconds_left: Option<f64>,
    /// The number of jobs that run.
    pub running: usize,
    /// Wall time of all attempts, in hours of one job.
    pub hours_spent: f64,
    /// The time that is to come, in hours of one job.
    pub hours_left: Option<f64>,
    /// Seconds from one look at a job to the next: many where there are many jobs.
    pub round_seconds: f64,
}

/// The best job.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BestLiveJob {
    /// Its number.
    pub job: u32,
    /// The value of its objective.
    pub value: f64,
    /// Its state.
    pub state: String,
}

/// A job that runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunningJob {
    /// Its number.
    pub job: u32,
    /// The last epoch that it logged.
    pub epoch: Option<i64>,
    /// The number of epochs that it is to have.
    pub of: Option<i64>,
    /// The value of its objective so far.
    pub value: Option<f64>,
    /// When its attempt began, in seconds since 1970.
    pub started: Option<i64>,
}

/// A job that ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EndedJob {
    /// Its number.
    pub job: u32,
    /// Its state.
    pub state: String,
    /// The value of its objective.
    pub value: Option<f64>,
    /// When it ended, in seconds since 1970.
    pub at: i64,
    /// The cause of its failure; empty if it did not fail.
    pub error: String,
}

impl LivePulse {
    /// True if another pulse says nothing new but for the time that has passed.
    #[must_use]
    pub fn is_as_new_as(&self, other: &Self) -> bool {
        let at = |pace: &LivePace| (pace.running, pace.jobs_per_hour.is_some());
        let same_pace = at(&self.pace) == at(&other.pace);
        same_pace && Self { pace: other.pace, ..self.clone() } == *other
    }
}

impl LiveSweep {
    /// Sums up what the looks have found.
    #[must_use]
    pub fn pulse(&self) -> LivePulse {
        let jobs: Vec<&JobStatus> = self.seen.statuses().collect();
        let inputs: Vec<&[(String, LogValue)]> =
            jobs.iter().map(|job| &job.objective_inputs[..]).collect();
        let standing = objective_standing(&self.sweep.analyze.objectives, &inputs);
        let (values, minimize) = (&standing.values, standing.is_minimized);
        let totals = epochs(&jobs);
        let mut states = Map::new();
        for job in &jobs {
            let count = states.entry(job.state.name()).or_insert(Json::from(0));
            *count = Json::from(count.as_u64().unwrap_or(0) + 1);
        }
        let pace = Throughput::of(&jobs, now());
        LivePulse {
            jobs: jobs.len(),
            settled: jobs.iter().filter(|job| is_settled(&job.state)).count(),
            diverged: jobs.iter().filter(|job| job.is_diverged).count(),
            epochs_done: totals.done,
            epochs_total: totals.total,
            best: best(&jobs, values, minimize),
            running: running(&jobs, values, minimize),
            ended: self.ended(&jobs, values),
            objective: visible_line(&standing.label).into_owned(),
            minimize,
            states,
            remarks: self.remarks.sentences().map(|text| self.shown(text)).collect(),
            pace: LivePace {
                jobs_per_hour: pace.per_hour,
                seconds_left: pace.seconds_left,
                running: pace.running,
                hours_spent: pace.hours_spent,
                hours_left: pace.hours_left,
                round_seconds: self.seen.round_time().as_secs_f64(),
            },
        }
    }

    /// Returns the jobs that ended last.
    fn ended(&self, jobs: &[&JobStatus], values: &[Option<f64>]) -> Vec<EndedJob> {
        let settled = jobs.iter().zip(values).filter(|(job, _)| is_settled(&job.state));
        let mut ended: Vec<(i64, &JobStatus, Option<f64>)> =
            settled.filter_map(|(job, value)| Some((job.runs.ended?, *job, *value))).collect();
        ended.sort_by_key(|(at, job, _)| (std::cmp::Reverse(*at), job.job));
        let row = |(at, job, value): (i64, &JobStatus, Option<f64>)| {
            let cause = job.cause.as_ref().map(|cause| &cause.headline).or(job.error.as_ref());
            let error = cause.filter(|_| job.state.is_bad()).map_or("", String::as_str);
            let (state, error) = (job.state.name().to_owned(), self.shown(error));
            EndedJob { job: job.job.0, state, value, at, error }
        };
        ended.into_iter().take(MOST_ENDED).map(row).collect()
    }
}

/// Returns a value such that lower ones are better.
fn rank(value: f64, minimize: bool) -> f64 {
    if minimize { value } else { -value }
}

/// True if the value of a job in this state counts: of one that another launcher runs nobody knows more.
fn has_result(state: &JobState) -> bool {
    matches!(state, JobState::Done | JobState::Running | JobState::Other(_))
}

fn best(jobs: &[&JobStatus], values: &[Option<f64>], minimize: bool) -> Option<BestLiveJob> {
    let ranked = jobs.iter().zip(values).filter_map(|(job, value)| Some((job, (*value)?)));
    let counts = ranked.filter(|(job, _)| has_result(&job.state));
    let best = counts.min_by(|(_, a), (_, b)| rank(*a, minimize).total_cmp(&rank(*b, minimize)));
    best.map(|(job, value)| BestLiveJob {
        job: job.job.0,
        value,
        state: job.state.name().to_owned(),
    })
}

fn running(jobs: &[&JobStatus], values: &[Option<f64>], minimize: bool) -> Vec<RunningJob> {
    let key = |value: &Option<f64>| value.map_or(f64::INFINITY, |value| rank(value, minimize));
    let mut running: Vec<_> =
        jobs.iter().zip(values).filter(|(job, _)| job.state == JobState::Running).collect();
    running.sort_by(|(a, x), (b, y)| key(x).total_cmp(&key(y)).then(a.job.cmp(&b.job)));
    let row = |(job, value): (&&JobStatus, &Option<f64>)| RunningJob {
        job: job.job.0,
        epoch: job.progress.epoch,
        of: job.progress.of,
        value: *value,
        started: job.runs.started,
    };
    running.into_iter().take(MOST_RUNNING).map(row).collect()
}
