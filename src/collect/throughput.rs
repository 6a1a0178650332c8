//! The throughput of a sweep: its speed, the time that is left, and its cost.

use sweep_config::records::JobState;

use super::job::JobStatus;
use crate::app::num::float;

/// The number of seconds within which jobs ended that show the present speed.
const RECENT: i64 = 3600;

/// The speed and the cost of a sweep.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Throughput {
    /// Jobs that ended in an hour: in the last one, or else on average over the time from the first start
    /// to the last end. `None` where none has ended.
    pub(crate) per_hour: Option<f64>,
    /// Seconds until all jobs that are not tried yet are through, if as many run at a time as now.
    pub(crate) seconds_left: Option<f64>,
    /// The number of jobs that run now.
    pub(crate) running: usize,
    /// Wall time of all attempts, in hours of one job.
    pub(crate) hours_spent: f64,
    /// The cost that is to come, in hours of one job, if each job takes as long as those that are done.
    pub(crate) hours_left: Option<f64>,
}

impl Throughput {
    /// Computes the throughput of all jobs at a time in seconds since 1970.
    pub(crate) fn of(job_statuses: &[&JobStatus], now: i64) -> Self {
        let running: Vec<f64> = job_statuses
            .iter()
            .filter(|job_status| job_status.state == JobState::Running)
            .map(|job_status| job_status.runs.started.map_or(0.0, |started| seconds(started, now)))
            .collect();
        let waiting = job_statuses.iter().filter(|job_status| may_come(&job_status.state)).count();
        let ended: f64 = job_statuses.iter().map(|job_status| job_status.runs.seconds).sum();
        let spent = ended + running.iter().sum::<f64>();
        let usual = usual_seconds(job_statuses);
        let left = usual.map(|usual| {
            let rest: f64 = running.iter().map(|elapsed| (usual - elapsed).max(0.0)).sum();
            rest + usual * float(waiting)
        });
        Self {
            per_hour: per_hour(job_statuses, now),
            seconds_left: left
                .filter(|_| !running.is_empty())
                .map(|left| left / float(running.len())),
            running: running.len(),
            hours_spent: spent / 3600.0,
            hours_left: left.map(|left| left / 3600.0),
        }
    }
}

fn may_come(state: &JobState) -> bool {
    matches!(state, JobState::Waiting | JobState::Queued)
}

/// Returns the mean time of the jobs that are done in seconds, their failed attempts included.
fn usual_seconds(job_statuses: &[&JobStatus]) -> Option<f64> {
    let done = job_statuses.iter().filter(|job_status| job_status.state == JobState::Done);
    let took: Vec<f64> = done.map(|b| b.runs.seconds).filter(|seconds| *seconds > 0.0).collect();
    (!took.is_empty()).then(|| took.iter().sum::<f64>() / float(took.len()))
}

/// Returns the median time of the jobs that are done, in seconds.
pub(crate) fn median_seconds(job_statuses: &[JobStatus]) -> Option<f64> {
    let done = job_statuses.iter().filter(|job_status| job_status.state == JobState::Done);
    let mut took: Vec<f64> = done.map(|it| it.runs.seconds).filter(|it| *it > 0.0).collect();
    took.sort_by(f64::total_cmp);
    took.get(took.len() / 2).copied()
}

fn per_hour(job_statuses: &[&JobStatus], now: i64) -> Option<f64> {
    let ends = || job_statuses.iter().filter_map(|job_status| job_status.runs.ended);
    let first = job_statuses.iter().filter_map(|job_status| job_status.runs.started).min()?;
    let recent = ends().filter(|end| now - end < RECENT).count();
    if recent > 0 && now - first >= RECENT {
        return Some(float(recent));
    }
    let span = seconds(first, ends().max()?).max(1.0);
    Some(float(ends().count()) * 3600.0 / span)
}

fn seconds(from: i64, to: i64) -> f64 {
    float((to - from).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::job::AttemptSummary;
    use crate::collect::status::tests::job_status;

    fn at(job: u32, state: JobState, started: i64, ended: Option<i64>) -> JobStatus {
        let seconds = ended.map_or(0.0, |ended| seconds(started, ended));
        let runs =
            AttemptSummary { seconds, started: Some(started), ended, ..AttemptSummary::default() };
        JobStatus { runs, ..job_status(job, state, None, None) }
    }

    #[test]
    fn what_is_left_is_what_the_others_took() {
        let job_statuses = [
            at(0, JobState::Done, 0, Some(100)),
            at(1, JobState::Done, 0, Some(300)),
            at(2, JobState::Running, 300, None),
            job_status(3, JobState::Waiting, None, None),
            at(4, JobState::Failed, 300, Some(350)),
        ];
        let throughput = Throughput::of(&job_statuses.iter().collect::<Vec<_>>(), 350);
        assert_eq!(throughput.running, 1);
        assert_eq!(throughput.seconds_left, Some(150.0 + 200.0));
        assert!((throughput.hours_spent - (100.0 + 300.0 + 50.0 + 50.0) / 3600.0).abs() < 1e-9);
        assert_eq!(throughput.per_hour.map(f64::round), Some((3.0_f64 * 3600.0 / 350.0).round()));
    }

    #[test]
    fn a_sweep_that_nobody_runs_has_no_end_in_sight() {
        let waiting = job_status(0, JobState::Waiting, None, None);
        assert_eq!(Throughput::of(&[&waiting], 9), Throughput::default());
    }
}
