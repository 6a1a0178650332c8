//! Configs with their outcomes: what statistics count as one draw from a design space.
//!
//! Replicates of a config are no independent draws: four seeds of sixteen configs say as much of the space as sixteen
//! jobs do. So each config has one value, and intervals, bands and tests know as many draws as there are configs.

use std::collections::BTreeMap;

use sweep_config::{ObjectiveGoal, SeedReduction};

use super::fate::JobFate;
use super::metrics::Objective;
use super::stats::{interquartile_mean, quantile};
use crate::app::num::float;
use crate::trials::Trial;

/// A config with what its jobs came to, as losses: less is better.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigOutcome {
    /// The rows of its jobs that count, in their order; never empty.
    pub rows: Vec<usize>,
    /// The least loss that it may have in the end.
    pub best: f64,
    /// The greatest; infinite if it is lost.
    pub worst: f64,
}

impl ConfigOutcome {
    /// Returns its loss, infinite if it is lost; `None` while that is open.
    pub fn settled(&self) -> Option<f64> {
        self.best.total_cmp(&self.worst).is_eq().then_some(self.best)
    }
}

/// Joins jobs, by row, to configs, in the order of their first jobs. Where nobody says which config a job has, it is one.
pub(super) fn outcomes(
    rows: &[usize],
    jobs: &[Trial],
    fates: &[JobFate],
    objective: &Objective,
    over_seeds: SeedReduction,
) -> Vec<ConfigOutcome> {
    let mut places: BTreeMap<u32, usize> = BTreeMap::new();
    let mut configs: Vec<Vec<usize>> = Vec::with_capacity(rows.len());
    let takes_part = |fate| !matches!(fate, JobFate::Withdrawn | JobFate::Boundless);
    for &row in rows.iter().filter(|&&row| takes_part(fates[row])) {
        match jobs[row].config.map(|config| *places.entry(config).or_insert(configs.len())) {
            Some(place) if place < configs.len() => configs[place].push(row),
            _ => configs.push(vec![row]),
        }
    }
    let outcome = |rows: Vec<usize>| {
        if rows.iter().all(|&row| fates[row] == JobFate::Unstarted) {
            return None;
        }
        let (best, worst) = if let [only] = rows.as_slice() {
            bounds(fates[*only], objective)
        } else {
            let ends = rows.iter().map(|&row| bounds(fates[row], objective));
            let (best, worst) = ends.unzip();
            (reduce(best, objective.goal, over_seeds), reduce(worst, objective.goal, over_seeds))
        };
        Some(ConfigOutcome { rows, best, worst })
    };
    configs.into_iter().filter_map(outcome).collect()
}

/// Returns the least and the greatest loss that a job may have in the end.
fn bounds(fate: JobFate, objective: &Objective) -> (f64, f64) {
    let loss = |value| objective.goal.as_loss(value);
    match fate {
        JobFate::Value(value) => (loss(value), loss(value)),
        JobFate::Lost => (f64::INFINITY, f64::INFINITY),
        JobFate::Open(so_far) => {
            let worst = so_far.filter(|_| objective.only_improves).map_or(f64::INFINITY, loss);
            (f64::NEG_INFINITY, worst)
        }
        JobFate::Unstarted | JobFate::Withdrawn | JobFate::Boundless => {
            (f64::NEG_INFINITY, f64::INFINITY)
        }
    }
}

/// Reduces the losses of seeds to one. A lost seed is an infinite loss, so that the mean of one that is lost with any is,
/// too.
pub(super) fn reduce(mut losses: Vec<f64>, goal: ObjectiveGoal, over_seeds: SeedReduction) -> f64 {
    losses.sort_by(f64::total_cmp);
    let mean = |losses: &[f64]| losses.iter().sum::<f64>() / float(losses.len());
    let ends = [losses.first(), losses.last()].map(|end| end.copied().unwrap_or(f64::INFINITY));
    let reduced = match over_seeds {
        SeedReduction::Mean => mean(&losses),
        SeedReduction::Median => quantile(&losses, 0.5).unwrap_or(f64::INFINITY),
        // The least value is the greatest loss where great values are good.
        SeedReduction::Min => ends[usize::from(goal == ObjectiveGoal::Maximize)],
        SeedReduction::Max => ends[usize::from(goal == ObjectiveGoal::Minimize)],
        SeedReduction::InterquartileMean => interquartile_mean(&losses),
    };
    // Of infinite losses of both signs: a seed that may end anywhere beside one that is lost.
    if reduced.is_nan() { f64::INFINITY } else { reduced }
}
