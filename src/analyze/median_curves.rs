//! Computes the median learning curve of each group, over the same epochs.
//!
//! A config has at each epoch the value that it logged last. One that ended keeps its last value, one that is lost is worse than
//! all others from its last epoch on, and one that is open counts no further: what it will log is not known. Replicates are
//! reduced to one value, as everywhere.

use std::ops::{Range, RangeInclusive};

use sweep_config::{JobId, ObjectiveGoal};

use super::configs::reduce;
use super::curves::{JobCurves, LearningCurves, TEST, TEST_EMA};
use super::fate::JobFate;
use super::group::JobGroup;
use super::population::Population;
use super::stats::MedianInterval;

/// The greatest number of jobs of a sweep whose curves are read: their median is known to a hundredth of the jobs.
const MOST_JOBS: usize = 1024;
/// The jobs whose curves are read at once, as many as collect puts into a block of rows.
const BLOCK: usize = 256;
/// The greatest number of epochs at which medians are computed.
const MOST_EPOCHS: usize = 100;

/// The median curves of the groups of a report.
#[derive(Debug)]
pub(super) struct MedianCurves {
    /// The metric.
    pub(super) metric: String,
    /// The phase in which it was logged.
    pub(super) phase: String,
    /// Which values are good.
    pub(super) goal: ObjectiveGoal,
    /// The curve of each group that has one.
    pub(super) groups: Vec<GroupCurve>,
}

/// The median curve of a group.
#[derive(Debug)]
pub(super) struct GroupCurve {
    /// The place of the group.
    pub(super) group: usize,
    /// The medians, by epoch.
    pub(super) points: Vec<MedianPoint>,
    /// The number of its configs that are in it.
    pub(super) configs: usize,
    /// The number of those that are lost.
    pub(super) lost: usize,
    /// The number of those that are open.
    pub(super) open: usize,
    /// True if curves of a part of the jobs were read only.
    pub(super) is_sampled: bool,
}

/// The median at an epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct MedianPoint {
    /// The epoch.
    pub(super) epoch: f64,
    /// The number of configs that count.
    pub(super) configs: usize,
    /// The median and its interval, as losses.
    pub(super) found: MedianInterval,
}

/// The curves of a sweep's jobs.
struct SweepSample<'a> {
    /// The sweep's file.
    file: &'a LearningCurves,
    /// The jobs that logged, in the order of their numbers.
    jobs: Vec<(JobId, JobCurves)>,
    /// The rows whose curves were read, whether they have any.
    rows: Vec<Range<usize>>,
    /// The number of all rows.
    all: usize,
}

impl<'a> SweepSample<'a> {
    /// Reads the curves of a sweep's jobs; of more than can be read those of blocks that lie evenly over all.
    fn of(sweep: &'a Population) -> Option<Self> {
        let (file, jobs) = (sweep.curves.as_ref().ok()?, &sweep.trials.jobs);
        let all = jobs.len();
        let blocks = all.div_ceil(BLOCK);
        let shown = if all <= MOST_JOBS { blocks } else { MOST_JOBS / BLOCK };
        let rows = |at: usize| {
            let first = at * blocks / shown * BLOCK;
            first..all.min(first + BLOCK)
        };
        let rows: Vec<Range<usize>> = (0..shown).map(rows).collect();
        let ids: Vec<RangeInclusive<JobId>> =
            rows.iter().map(|rows| jobs[rows.start].id..=jobs[rows.end - 1].id).collect();
        Some(Self { file, jobs: file.of_ranges(&ids), rows, all })
    }

    /// Returns true if the curves of a row were read.
    fn has_read(&self, row: usize) -> bool {
        self.rows.iter().any(|rows| rows.contains(&row))
    }

    /// Returns what a job logged in a phase.
    fn points(&self, job: JobId, phase: &str) -> &[(f64, f64)] {
        let place = self.jobs.binary_search_by_key(&job, |(id, _)| *id).ok();
        let points = place.and_then(|place| self.jobs[place].1.phases.get(phase));
        points.map_or(&[], Vec::as_slice)
    }
}

impl MedianCurves {
    /// Computes the curves; `None` if no group has six configs that logged over epochs.
    pub(super) fn of(groups: &[JobGroup<'_>]) -> Option<Self> {
        let logged = |group: &JobGroup<'_>| {
            let curves = group.population.curves.as_ref().ok()?;
            (!curves.metric.is_empty()).then(|| curves.metric.clone())
        };
        let metric = groups.iter().find_map(logged)?;
        let samples = samples(groups, &metric);
        let objective = &groups.first()?.objective;
        // `val.accuracy` is the metric `accuracy` of the phase `val`.
        let (prefix, last) = objective.label.rsplit_once('.').unwrap_or(("", &objective.label));
        let phase = phase(&samples, if last == metric { prefix } else { "" })?;
        // Of the metrics that are shown without being asked for, less is better.
        let goal = if last == metric { objective.goal } else { ObjectiveGoal::Minimize };
        let epochs = epochs(&samples, &phase);
        let curve = |(at, group): (usize, &JobGroup<'_>)| {
            let file = group.population.curves.as_ref().ok()?;
            let sample = samples.iter().find(|sample| std::ptr::eq(sample.file, file))?;
            GroupCurve::of((at, group), sample, &phase, (&epochs, goal))
        };
        let curves: Vec<GroupCurve> = groups.iter().enumerate().filter_map(curve).collect();
        (!curves.is_empty()).then_some(Self { metric, phase, goal, groups: curves })
    }
}

/// Reads the curves of each sweep of which there are groups, if they are of this metric.
fn samples<'a>(groups: &[JobGroup<'a>], metric: &str) -> Vec<SweepSample<'a>> {
    let mut sweeps: Vec<&'a Population> = Vec::new();
    for group in groups {
        if !sweeps.iter().any(|sweep| std::ptr::eq(*sweep, group.population)) {
            sweeps.push(group.population);
        }
    }
    sweeps.retain(|sweep| sweep.curves.as_ref().is_ok_and(|curves| curves.metric == metric));
    sweeps.into_iter().filter_map(SweepSample::of).collect()
}

/// Returns the phase that all groups have curves of: the objective's, else that of pycls's tests, else the last that is no
/// training.
fn phase(samples: &[SweepSample<'_>], wanted: &str) -> Option<String> {
    let in_all = |phase: &&str| {
        let has = |(_, curves): &(JobId, JobCurves)| curves.phases.contains_key(*phase);
        samples.iter().all(|sample| sample.jobs.iter().any(has))
    };
    let mut logged: Vec<&str> = samples
        .iter()
        .flat_map(|sample| &sample.jobs)
        .flat_map(|(_, curves)| curves.phases.keys().map(String::as_str))
        .collect();
    logged.sort_unstable();
    logged.dedup();
    logged.retain(in_all);
    let named = [wanted, TEST_EMA, TEST].into_iter().find(|phase| logged.contains(phase));
    let is_training = |phase: &&&str| phase.to_lowercase().contains("train");
    let other = logged.iter().rev().find(|phase| !is_training(phase)).or(logged.last());
    named.or(other.copied()).map(str::to_owned)
}

/// Returns the epochs at which any job logged, evenly chosen of more than a figure can show.
fn epochs(samples: &[SweepSample<'_>], phase: &str) -> Vec<f64> {
    let mut all: Vec<f64> = Vec::new();
    let mut before: &[(f64, f64)] = &[];
    for (_, curves) in samples.iter().flat_map(|sample| &sample.jobs) {
        let Some(points) = curves.phases.get(phase) else { continue };
        // Most jobs log at the epochs of the one before.
        let is_same = points.len() == before.len()
            && points.iter().zip(before).all(|(a, b)| a.0.total_cmp(&b.0).is_eq());
        if !is_same {
            all.extend(points.iter().map(|point| point.0));
        }
        before = points;
    }
    all.sort_unstable_by(f64::total_cmp);
    all.dedup();
    let (most, last) = (MOST_EPOCHS.min(all.len()), all.len().saturating_sub(1));
    (0..most).map(|at| all[at * last / (most - 1).max(1)]).collect()
}

impl GroupCurve {
    /// Computes the curve of a group; `None` with fewer than six configs, or a single epoch.
    fn of(
        (at, group): (usize, &JobGroup<'_>),
        sample: &SweepSample<'_>,
        phase: &str,
        (epochs, goal): (&[f64], ObjectiveGoal),
    ) -> Option<Self> {
        let mut by_epoch: Vec<Vec<f64>> = vec![Vec::new(); epochs.len()];
        let (mut configs, mut lost, mut open) = (0, 0, 0);
        let job = |&row: &usize| {
            let (points, fate) = (sample.points(group.job(row).id, phase), group.fate(row));
            let is_known = !points.is_empty() || fate == JobFate::Lost;
            (is_known && sample.has_read(row)).then(|| at_epochs(points, fate, epochs, goal))
        };
        for config in group.configs() {
            let jobs: Option<Vec<Vec<Option<f64>>>> = config.rows.iter().map(job).collect();
            let Some(jobs) = jobs else { continue };
            configs += 1;
            lost += usize::from(config.settled() == Some(f64::INFINITY));
            open += usize::from(config.settled().is_none());
            for (epoch, values) in by_epoch.iter_mut().enumerate() {
                if let [only] = jobs.as_slice() {
                    values.extend(only[epoch]);
                    continue;
                }
                let seeds: Option<Vec<f64>> = jobs.iter().map(|values| values[epoch]).collect();
                values.extend(seeds.map(|seeds| reduce(seeds, goal, group.over_seeds())));
            }
        }
        let point = |(&epoch, values): (&f64, &mut Vec<f64>)| {
            let found = MedianInterval::of(values)?;
            Some(MedianPoint { epoch, configs: values.len(), found })
        };
        let points: Vec<MedianPoint> = epochs.iter().zip(&mut by_epoch).filter_map(point).collect();
        let is_sampled = sample.all > MOST_JOBS;
        (points.len() > 1).then_some(Self { group: at, points, configs, lost, open, is_sampled })
    }
}

/// Returns the loss of a job at each of the epochs; `None` where it does not count.
fn at_epochs(
    points: &[(f64, f64)],
    fate: JobFate,
    epochs: &[f64],
    goal: ObjectiveGoal,
) -> Vec<Option<f64>> {
    let mut logged = points.iter().peekable();
    let mut last = None;
    let at = |&epoch: &f64| {
        while let Some((_, value)) = logged.next_if(|point| point.0 <= epoch) {
            last = Some(goal.as_loss(*value));
        }
        let is_past = points.last().is_none_or(|point| point.0 < epoch);
        match fate {
            JobFate::Lost if is_past => Some(f64::INFINITY),
            JobFate::Open(_) if is_past => None,
            JobFate::Withdrawn | JobFate::Boundless | JobFate::Unstarted => None,
            _ => last,
        }
    };
    epochs.iter().map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_its_last_epoch_a_job_keeps_its_value_is_lost_or_counts_no_more() {
        let points = [(1.0, 9.0), (2.0, 8.0), (4.0, 6.0)];
        let epochs = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
        let at = |fate| at_epochs(&points, fate, &epochs, ObjectiveGoal::Minimize);
        let until = [None, Some(9.0), Some(8.0), Some(8.0), Some(6.0)];
        let with = |end| [&until[..], &[end]].concat();
        assert_eq!(at(JobFate::Value(6.0)), with(Some(6.0)));
        assert_eq!(at(JobFate::Lost), with(Some(f64::INFINITY)));
        assert_eq!(at(JobFate::Open(Some(6.0))), with(None));
        assert_eq!(at(JobFate::Withdrawn), [None; 6]);
    }

    #[test]
    fn a_job_that_was_lost_before_it_logged_is_worse_than_all_at_every_epoch() {
        let epochs = [1.0, 2.0];
        let found = at_epochs(&[], JobFate::Lost, &epochs, ObjectiveGoal::Maximize);
        assert_eq!(found, [Some(f64::INFINITY); 2]);
        let found = at_epochs(&[(2.0, 0.5)], JobFate::Value(0.5), &epochs, ObjectiveGoal::Maximize);
        assert_eq!(found, [None, Some(-0.5)]);
    }
}
